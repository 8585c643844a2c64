/** The element's style. */
import { sheetInOwnMeasure } from "../dom/own-measure";
import css from "./vgg-scope.css?inline";

let sheet: CSSStyleSheet | undefined;

/** Gives a document or a shadow root the element's style, once. */
export function adoptStyles(root: Node): void {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return;
  sheet ??= sheetInOwnMeasure(css);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
