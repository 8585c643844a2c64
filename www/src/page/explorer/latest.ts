/** Work of which only the latest order matters: one at a time, and whatever was ordered in between is skipped. */
export class Latest<T> {
  readonly #work: (order: T) => Promise<void>;
  #next: { order: T } | undefined;
  #busy = false;

  /** `work` handles its own errors. */
  constructor(work: (order: T) => Promise<void>) {
    this.#work = work;
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
      await this.#work(order);
    }
    this.#busy = false;
  }
}
