/**
 * Where in a climb the reader is: at the newest iterate, following it, or at an earlier one, resting or playing. It
 * knows neither pictures nor clocks; times are given to it in milliseconds.
 */
import { USUAL_SPEED } from "../settings/view";

interface Playing {
  since: number;
  from: number;
}

export class Playhead {
  readonly #listeners: (() => void)[] = [];
  /** Steps of the whole climb. */
  #length = 0;
  #reached = 0;
  /** Iterates that are at hand are multiples of this, and the newest. */
  #every = 1;
  /** Undefined: the newest. */
  #wanted: number | undefined;
  #playing: Playing | undefined;
  #speed: number = USUAL_SPEED;

  /** Calls `listener` after every change. */
  watch(listener: () => void): void {
    this.#listeners.push(listener);
  }

  get length(): number {
    return this.#length;
  }

  /** Steps that every channel has taken. */
  get reached(): number {
    return this.#reached;
  }

  get every(): number {
    return this.#every;
  }

  /** Whether there is anything to scrub through. */
  get ready(): boolean {
    return this.#reached > 0;
  }

  /** The iterate that the reader asked for; undefined: the newest. */
  get wanted(): number | undefined {
    return this.#wanted;
  }

  /** Whether the newest is shown, whichever that is. */
  get following(): boolean {
    return this.#wanted === undefined;
  }

  /** The iterate that is shown. */
  get position(): number {
    return Math.min(this.#wanted ?? this.#reached, this.#reached);
  }

  get playing(): boolean {
    return this.#playing !== undefined;
  }

  get speed(): number {
    return this.#speed;
  }

  /** How far the climb has come. */
  progress({ length, reached, every }: { length: number; reached: number; every: number }): void {
    if (length === this.#length && reached === this.#reached && every === this.#every) return;
    this.#length = length;
    this.#reached = reached;
    this.#every = every;
    this.#tell();
  }

  /** Goes where a link says, also where the climb has yet to come. */
  lookAt(iteration: number | undefined): void {
    if (iteration === this.#wanted) return;
    this.#playing = undefined;
    this.#wanted = iteration;
    this.#tell();
  }

  /** Goes to an iterate that is at hand; at the newest and beyond, follows the climb. */
  seek(iteration: number): void {
    this.#playing = undefined;
    this.#go(iteration);
  }

  /** So many kept iterates on, or back. */
  step(by: number): void {
    const onGrid = Math.ceil(this.position / this.#every) * this.#every;
    this.seek((by < 0 ? onGrid : this.position) + by * this.#every);
  }

  /** To the newest, and along with it. */
  follow(): void {
    this.#playing = undefined;
    this.#wanted = undefined;
    this.#tell();
  }

  /** From here on, or from the start where this is the end. */
  play(now: number): void {
    const from = this.position >= this.#reached ? 0 : this.position;
    this.#playing = { since: now, from };
    this.#go(from);
  }

  pause(): void {
    this.#playing = undefined;
    this.#tell();
  }

  setSpeed(speed: number, now: number): void {
    if (speed === this.#speed) return;
    this.#speed = speed;
    if (this.#playing) this.#playing = { since: now, from: this.position };
    this.#tell();
  }

  /** Moves on while playing; at the end the reader is back at the newest. */
  tick(now: number): void {
    if (!this.#playing) return;
    const { since, from } = this.#playing;
    const shown = Math.floor(((now - since) * this.#speed) / 1000);
    const to = from + Math.max(0, shown) * this.#every;
    if (to >= this.#reached) this.follow();
    else if (to !== this.#wanted) this.#go(to);
  }

  #go(iteration: number): void {
    const from = Math.max(0, iteration);
    this.#wanted = from >= this.#reached ? undefined : from - (from % this.#every);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
