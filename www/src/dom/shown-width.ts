/** Tells how many pixels of the screen a picture's row has. */

type Tell = (shownWidth: number) => void;

export class ShownWidth {
  #observer: ResizeObserver | undefined;

  /** Calls `tell` once it is known, and whenever it changes; what was watched before is forgotten. */
  watch(picture: Element, tell: Tell): void {
    this.end();
    this.#observer = new ResizeObserver(([entry]) => {
      const width = entry ? Math.round(shownWidthOf(picture, entry.contentRect.width)) : 0;
      // Not on the page yet, or hidden.
      if (width > 0) tell(width);
    });
    this.#observer.observe(picture);
  }

  end(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }
}

/** Pixels of the screen for so many of an element's own. Transforms are left out: of them nobody is told, and slides turn as they come. */
export function shownWidthOf(element: Element, width: number): number {
  return width * zoomOf(element) * devicePixelRatio;
}

/** How much larger than laid out CSS `zoom` shows an element. Not every browser tells. */
export function zoomOf(element: Element): number {
  return element.currentCSSZoom ?? 1;
}
