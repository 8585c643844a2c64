/**
 * The model that is open where nobody asks for another: the catalogue's default as it was when the site was built, so that the
 * first picture does not wait for the catalogue.
 */
import type { CatalogueEntry } from "./entry";

/** What opening a model takes. */
export type OpenedEntry = Pick<
  CatalogueEntry,
  "id" | "name" | "note" | "licence" | "preprocessing" | "sources" | "sha256"
>;

export const DEFAULT_MODEL: OpenedEntry = __DEFAULT_MODEL__;
