/** Style sheets in a measure of the element's own: its font, and not the one of the page around it. */

const REM = "--vgg-rem";

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
