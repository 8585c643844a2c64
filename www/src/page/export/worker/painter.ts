/**
 * Draws sheets: pictures in their places, words under each, and a caption below, black on white as on paper. Words alone are
 * drawn on a canvas and read from it: pictures go from bytes to bytes, and are exact in every browser.
 */

import * as words from "../../../words/writing";
import { canvasShowsWords } from "../../base/canvas-noise";
import { enlarged, resampled } from "../../base/resample";
import type { Frame, SheetJob } from "../shared/protocol";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const TITLE = `600 16px ${FONT}`;
const CAPTION = `13px ${FONT}`;
const LABELS = `12px ${FONT}`;
const LINE = { title: 22, caption: 18 };
const PAPER = "#ffffff";
const INK = "#1c1f24";
const QUIET = "#545a63";

type Context = OffscreenCanvasRenderingContext2D;

export class Painter {
  readonly canvas: OffscreenCanvas;
  /** Whether this browser hides what is on a canvas, so that pictures come without words. */
  readonly wordless = !canvasShowsWords();
  readonly #job: SheetJob;
  readonly #context: Context;
  readonly #caption: readonly string[];
  /** How many lines the longest title takes: all frames are of one size. */
  readonly #titleLines: number;
  #pictures: Frame["pictures"] = [];

  constructor(job: SheetJob) {
    const { sheet } = job;
    this.#job = job;
    const ruler = contextOf(new OffscreenCanvas(1, 1));
    const room = sheet.width - 2 * sheet.margin;
    this.#caption = wrapped(ruler, CAPTION, job.caption, room);
    this.#titleLines = wrapped(ruler, TITLE, job.longestTitle, room).length;
    const below = this.#titleLines * LINE.title + this.#caption.length * LINE.caption;
    // Video encoders want even numbers.
    this.canvas = new OffscreenCanvas(even(sheet.width), even(sheet.height + below + 2 * sheet.margin));
    this.#context = contextOf(this.canvas);
  }

  paint({ title, labels, pictures }: Frame): void {
    const { sheet } = this.#job;
    const context = this.#context;
    context.fillStyle = PAPER;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#pictures = pictures;
    if (sheet.label > 0)
      for (const [index, place] of sheet.places.entries()) this.#label(labels[index], place);
    this.#words(title);
  }

  /** RGBA bytes of what was painted. */
  bytes(): Uint8ClampedArray<ArrayBuffer> {
    const { width, height } = this.canvas;
    const bytes = this.wordless
      ? new Uint8ClampedArray(4 * width * height).fill(255)
      : this.#context.getImageData(0, 0, width, height).data;
    this.#pictures.forEach((rgba, index) => {
      const place = this.#job.sheet.places[index];
      if (place) this.#lay(rgba, bytes, place);
    });
    return bytes;
  }

  /** Row by row into the sheet's bytes. */
  #lay(rgba: Frame["pictures"][number], sheet: Uint8ClampedArray, { x, y }: { x: number; y: number }): void {
    const { tile, exact } = this.#job.sheet;
    const { picture: size } = this.#job;
    const picture = exact ? enlarged(rgba, size, tile.width / size.width) : resampled(rgba, size, tile);
    for (let row = 0; row < tile.height; row++) {
      const pixels = picture.subarray(4 * row * tile.width, 4 * (row + 1) * tile.width);
      sheet.set(pixels, 4 * ((y + row) * this.canvas.width + x));
    }
  }

  #label(label = "", { x, y }: { x: number; y: number }): void {
    const { tile, label: room } = this.#job.sheet;
    this.#write(label, LABELS, QUIET, { x, y: y + tile.height + room - 5 }, tile.width);
  }

  #words(title: string): void {
    const { width, height, margin } = this.#job.sheet;
    let y = height + margin;
    for (const line of wrapped(this.#context, TITLE, title, width - 2 * margin).slice(0, this.#titleLines)) {
      y += LINE.title;
      this.#write(line, TITLE, INK, { x: margin, y: y - 6 });
    }
    y = height + margin + this.#titleLines * LINE.title;
    for (const line of this.#caption) {
      y += LINE.caption;
      this.#write(line, CAPTION, QUIET, { x: margin, y: y - 5 });
    }
  }

  /** In at most this width, where one is given. */
  #write(text: string, font: string, colour: string, at: { x: number; y: number }, most?: number): void {
    this.#context.font = font;
    this.#context.fillStyle = colour;
    this.#context.fillText(text, at.x, at.y, most);
  }
}

function contextOf(canvas: OffscreenCanvas): Context {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error(words.noRoom);
  return context;
}

/** Lines of at most this width, broken between words. */
function wrapped(context: Context, font: string, text: string, width: number): string[] {
  context.font = font;
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function even(size: number): number {
  return Math.ceil(size / 2) * 2;
}
