/** The canvases of a run's tiles: which iterate they show, and drawing it. */

import { macrotask } from "../../basics/macrotask";
import { VggscopeError } from "../../public/errors";
import { noContext } from "../../words/canvas";
import type { WasmIterate, WasmModule } from "../shared/wasm-module";
import type { History, Image } from "./history";

/** After a wish to see an iterate, the climb waits so long for the next one before it takes another step. */
const SCRUB_MS = 250;

/**
 * Shown with fewer than so many of its columns, a picture is shrunk here: browsers read two pixels by two, and skip what lies
 * between those.
 */
const SKIPPED = 0.8;

export interface CanvasTools {
  draw: WasmModule["draw"];
  width: number;
  height: number;
  history: History;
  /** Computes the image before the first step, and remembers it in the history. */
  start(): Promise<Image>;
}

export class Canvases {
  /** By channel. Asked for once: Firefox gives the context of a canvas that was handed over no second time. */
  readonly #contexts: ReadonlyMap<number, OffscreenCanvasRenderingContext2D>;
  readonly #tools: CanvasTools;
  #wanted = Number.POSITIVE_INFINITY;
  #wantedAt = Number.NEGATIVE_INFINITY;
  #drawPending = false;
  /** Pixels of the screen that a picture's row has. */
  #shownWidth = Number.POSITIVE_INFINITY;

  constructor(canvases: ReadonlyMap<number, OffscreenCanvas>, tools: CanvasTools) {
    this.#contexts = new Map([...canvases].map(([channel, canvas]) => [channel, contextOf(canvas)]));
    this.#tools = tools;
  }

  /** Draws a new iterate, unless an earlier one is to be seen. */
  publish({ channel, iteration, rgba }: WasmIterate): void {
    if (iteration <= this.#wanted) this.#draw(channel, rgba);
  }

  /** Shows this iterate, or the newest where the climb has not come so far. */
  show(iteration: number): void {
    if (iteration === this.#wanted) return;
    this.#wanted = iteration;
    this.#wantedAt = Number.isFinite(iteration) ? performance.now() : Number.NEGATIVE_INFINITY;
    if (iteration === 0)
      void this.#tools.start().then(
        () => this.#drawSoon(),
        () => undefined,
      );
    this.#drawSoon();
  }

  /** Tells how many pixels of the screen a picture's row has: one with many more is drawn with as many. */
  fit(shownWidth: number): void {
    const before = this.#columns();
    this.#shownWidth = shownWidth;
    if (this.#columns() !== before) this.#drawSoon();
  }

  /** While somebody scrubs, what they look at goes first: waits until they rest, or `over` says that nobody waits. */
  async giveWay(over: () => boolean): Promise<void> {
    const left = () => this.#wantedAt + SCRUB_MS - performance.now();
    while (!over() && left() > 0) await new Promise((resolve) => setTimeout(resolve, left()));
  }

  /** After the messages that are waiting: of several wishes only the last is drawn. */
  #drawSoon(): void {
    if (this.#drawPending) return;
    this.#drawPending = true;
    void macrotask().then(() => {
      this.#drawPending = false;
      this.#drawAll();
    });
  }

  #drawAll(): void {
    const { history } = this.#tools;
    for (const channel of this.#contexts.keys()) {
      const rgba = history.drawable(channel, this.#wanted);
      if (rgba) this.#draw(channel, rgba);
    }
  }

  #draw(channel: number, rgba: Uint8ClampedArray): void {
    const context = this.#contexts.get(channel);
    const { draw, width, height } = this.#tools;
    if (context) draw(context, rgba, width, height, this.#columns());
  }

  #columns(): number {
    const { width } = this.#tools;
    return this.#shownWidth < SKIPPED * width ? this.#shownWidth : width;
  }
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new VggscopeError("compute-failed", noContext);
  return context;
}
