/**
 * The picture of one channel, its gradient and its feature map side by side, with one place in all of them: pointing at
 * one shows what lies there in the others, and the numbers.
 */

import { make, write } from "../dom/dom";
import { useKeys } from "../dom/keys";
import type { LayerInfo } from "../public/types";
import * as words from "../words/close-up";
import type { IterateData } from "./iterate-data";
import { MarkedPicture, type Size } from "./marked-picture";
import { readingsAt } from "./readout";
import { cellAt, fieldOf, type Point, pixelOf, within } from "./receptive-field";
import { gradientPicture, largest, mapPicture } from "./shades";

/** Spoken once the keys have rested so long. */
const SPEAK_MS = 500;
/** Pixels that an arrow key moves by with Shift. */
const STRIDE = 10;

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export class CloseUp {
  readonly picture = new MarkedPicture((pixel) => this.#point(pixel));
  readonly readings = make("dl", { className: "readings" });
  readonly behind = make("section", { className: "insides" });
  readonly #gradient = new MarkedPicture((pixel) => this.#point(pixel));
  readonly #map = new MarkedPicture((cell) => this.#layer && this.#point(pixelOf(cell, this.#layer)));
  readonly #gradientWords = make("span", { className: "figure-value" });
  readonly #mapWords = make("span", { className: "figure-value" });
  readonly #spoken = make("p", { className: "unseen" });
  #layer: LayerInfo | undefined;
  #pixel: Point = { x: 0, y: 0 };
  #shown: IterateData | undefined;
  #speaking: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const { element } = this.picture;
    element.tabIndex = 0;
    element.setAttribute("role", "application");
    useKeys(element, (event) => this.#walk(event));
    this.#spoken.setAttribute("aria-live", "polite");
    this.behind.setAttribute("aria-label", words.behindThePicture);
    this.behind.append(
      figure(words.gradientHere, this.#gradientWords, this.#gradient),
      figure(words.featureMap, this.#mapWords, this.#map),
      this.#spoken,
    );
  }

  /** For another channel, or images of another size. */
  begin(channel: number, layer: LayerInfo | undefined, size: Size): void {
    const { width, height } = this.picture.size;
    this.#layer = layer;
    if (width !== size.width || height !== size.height)
      this.#pixel = { x: Math.floor(size.width / 2), y: Math.floor(size.height / 2) };
    this.picture.resize(size);
    this.#gradient.resize(size);
    this.#map.resize(mapSize(size, layer));
    this.picture.describe(words.image(channel));
    this.#gradient.describe(words.gradient(channel));
    this.#map.describe(words.mapOn(channel));
    this.picture.element.setAttribute("aria-label", words.pictureWithKeys(channel));
    this.show(undefined);
  }

  /** What lies behind the picture; undefined while it is being computed. What was there stays, marked as old. */
  show(data: IterateData | undefined): void {
    this.#shown = data;
    this.behind.toggleAttribute("data-stale", data === undefined);
    this.behind.setAttribute("aria-busy", String(data === undefined));
    if (data) this.#draw(data);
    this.#mark();
  }

  /** More is on its way; what is there is not old yet. */
  expect(): void {
    this.behind.setAttribute("aria-busy", "true");
  }

  #draw({ gradient, map, iteration }: IterateData): void {
    this.#gradient.draw(gradientPicture(gradient.values));
    this.#map.resize(map);
    this.#map.draw(mapPicture(map.values));
    write(this.#gradientWords, words.atStep(words.gradientScale(gradient.norm), iteration));
    const scale = words.mapScale(map.width, map.height, largest(map.values));
    write(this.#mapWords, words.atStep(scale, iteration));
  }

  #point(pixel: Point): void {
    this.#pixel = within(pixel, this.picture.size);
    this.#mark();
  }

  #walk(event: KeyboardEvent): boolean {
    const arrow = ARROWS[event.key];
    if (!arrow) return false;
    event.preventDefault();
    const by = event.shiftKey ? STRIDE : 1;
    this.#point({ x: this.#pixel.x + by * arrow.x, y: this.#pixel.y + by * arrow.y });
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => write(this.#spoken, this.readings.innerText), SPEAK_MS);
    return true;
  }

  #mark(): void {
    if (!this.#layer) return;
    const cell = cellAt(this.#pixel, this.#layer);
    const field = fieldOf(cell, this.#layer);
    for (const picture of [this.picture, this.#gradient]) {
      picture.mark("field", field);
      picture.mark("pixel", { ...this.#pixel, width: 1, height: 1 });
    }
    this.#map.mark("pixel", { ...cell, width: 1, height: 1 });
    const readings = readingsAt(this.#pixel, cell, this.picture.size.width, this.#shown);
    const seen = [words.sees, words.field(field.width, field.height)] as const;
    const rows = [...readings, seen].map(([term, value]) =>
      make("div", {}, make("dt", {}, term), make("dd", {}, value)),
    );
    this.readings.replaceChildren(...rows);
  }
}

/** As large as the feature map will be: each pooling halves, and drops an odd row or column. */
function mapSize({ width, height }: Size, layer: LayerInfo | undefined): Size {
  const downsampling = layer?.downsampling ?? 1;
  return { width: Math.floor(width / downsampling), height: Math.floor(height / downsampling) };
}

function figure(title: string, scale: HTMLElement, picture: MarkedPicture): HTMLElement {
  return make("figure", {}, make("figcaption", {}, make("span", {}, title), scale), picture.element);
}
