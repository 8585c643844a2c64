/** Address of the folder that holds vggscope.js; the build writes it in (vite.config.ts). */
declare const __SITE_ROOT__: string;
/** The name of the edition that this script belongs to; the build makes it of the sources (scripts/edition.ts). */
declare const __EDITION__: string;
