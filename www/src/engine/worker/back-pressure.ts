/** Back pressure: how far a worker may run ahead of whoever reads its iterates. */
export class BackPressure {
  readonly #limit: number;
  #unread = 0;
  #lifted = false;
  #wake: (() => void) | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits until `count` more iterates may be sent; more than the limit at once go when nothing is unread. */
  async wait(count: number): Promise<void> {
    while (!this.#lifted && this.#unread > 0 && this.#unread + count > this.#limit) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#unread += count;
  }

  /** The reader took `count` iterates. */
  read(count: number): void {
    this.#unread -= count;
    this.#wake?.();
  }

  /** Nobody reads, or the run is over: never wait again. */
  lift(): void {
    this.#lifted = true;
    this.#wake?.();
  }
}
