/** The style of player and close view: one sheet, for the site's page and for every element that mounts them. */
import css from "./explorer.css?inline";

let sheet: CSSStyleSheet | undefined;

/** Gives a document or a shadow root the style, after what it has. */
export function adoptExplorerStyles(root: DocumentOrShadowRoot): void {
  sheet ??= new CSSStyleSheet();
  if (sheet.cssRules.length === 0) sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);
}
