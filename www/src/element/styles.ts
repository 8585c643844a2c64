/** The element's style, in a measure of its own. */
import css from "./vgg-scope.css?inline";

const REM = "--vgg-rem";
let sheet: CSSStyleSheet | undefined;

/** Gives a document or a shadow root the element's style, once. */
export function adoptStyles(root: Node): void {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return;
  sheet ??= sheetInOwnMeasure(css);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** A sheet in which a rem is 1 / 0.8125 of the element's font, whatever the font of the page's root is. */
export function sheetInOwnMeasure(text: string): CSSStyleSheet {
  register(REM, "<length>", "16px");
  const made = new CSSStyleSheet();
  made.replaceSync(text.replaceAll(/(-?[\d.]+)rem\b/g, `calc($1 * var(${REM}))`));
  return made;
}

/** What `@property` does in a document it does not do behind a shadow boundary. */
export function register(name: string, syntax: string, initialValue: string): void {
  try {
    CSS.registerProperty({ name, syntax, inherits: true, initialValue });
  } catch {
    // By another element, or by a second copy of this library.
  }
}
