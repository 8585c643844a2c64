/** The style of player and close view: for the site's page, and for elements, which have another page around them. */
import { register, sheetInOwnMeasure } from "../dom/own-measure";
import embedded from "./embedded.css?inline";
import css from "./explorer.css?inline";

let sheets: CSSStyleSheet[] | undefined;

export function adoptInPage(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}

/** The same sheets for every element. */
export function adoptInElement(root: ShadowRoot): void {
  sheets ??= makeSheets();
  root.adoptedStyleSheets = sheets;
}

function makeSheets(): CSSStyleSheet[] {
  for (const name of ["--plot-pen", "--plot-words", "--plot-grid"]) register(name, "<color>", "black");
  return [embedded, css].map(sheetInOwnMeasure);
}
