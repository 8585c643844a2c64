/** One sheet as a PNG with texts in it. */
import { withTexts } from "../shared/png-text";
import type { Frame, SheetJob } from "../shared/protocol";
import { Painter } from "./painter";
import { encodePng } from "./png-encoder";
import type { Writer } from "./writer";

export class Png implements Writer {
  readonly #painter: Painter;
  readonly #texts: SheetJob["texts"];

  constructor(job: SheetJob) {
    this.#painter = new Painter(job);
    this.#texts = job.texts;
  }

  get wordless(): boolean {
    return this.#painter.wordless;
  }

  frame(frame: Frame): void {
    this.#painter.paint(frame);
  }

  async end(): Promise<Blob> {
    const { width, height } = this.#painter.canvas;
    const picture = await encodePng(this.#painter.bytes(), width, height);
    return new Blob([withTexts(picture, this.#texts)], { type: "image/png" });
  }
}
