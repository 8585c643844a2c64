import { registerParts } from "../dom/part";
import { VggScope } from "./vgg-scope";

/** Safe to call twice, as when two copies of the library are on one page: the first one stays. */
export function registerElement(): void {
  registerParts();
  if (!customElements.get("vgg-scope")) customElements.define("vgg-scope", VggScope);
}
