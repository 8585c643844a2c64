/** One sheet as a PNG with texts in it. */
import { withTexts } from "../png-text";
import type { Frame, SheetJob } from "../protocol";
import { Painter } from "./painter";
import type { Writer } from "./worker";

export class Png implements Writer {
  readonly #painter: Painter;
  readonly #texts: SheetJob["texts"];

  constructor(job: SheetJob) {
    this.#painter = new Painter(job);
    this.#texts = job.texts;
  }

  frame(frame: Frame): void {
    this.#painter.paint(frame);
  }

  async end(): Promise<Blob> {
    const drawn = await this.#painter.canvas.convertToBlob({ type: "image/png" });
    const bytes = withTexts(new Uint8Array(await drawn.arrayBuffer()), this.#texts);
    return new Blob([bytes], { type: "image/png" });
  }
}
