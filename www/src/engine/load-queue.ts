/**
 * Who waits for which layer's weights. One load at a time, the shallowest layer first; a load that nobody waits for
 * any more is given up, and what it has brought so far serves the next.
 */
import { VggscopeError } from "../public/errors";

interface Waiter {
  layer: string;
  depth: number;
  resolve(): void;
  reject(error: unknown): void;
}

interface Job {
  layer: string;
  depth: number;
  controller: AbortController;
}

export class LoadQueue {
  readonly #load: (layer: string, signal: AbortSignal) => Promise<void>;
  readonly #depthOf: (layer: string) => number;
  readonly #waiters = new Set<Waiter>();
  #job: Job | undefined;
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

  /** Resolves once the weights up to `layer` are there; aborting `signal` rejects at once with `weights-cancelled`. */
  wait(layer: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const depth = this.#depthOf(layer);
      if (depth <= this.#loadedDepth) return resolve();
      const waiter = { layer, depth, resolve, reject };
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", () => this.#leave(waiter), { once: true });
      if (signal?.aborted) this.#leave(waiter);
      void this.#next();
    });
  }

  #leave(waiter: Waiter): void {
    if (!this.#waiters.delete(waiter)) return;
    waiter.reject(cancelled(waiter.layer));
    const job = this.#job;
    const needed = [...this.#waiters].some(({ depth }) => job && depth >= job.depth);
    if (!needed) job?.controller.abort();
  }

  async #next(): Promise<void> {
    const first = [...this.#waiters].sort((one, other) => one.depth - other.depth)[0];
    if (this.#job || !first) return;
    const { layer, depth } = first;
    const job = { layer, depth, controller: new AbortController() };
    this.#job = job;
    try {
      await this.#load(layer, job.controller.signal);
      this.#loadedDepth = Math.max(this.#loadedDepth, depth);
      for (const waiter of this.#take((candidate) => candidate.depth <= depth)) waiter.resolve();
    } catch (error) {
      // Whoever came for the same layer after it was given up gets a load of their own.
      const given = job.controller.signal.aborted;
      const failed = this.#take((candidate) => !given && candidate.layer === layer);
      for (const waiter of failed) waiter.reject(error);
    }
    this.#job = undefined;
    void this.#next();
  }

  #take(which: (waiter: Waiter) => boolean): Waiter[] {
    const taken = [...this.#waiters].filter(which);
    for (const waiter of taken) this.#waiters.delete(waiter);
    return taken;
  }
}

function cancelled(layer: string): VggscopeError {
  return new VggscopeError(
    "weights-cancelled",
    `Loading the weights up to ${layer} was cancelled; start again to go on from what has arrived.`,
  );
}
