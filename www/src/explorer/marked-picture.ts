/** A picture seen large, pixel by pixel, with marks on it that follow a pointer. */

import { make } from "../dom/dom";
import { shownWidthOf } from "../dom/shown-width";
import { noContext } from "../words/canvas";
import type { Box, Point } from "./receptive-field";

type Mark = "field" | "pixel";
export type Size = Pick<Box, "width" | "height">;

export class MarkedPicture {
  readonly element = make("div", { className: "lens" });
  readonly #canvas = make("canvas", {});
  readonly #marks: Record<Mark, HTMLElement> = {
    field: make("div", { className: "mark mark-field" }),
    pixel: make("div", { className: "mark mark-pixel" }),
  };
  #size: Size = { width: 1, height: 1 };

  /** `pointed` is told of the pixel under the pointer. */
  constructor(pointed: (at: Point) => void) {
    this.element.append(this.#canvas, ...Object.values(this.#marks));
    const tell = (event: PointerEvent) => pointed(this.#pixelUnder(event));
    this.element.addEventListener("pointermove", tell);
    this.element.addEventListener("pointerdown", tell);
    new ResizeObserver(() => this.#sharpen()).observe(this.element);
  }

  get size(): Size {
    return this.#size;
  }

  /** What the picture is, for those who do not see it. */
  describe(words: string): void {
    this.#canvas.setAttribute("role", "img");
    this.#canvas.setAttribute("aria-label", words);
  }

  /** Gives the picture a size in pixels, and empties it. */
  resize({ width, height }: Size): void {
    this.#size = { width, height };
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.element.style.aspectRatio = `${width} / ${height}`;
    this.#sharpen();
  }

  /** RGBA bytes of the picture's size. */
  draw(rgba: Uint8ClampedArray<ArrayBuffer>): void {
    const { width, height } = this.#size;
    this.#context.putImageData(new ImageData(rgba, width, height), 0, 0);
  }

  /** What another canvas shows, which may have fewer pixels. */
  copy(canvas: HTMLCanvasElement): void {
    this.#context.drawImage(canvas, 0, 0, this.#size.width, this.#size.height);
  }

  /** Draws a frame around these pixels. */
  mark(mark: Mark, { x, y, width, height }: Box): void {
    const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
    const { style } = this.#marks[mark];
    style.left = percent(x, this.#size.width);
    style.top = percent(y, this.#size.height);
    style.width = percent(width, this.#size.width);
    style.height = percent(height, this.#size.height);
  }

  /** Pixel by pixel, where the screen has as many: of fewer, some would be left out. */
  #sharpen(): void {
    const enough = shownWidthOf(this.element, this.element.clientWidth) >= this.#size.width;
    this.#canvas.style.imageRendering = enough ? "pixelated" : "auto";
  }

  get #context(): CanvasRenderingContext2D {
    const context = this.#canvas.getContext("2d");
    if (!context) throw new Error(noContext);
    return context;
  }

  #pixelUnder({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return {
      x: Math.floor(((clientX - left) / width) * this.#size.width),
      y: Math.floor(((clientY - top) / height) * this.#size.height),
    };
  }
}
