/** Address of the folder that holds vggscope.js; the build writes it in (vite.config.ts). */
declare const __SITE_ROOT__: string;
/** The name of the version that this script belongs to; the build makes it of the sources (scripts/site-version.ts). */
declare const __SITE_VERSION__: string;
/** Of the catalogue that the site was built with: its default, and the models that come with the site (scripts/catalogue.ts). */
declare const __DEFAULT_MODEL__: import("./default-model").OpenedEntry;
declare const __SHIPPED_MODELS__: import("./entry").CatalogueEntry[];
