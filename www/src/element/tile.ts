/** One channel's picture with its words. */

import { part } from "../dom/part";
import type { StepFacts } from "../explorer/record";
import * as words from "../words/element";
import { formatActivation } from "../words/numbers";

/** What the tiles of a run have in common. */
export interface GridShape {
  layer: string;
  channels: readonly number[];
  width: number;
  height: number;
  /** Steps that the run takes. */
  iterations: number;
}

/** The address at which a channel is seen close up. */
export type TileLink = (channel: number) => string;

type Flag = keyof typeof words.flags;

/** Below this width in pixels a picture is shown as its pixels, not smoothed. */
const SMALL = 64;

export class Tile {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  /** Around the picture, where the channel can be seen close up. */
  readonly #link: HTMLAnchorElement | undefined;
  readonly #iteration = part("vgg-iteration");
  readonly #activation = part("vgg-activation");
  readonly #note = part("vgg-note");

  constructor(channel: number, shape: Omit<GridShape, "channels">, address: string | undefined) {
    const { layer, width, height } = shape;
    this.#canvas = picture(channel, layer, width, height);
    this.#link = address === undefined ? undefined : link(address);
    this.#link?.append(this.#canvas, this.#note);
    const seen = this.#link ? [this.#link] : [this.#canvas, this.#note];
    const name = part("vgg-channel", String(channel));
    this.#activation.dataset.label = words.mean;
    const caption = part("vgg-caption", name, this.#iteration, this.#activation);
    this.element = part("vgg-tile", part("vgg-frame", ...seen), caption);
    this.element.setAttribute("role", "listitem");
    this.element.dataset.channel = String(channel);
    this.element.title = words.tile(channel, layer);
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  /** The start, iterate 0, has no facts. */
  show(iteration: number, facts: StepFacts | undefined): void {
    write(this.#iteration, words.iterate(iteration));
    write(this.#activation, facts ? formatActivation(facts.objective) : "");
    this.element.dataset.iteration = String(iteration);
    this.#flag(facts && flagOf(facts));
  }

  /** Lets the Tab key come here; from here arrow keys go on. */
  makeReachable(): void {
    if (this.#link) this.#link.tabIndex = 0;
  }

  focus(): void {
    this.#link?.focus();
  }

  /** The run failed: says so on the tile, unless it says something else already. */
  fail(): void {
    if (!this.element.dataset.flag) this.#flag("failed");
  }

  #flag(flag: Flag | undefined): void {
    if (this.element.dataset.flag === flag) return;
    if (flag) this.element.dataset.flag = flag;
    else delete this.element.dataset.flag;
    write(this.#note, flag ? words.flags[flag].short : "");
    const about = flag ? ` ${words.flags[flag].long}` : "";
    this.#note.title = about.trim();
    this.#canvas.setAttribute("aria-description", about.trim());
  }
}

function flagOf({ dead, constant, finite }: StepFacts): Flag | undefined {
  if (!finite) return "not-finite";
  if (constant) return "constant";
  return dead ? "dead" : undefined;
}

function picture(channel: number, layer: string, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Whatever is drawn on it has rows and columns of its own.
  canvas.style.aspectRatio = `${width} / ${height}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.picture(channel, layer));
  if (width < SMALL) canvas.style.imageRendering = "pixelated";
  return canvas;
}

function link(address: string): HTMLAnchorElement {
  return Object.assign(document.createElement("a"), { href: address, tabIndex: -1 });
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
