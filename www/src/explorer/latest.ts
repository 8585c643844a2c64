/** Work of which only the latest order matters: one at a time, and whatever was ordered in between is skipped. */
export class Latest<T> {
  readonly #work: (order: T) => Promise<void>;
  readonly #failed: (error: unknown, order: T) => void;
  #next: { order: T } | undefined;
  #busy = false;

  /** `failed` is told of work that was thrown out of; the next order is taken all the same. */
  constructor(work: (order: T) => Promise<void>, failed: (error: unknown, order: T) => void) {
    this.#work = work;
    this.#failed = failed;
  }

  ask(order: T): void {
    this.#next = { order };
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const { order } = this.#next;
      this.#next = undefined;
      await this.#work(order).catch((error: unknown) => this.#failed(error, order));
    }
    this.#busy = false;
  }
}
