/** What a climb still has to tell of its steps. Where the worker draws, small images take a thousand steps a second: those are told together. */
import type { RunEvent, SentIterate } from "../shared/protocol";
import type { WasmIterate } from "../shared/wasm-module";

/** The facts of steps are sent together this often. */
const POST_MS = 16;

export class Outbox {
  readonly #run: number;
  readonly #every: () => number;
  readonly #post: (event: RunEvent, transfer: Transferable[]) => void;
  readonly #items: SentIterate[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #postedAt = Number.NEGATIVE_INFINITY;

  /** `every` is whose multiples stay readable. */
  constructor(run: number, every: () => number, post: (event: RunEvent, transfer: Transferable[]) => void) {
    this.#run = run;
    this.#every = every;
    this.#post = post;
  }

  add(iterates: readonly WasmIterate[], withPicture: boolean): void {
    this.#items.push(...iterates.map((iterate) => sent(iterate, withPicture)));
  }

  /** Sends them, now or with those that come within the next milliseconds. */
  sendSoon(): void {
    if (performance.now() - this.#postedAt >= POST_MS) this.send();
    else this.#timer ??= setTimeout(() => this.send(), POST_MS);
  }

  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#items.splice(0);
    if (items.length === 0) return;
    this.#postedAt = performance.now();
    const transfer = items.flatMap(({ rgba }) => (rgba ? [rgba.buffer] : []));
    this.#post({ kind: "iterates", run: this.#run, items, every: this.#every() }, transfer);
  }
}

/** Facts to send; a picture travels as a copy, since the history keeps its own. */
function sent({ rgba, ...facts }: WasmIterate, withPicture: boolean): SentIterate {
  return withPicture ? { ...facts, rgba: rgba.slice() } : facts;
}
