/** Where a climb waits while it is paused. */
export class Gate {
  #open: Promise<void> | undefined;
  #let: (() => void) | undefined;

  /** Whoever comes from now on waits. */
  close(): void {
    this.#open ??= new Promise((resolve) => {
      this.#let = resolve;
    });
  }

  open(): void {
    this.#let?.();
    this.#open = undefined;
    this.#let = undefined;
  }

  /** Resolves at once where the gate is open. */
  async passed(): Promise<void> {
    while (this.#open) await this.#open;
  }
}
