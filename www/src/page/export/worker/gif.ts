/** Sheets that follow each other as a GIF, each frame with the 256 colours that suit it. */
import { GIFEncoder } from "gifenc";
import type { Frame, SheetJob } from "../shared/protocol";
import { Painter } from "./painter";
import { paletted } from "./palette";
import type { Writer } from "./writer";

export class Gif implements Writer {
  readonly #painter: Painter;
  readonly #gif = GIFEncoder();

  constructor(job: SheetJob) {
    this.#painter = new Painter(job);
  }

  get wordless(): boolean {
    return this.#painter.wordless;
  }

  frame(frame: Frame): void {
    this.#painter.paint(frame);
    const { width, height } = this.#painter.canvas;
    const { palette, index } = paletted(this.#painter.bytes());
    this.#gif.writeFrame(index, width, height, { palette, delay: Math.round(1000 * frame.seconds) });
  }

  async end(): Promise<Blob> {
    this.#gif.finish();
    return new Blob([this.#gif.bytes()], { type: "image/gif" });
  }
}
