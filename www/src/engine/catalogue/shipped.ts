/** The models that come with the site, whatever its catalogue says. */
import type { CatalogueEntry } from "./entry";

export const SHIPPED: readonly CatalogueEntry[] = __SHIPPED_MODELS__;
