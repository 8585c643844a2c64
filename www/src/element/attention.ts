/** Tells which pictures are on the screen, and whether the page is out of sight. */

type Tell = (channels: readonly number[], hidden: boolean) => void;

export class Attention {
  #end = () => {};

  /** Calls `tell` once it is known, and whenever it changes; what was watched before is forgotten. */
  watch(pictures: ReadonlyMap<Element, number>, tell: Tell): void {
    this.end();
    const seen = new Set<number>();
    const told = () => tell([...seen], document.hidden);
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const channel = pictures.get(target);
        if (channel === undefined) continue;
        if (isIntersecting) seen.add(channel);
        else seen.delete(channel);
      }
      told();
    });
    for (const picture of pictures.keys()) observer.observe(picture);
    document.addEventListener("visibilitychange", told);
    this.#end = () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", told);
    };
  }

  end(): void {
    this.#end();
    this.#end = () => {};
  }
}
