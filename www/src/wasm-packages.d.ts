/** The generated packages, for the compiler where they are not built yet. */
declare module "*/wasm/cpu/vggscope.js";
declare module "*/wasm/gpu/vggscope.js";
