/**
 * What the element is made of. Style sheets of pages have rules for `ul`, `li`, `p` or `span`, and slides turn every list into a bulleted
 * column: they know no element of this name, so only their rules for our classes reach a part.
 */
const NAME = "vgg-part";

/** Pages hide what is not defined. */
export function registerParts(): void {
  if (!customElements.get(NAME)) customElements.define(NAME, class extends HTMLElement {});
}

/** A part, with the class by which pages style it. */
export function part(className: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(NAME);
  made.className = className;
  made.append(...children);
  return made;
}
