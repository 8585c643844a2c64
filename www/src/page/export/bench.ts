/** One file in the making: orders to the worker that writes it, one at a time, each waited for. */
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/writing";
import type { Answer, Job, Order } from "./protocol";
import workerUrl from "./worker/worker?worker&url";

export class Bench {
  readonly #worker = new Worker(new URL(workerUrl, import.meta.url), { type: "module" });
  #settle: { resolve(file: Blob | undefined): void; reject(error: Error): void } | undefined;

  readonly #signal: AbortSignal;

  /** Once `signal` is aborted no order is taken any more. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "done") this.#settle?.resolve(data.file);
      else this.#fail(words.notWritten(data.message));
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(event.message ? words.notWritten(event.message) : words.writerNotLoaded);
    });
  }

  begin(job: Job): Promise<Blob | undefined> {
    return this.order({ kind: "begin", job });
  }

  /** `transfer` goes to the worker for good. */
  order(order: Order, transfer: Transferable[] = []): Promise<Blob | undefined> {
    return new Promise((resolve, reject) => {
      this.#signal.throwIfAborted();
      this.#settle = { resolve, reject };
      this.#worker.postMessage(order, transfer);
    });
  }

  async finish(): Promise<Blob> {
    const file = await this.order({ kind: "end" });
    if (!file) throw new VggscopeError("compute-failed", words.emptyFile);
    return file;
  }

  close(): void {
    this.#worker.terminate();
  }

  #fail(message: string): void {
    this.#settle?.reject(new VggscopeError("compute-failed", message));
  }
}
