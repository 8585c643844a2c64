/** Where a climb waits while it is paused. */
export class Pausing {
  #paused: Promise<void> | undefined;
  #resume: (() => void) | undefined;

  /** Whoever comes from now on waits. */
  begin(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  end(): void {
    this.#resume?.();
    this.#paused = undefined;
    this.#resume = undefined;
  }

  /** Resolves at once where there is no pause. */
  async over(): Promise<void> {
    while (this.#paused) await this.#paused;
  }
}
