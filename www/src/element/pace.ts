/** How fast a run goes and what is left of it. */
import type { RunProgress } from "../public/types";

export class Pace {
  readonly #channels: number;
  #iterations: number;
  readonly #clock: () => number;
  #done = 0;
  #firstAt: number | undefined;
  #restingSince: number | undefined;

  /** `clock` gives milliseconds. */
  constructor(channels: number, iterations: number, clock: () => number) {
    this.#channels = channels;
    this.#iterations = iterations;
    this.#clock = clock;
  }

  /** One more image. */
  count(): void {
    this.#done += 1;
    // Timed from the end of the first round: the first steps also pay for warming up.
    if (this.#done === this.#channels) this.#firstAt = this.#clock();
  }

  /** The run is paused: time stands still until `goOn`. */
  rest(): void {
    this.#restingSince ??= this.#clock();
  }

  /** The run goes on, to as many steps as there are now. */
  goOn(iterations: number): void {
    this.#iterations = iterations;
    if (this.#firstAt !== undefined && this.#restingSince !== undefined)
      this.#firstAt += this.#clock() - this.#restingSince;
    this.#restingSince = undefined;
  }

  progress(): RunProgress {
    const total = this.#channels * this.#iterations;
    return {
      // A channel may be beyond where a run that became shorter ends.
      done: Math.min(this.#done, total),
      total,
      channels: this.#channels,
      iterations: this.#iterations,
      secondsLeft: this.#secondsLeft(total),
    };
  }

  #secondsLeft(total: number): number | undefined {
    if (this.#firstAt === undefined || this.#done <= this.#channels) return undefined;
    const each = (this.#clock() - this.#firstAt) / (this.#done - this.#channels);
    return (each * (total - this.#done)) / 1000;
  }
}
