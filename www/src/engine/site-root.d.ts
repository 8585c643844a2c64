/** Address of the folder that holds vggscope.js; the build writes it in (vite.config.ts). */
declare const __SITE_ROOT__: string;
