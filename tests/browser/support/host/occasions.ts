/** Which requests a fault strikes: hosts often fail once, or only in one way of asking. */
import type { Fault } from "./faults";

export interface Occasions {
  /** So many requests go well first. */
  after?: number;
  /** Then so many fail, and the others go well; without it, all of them. */
  times?: number;
  /** Only requests of this method are struck and counted. */
  method?: "GET" | "HEAD";
}

interface Spoilt extends Required<Pick<Occasions, "after" | "times">> {
  fault: Fault;
  method: string | undefined;
}

/** What was spoilt, by path. What is spoilt later strikes where the earlier does not. */
export class FaultBook {
  readonly #spoilt = new Map<string, Spoilt[]>();

  add(path: string, fault: Fault, { after = 0, times = Number.POSITIVE_INFINITY, method }: Occasions): void {
    const spoilt = this.#spoilt.get(path) ?? [];
    this.#spoilt.set(path, [...spoilt, { fault, after, times, method }]);
  }

  clear(prefix: string): void {
    for (const path of this.#spoilt.keys()) if (path.startsWith(prefix)) this.#spoilt.delete(path);
  }

  /** The fault of the next request, which counts as made. */
  strike(path: string, method: string): Fault | undefined {
    for (const spoilt of this.#spoilt.get(path) ?? []) {
      if (spoilt.times === 0 || (spoilt.method ?? method) !== method) continue;
      if (spoilt.after > 0) {
        spoilt.after--;
        continue;
      }
      spoilt.times--;
      return spoilt.fault;
    }
    return undefined;
  }
}
