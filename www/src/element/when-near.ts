/** Waits until an element comes near what is on the screen. */

/** So much of the screen's height ahead, so that who scrolls on finds pictures. */
const AHEAD = "50% 0px";

export class WhenNear {
  #observer: IntersectionObserver | undefined;

  /** Calls `near` once, when `element` is near; what was waited for before is forgotten. */
  wait(element: Element, near: () => void): void {
    this.cancel();
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        this.cancel();
        near();
      },
      { rootMargin: AHEAD },
    );
    this.#observer.observe(element);
  }

  cancel(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }
}
