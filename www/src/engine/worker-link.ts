/** The main thread's end of one worker: questions with answers, notices, events, and the worker's death. */
import { VggscopeError } from "../public/errors";
import * as words from "../words/errors";
import { toError } from "./shared/failure";
import type { FromWorker, Notice, RequestKind, Requests } from "./shared/protocol";

/** The part of `Worker` in use. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<FromWorker>) => void): void;
  addEventListener(type: "error" | "messageerror", listener: (event: Event) => void): void;
  terminate(): void;
}

/** Finds out why a part of the engine did not come; the same error where there is nothing to add. */
export type Explain = (error: VggscopeError) => Promise<VggscopeError>;

/** What a worker says unasked. */
export type WorkerEvent = Exclude<FromWorker, { kind: "reply" | "failed" | "crashed" }>;

export interface LinkListener {
  heard(event: WorkerEvent, from: WorkerLink): void;
  died(error: VggscopeError): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: VggscopeError): void;
}

export class WorkerLink {
  readonly #worker: WorkerLike;
  readonly #listener: LinkListener;
  readonly #explain: Explain;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #closed: VggscopeError | undefined;
  #started = false;

  constructor(worker: WorkerLike, listener: LinkListener, explain: Explain) {
    this.#worker = worker;
    this.#listener = listener;
    this.#explain = explain;
    worker.addEventListener("message", ({ data }) => this.#receive(data));
    worker.addEventListener("error", (event) => this.#broken(event));
    worker.addEventListener("messageerror", (event) => this.#broken(event));
  }

  /**
   * Once `signal` is aborted the worker is told; the answer then comes soon, as a rule a rejection. Where it was aborted before,
   * the worker is asked nothing.
   */
  request<K extends RequestKind>(
    kind: K,
    args: Requests[K]["args"],
    { transfer = [], signal }: { transfer?: Transferable[]; signal?: AbortSignal } = {},
  ): Promise<Requests[K]["result"]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      if (signal?.aborted) return reject(new VggscopeError("weights-cancelled", words.notAsked));
      const id = this.#nextId++;
      // The answer to a question of kind K has K's result type: the worker's handler table says so.
      this.#pending.set(id, { resolve: (value) => resolve(value as Requests[K]["result"]), reject });
      this.#worker.postMessage({ kind, id, args }, transfer);
      signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
    });
  }

  notify(notice: Notice): void {
    if (!this.#closed) this.#worker.postMessage(notice, []);
  }

  /** Ends the worker; every question still open is answered with `error`. */
  close(error: VggscopeError): void {
    if (this.#closed) return;
    this.#closed = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #receive(message: FromWorker): void {
    if (this.#closed) return;
    this.#started = true;
    if (message.kind === "reply") this.#settle(message.id)?.resolve(message.value);
    else if (message.kind === "failed") void this.#refuse(message.id, toError(message.failure));
    else if (message.kind === "crashed") this.#listener.died(crashed(message.message));
    else this.#listener.heard(message, this);
  }

  async #refuse(id: number, error: VggscopeError): Promise<void> {
    const pending = this.#settle(id);
    pending?.reject(await this.#explain(error));
  }

  #cancel(request: number): void {
    if (this.#pending.has(request)) this.notify({ kind: "cancel", request });
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #broken(event: Event): void {
    event.preventDefault();
    if (this.#closed) return;
    const detail = "message" in event && typeof event.message === "string" ? event.message : event.type;
    if (this.#started) this.#listener.died(crashed(detail));
    else void this.#explain(unavailable(detail, event)).then((error) => this.#listener.died(error));
  }
}

function crashed(detail: string): VggscopeError {
  return new VggscopeError("engine-crashed", words.stoppedUnexpectedly(detail.trim()));
}

function unavailable(detail: string, cause: unknown): VggscopeError {
  return new VggscopeError("engine-unavailable", words.workerNotLoaded(detail.trim()), { cause });
}
