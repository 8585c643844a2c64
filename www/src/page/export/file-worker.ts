/** One file in the making: orders to the worker that writes it, one at a time, each waited for. */
import { explained } from "../../engine/site-version";
import { spawn } from "../../engine/spawn";
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/writing";
import type { Answer, Done, Failed, Job, Order } from "./shared/protocol";
import workerUrl from "./worker/worker?worker&url";

export class FileWorker {
  readonly #worker = spawn(new URL(workerUrl, import.meta.url));
  #wordless = false;
  #settle: { resolve(file: Blob | undefined): void; reject(error: Error): void } | undefined;

  readonly #signal: AbortSignal;

  /** Once `signal` is aborted no order is taken any more. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "done") this.#done(data);
      else this.#fail(data.code, words.notWritten(data.message));
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail("engine-unavailable", words.notWritten(event.message || words.writerNotLoaded));
    });
  }

  /** Whether the file lacks its words. */
  get wordless(): boolean {
    return this.#wordless;
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

  #done({ file, wordless }: Done): void {
    this.#wordless ||= wordless === true;
    this.#settle?.resolve(file);
  }

  #fail(code: Failed["code"], message: string): void {
    const settle = this.#settle;
    void explained(new VggscopeError(code, message)).then((error) => settle?.reject(error));
  }
}
