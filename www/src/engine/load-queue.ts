/**
 * Who waits for which layer's weights. One load for each layer waited for: a shallow one never waits for a deep one,
 * and files that both need are fetched once, which the worker sees to. A load that nobody waits for any more is given
 * up; what it has brought so far serves the next.
 */
import { VggscopeError } from "../public/errors";
import * as words from "../words/errors";

interface Job {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

export class LoadQueue {
  readonly #load: (layer: string, signal: AbortSignal) => Promise<void>;
  readonly #depthOf: (layer: string) => number;
  readonly #jobs = new Map<string, Job>();
  /** Everything up to here is there. */
  #loadedDepth = -1;

  /** `load` brings every layer up to the one named; a layer's depth tells which layers that includes. */
  constructor(
    load: (layer: string, signal: AbortSignal) => Promise<void>,
    depthOf: (layer: string) => number,
  ) {
    this.#load = load;
    this.#depthOf = depthOf;
  }

  /** How deep everything has been loaded; -1 where nothing has. */
  get loadedDepth(): number {
    return this.#loadedDepth;
  }

  /** Resolves once the weights up to `layer` are there; aborting `signal` rejects at once with `weights-cancelled`. */
  wait(layer: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(layer));
      if (this.#depthOf(layer) <= this.#loadedDepth) return resolve();
      const job = this.#jobs.get(layer) ?? this.#start(layer);
      job.waiting += 1;
      const leave = () => {
        reject(cancelled(layer));
        job.waiting -= 1;
        if (job.waiting === 0) this.#giveUp(layer, job);
      };
      signal?.addEventListener("abort", leave, { once: true });
      job.done.then(resolve, reject).finally(() => signal?.removeEventListener("abort", leave));
    });
  }

  #start(layer: string): Job {
    const controller = new AbortController();
    const job = { done: this.#run(layer, controller.signal), controller, waiting: 0 };
    this.#jobs.set(layer, job);
    const forget = () => this.#forget(layer, job);
    job.done.then(forget, forget);
    return job;
  }

  async #run(layer: string, signal: AbortSignal): Promise<void> {
    await this.#load(layer, signal);
    this.#loadedDepth = Math.max(this.#loadedDepth, this.#depthOf(layer));
  }

  /** Whoever comes for the layer from now on gets a load of their own. */
  #giveUp(layer: string, job: Job): void {
    this.#forget(layer, job);
    job.controller.abort();
  }

  #forget(layer: string, job: Job): void {
    if (this.#jobs.get(layer) === job) this.#jobs.delete(layer);
  }
}

function cancelled(layer: string): VggscopeError {
  return new VggscopeError("weights-cancelled", words.loadingCancelled(layer));
}
