/** How long a load will still take, by what came in the last seconds. */

/** Bytes that had come at a time in milliseconds. */
interface Sample {
  at: number;
  bytes: number;
}

/** Older samples say little of the connection as it is now. */
const WINDOW_MS = 5000;
/** Before that, the start of the connection weighs more than its speed. */
const LEAST_MS = 750;
/** Reports may come by the hundred each second; this many samples tell as much. */
const EVERY_MS = 100;

export class TimeLeft {
  /** Oldest first. */
  #samples: Sample[] = [];
  #totalBytes = 0;

  /** Takes in a report at `at` milliseconds; seconds left, or undefined where there is nothing to go by. */
  estimate(loadedBytes: number, totalBytes: number, at: number): number | undefined {
    this.#note(loadedBytes, totalBytes, at);
    const [oldest] = this.#samples;
    if (!oldest || at - oldest.at < LEAST_MS || loadedBytes <= oldest.bytes) return undefined;
    const bytesPerMs = (loadedBytes - oldest.bytes) / (at - oldest.at);
    return (totalBytes - loadedBytes) / bytesPerMs / 1000;
  }

  #note(bytes: number, totalBytes: number, at: number): void {
    const anotherLoad = totalBytes !== this.#totalBytes || bytes < (this.#samples.at(-1)?.bytes ?? 0);
    this.#totalBytes = totalBytes;
    this.#samples = anotherLoad ? [] : this.#samples.filter((sample) => at - sample.at <= WINDOW_MS);
    const newest = this.#samples.at(-1);
    if (!newest || at - newest.at >= EVERY_MS) this.#samples.push({ at, bytes });
  }
}
