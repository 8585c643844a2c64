/** Where a model of the catalogue lies. */
import type { CatalogueEntry } from "./entry";

/** The addresses of its sources, in the order in which they are tried. */
export function addressesOf({ sources }: Pick<CatalogueEntry, "sources">): URL[] {
  return sources.map((source) => new URL(source, __SITE_ROOT__));
}
