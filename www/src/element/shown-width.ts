/** Tells how many pixels of the screen a picture's row has. */

type Tell = (shownWidth: number) => void;

export class ShownWidth {
  #observer: ResizeObserver | undefined;

  /** Calls `tell` once it is known, and whenever it changes; what was watched before is forgotten. */
  watch(picture: Element, tell: Tell): void {
    this.end();
    this.#observer = new ResizeObserver(([entry]) => {
      const width = entry ? Math.round(entry.contentRect.width * devicePixelRatio) : 0;
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
