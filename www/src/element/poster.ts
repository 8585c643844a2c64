/**
 * What is seen before there are pictures, and in their place where none come: the picture of the attribute `poster`, or
 * one that the page put between the element's tags. Words between them are for readers without scripting alone.
 */

import { part } from "../dom/part";
import * as words from "../words/element";

/** What counts as a picture. */
const PICTURES = "img, picture, svg, canvas, video";

export class Poster {
  readonly element = part("vgg-poster");
  readonly #given = part("vgg-given");
  readonly #picture = document.createElement("img");

  constructor() {
    this.element.hidden = true;
    this.#picture.decoding = "async";
    // An address that leads nowhere must not hide what is there instead.
    this.#picture.addEventListener("error", () => {
      this.#picture.remove();
      this.#given.hidden = false;
    });
    this.element.append(this.#given);
  }

  /** Takes what the page wrote between the tags. */
  adopt(nodes: readonly Node[]): void {
    this.#given.append(...nodes);
  }

  /** Whether there is anything to show. */
  get present(): boolean {
    return this.#picture.parentNode !== null || this.#given.querySelector(PICTURES) !== null;
  }

  /** Takes the picture of these channels at this address; none where there is no address. */
  picture(address: string | null, layer: string, channels: readonly number[]): void {
    this.#picture.alt = words.poster(channels, layer);
    if (!address?.trim()) {
      this.#picture.removeAttribute("src");
      this.#picture.remove();
      this.#given.hidden = false;
      return;
    }
    if (this.#picture.getAttribute("src") === address) return;
    this.#picture.src = address;
    this.element.prepend(this.#picture);
    this.#given.hidden = true;
  }
}
