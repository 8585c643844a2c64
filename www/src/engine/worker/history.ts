/**
 * The iterates of a run that stay readable. Pictures are kept packed; exact 32-bit images would be twenty times as
 * large, so only a few are kept: those that were read or computed again of late, each batch's at the end, and a
 * checkpoint of each batch every few iterations, from which any other is computed again, bit for bit. Pictures that outgrow
 * their share of memory are thinned out to every second one, then to every fourth; checkpoints likewise.
 */
import { VggscopeError } from "../../public/errors";
import type { Keep } from "../../public/types";
import * as words from "../../words/worker-errors";
import { MAX_UNREAD } from "../shared/protocol";
import { CHECKPOINT_BYTES, CHECKPOINT_EVERY, PICTURE_BYTES } from "../shared/spacing";
import type { Checkpoint, WasmIterate } from "../shared/wasm-module";
import type { Packing } from "./film";
import { Pictures } from "./pictures";
import { Pieces } from "./pieces";

/** Recent images, exact and drawn: more than a reader may be behind, or fewer large ones. */
const RECENT = 2 * MAX_UNREAD;
const RECENT_BYTES = 32e6;
/** An exact image has three floats a pixel, a picture four bytes. */
const WITH_PICTURE = 4 / 3;

/** One channel's image, exact and drawn. */
export interface Image {
  pixels: Float32Array;
  rgba: Uint8ClampedArray;
}

/** A checkpoint, and whose images it has. */
interface Kept extends Checkpoint {
  channels: readonly number[];
}

/** One step of a batch: its iterates and their exact images. */
export interface Step {
  iterates: readonly WasmIterate[];
  images: Float32Array[];
}

export class History {
  readonly #keep: Keep;
  readonly #pictures: Pictures;
  readonly #mostCheckpoints: number;
  readonly #newest = new Map<number, WasmIterate>();
  #checkpoints: Kept[] = [];
  readonly #pieces = new Pieces();
  /** Where the run's settings changed. */
  #pinned: Kept[] = [];
  /** Each batch's newest exact images, by its first channel. */
  readonly #latest = new Map<number, Kept>();
  #recent: (Kept & Step)[] = [];
  #start: Image | undefined;
  /** Checkpoints are multiples of this. */
  #exactEvery = CHECKPOINT_EVERY;

  /** `share` is what this worker has of the memory that the whole run may take. */
  constructor(keep: Keep, share: number, packing: Packing) {
    this.#keep = keep;
    this.#pictures = new Pictures(share * PICTURE_BYTES, packing);
    this.#mostCheckpoints = share * CHECKPOINT_BYTES;
  }

  /** Pictures of multiples of this are kept, a power of two. */
  get every(): number {
    return this.#pictures.every;
  }

  /** Whether a step to this iterate should be recorded with its exact images. */
  wantsExact(iteration: number): boolean {
    return this.#keep === "last" || iteration % this.#exactEvery === 0;
  }

  /** Takes in one step of one batch, and its exact images where there are any. */
  record(iterates: readonly WasmIterate[], images: Float32Array[] | undefined): void {
    for (const iterate of iterates) this.#newest.set(iterate.channel, iterate);
    const step = images && kept({ iterates, images: this.#sideBySide(images, iterates[0]?.iteration) });
    if (step) this.rest(step.channels, step);
    if (this.#keep === "last") return;
    for (const { channel, iteration, rgba } of iterates) this.#pictures.add(channel, iteration, rgba);
    if (step) this.#recordExact(step);
  }

  /** Keeps a batch's newest exact images, until there are newer ones. */
  rest(channels: readonly number[], { iteration, images }: Checkpoint): void {
    this.#latest.set(channels[0] ?? 0, { channels, iteration, images });
  }

  /** Keeps exact images of a batch for good, since other settings begin there. */
  pin(channels: readonly number[], checkpoint: Checkpoint): void {
    this.#pinned.push({ channels, ...checkpoint });
  }

  /** Keeps a step for a while. */
  remember(step: Step): void {
    const most = Math.min(RECENT / step.images.length, RECENT_BYTES / (WITH_PICTURE * bytesOf(step)));
    const steps = Math.max(1, Math.floor(most));
    this.#recent = [...this.#recent, kept(step)].slice(-steps);
  }

  /** The image before the first step, once it was computed. */
  get start(): Image | undefined {
    return this.#start;
  }

  /** Keeps the image before the first step for good. */
  rememberStart(image: Image): void {
    this.#start = image;
  }

  /** A copy of the squashed picture; undefined where it must be computed again; throws `iterate-not-kept`. */
  rgba(channel: number, iteration: number): Uint8ClampedArray | undefined {
    this.#check(channel, iteration);
    const drawn = [this.#newest.get(channel), ...this.#recent.flatMap(({ iterates }) => iterates)];
    const iterate = drawn.find((it) => it?.channel === channel && it.iteration === iteration);
    const whole = iteration === 0 ? this.#start : iterate;
    return (whole?.rgba ?? this.#pictures.get(channel, iteration))?.slice();
  }

  /** The exact image where it is at hand; undefined where it must be computed again; throws `iterate-not-kept`. */
  pixels(channel: number, iteration: number): Float32Array | undefined {
    this.#check(channel, iteration);
    if (iteration === 0) return this.#start?.pixels;
    const there = this.#exact().find(
      (kept) => kept.iteration === iteration && kept.channels.includes(channel),
    );
    return there?.images[there.channels.indexOf(channel)];
  }

  /** The picture to draw for this iterate, only to be read: itself, or the last kept one before it; undefined while there is none. */
  drawable(channel: number, iteration: number): Uint8ClampedArray | undefined {
    const newest = this.#newest.get(channel);
    if (newest && iteration >= newest.iteration) return newest.rgba;
    return this.#pictures.atOrBefore(channel, iteration) ?? this.#start?.rgba;
  }

  /** The last checkpoint of this batch up to `latest`; undefined: there is none, so the beginning. */
  checkpoint(firstChannel: number, latest: number): Checkpoint | undefined {
    const before = this.#exact().filter(
      ({ channels, iteration }) => channels[0] === firstChannel && iteration <= latest,
    );
    return before.toSorted((one, other) => one.iteration - other.iteration).at(-1);
  }

  clear(): void {
    this.#pictures.clear();
    this.#newest.clear();
    this.#checkpoints = [];
    this.#pinned = [];
    this.#latest.clear();
    this.#recent = [];
    this.#start = undefined;
  }

  /** Throws where this iterate cannot be had. */
  #check(channel: number, iteration: number): void {
    const newest = this.#newest.get(channel);
    const earlier = this.#keep === "all" && newest && iteration >= 0 && iteration < newest.iteration;
    if (newest?.iteration !== iteration && !earlier) throw this.#notKept(channel, iteration);
  }

  /** All exact images but the start. */
  #exact(): Kept[] {
    return [...this.#latest.values(), ...this.#recent, ...this.#pinned, ...this.#checkpoints];
  }

  /** Checkpoints, side by side. Those that go when it is full were one beside the other too. */
  #sideBySide(images: Float32Array[], iteration = 0): Float32Array[] {
    const stays = this.#keep === "all" && this.wantsExact(iteration);
    return stays ? images.map((image) => this.#pieces.keepFloats(image)) : images;
  }

  #recordExact(step: Kept & Step): void {
    const { channels, iteration, images } = step;
    if (this.wantsExact(iteration)) this.#checkpoints.push({ channels, iteration, images });
    else this.remember(step);
    while (sum(this.#checkpoints.map(bytesOf)) > this.#mostCheckpoints) this.#thin();
  }

  #thin(): void {
    this.#exactEvery *= 2;
    this.#checkpoints = this.#checkpoints.filter(({ iteration }) => this.wantsExact(iteration));
  }

  #notKept(channel: number, iteration: number): VggscopeError {
    const newest = this.#newest.get(channel)?.iteration;
    return new VggscopeError("iterate-not-kept", words.notKept(channel, iteration, newest, this.#keep));
  }
}

function kept(step: Step): Kept & Step {
  const { iterates } = step;
  const channels = iterates.map(({ channel }) => channel);
  return { ...step, channels, iteration: iterates[0]?.iteration ?? 0 };
}

function bytesOf({ images }: Pick<Checkpoint, "images">): number {
  return sum(images.map(({ byteLength }) => byteLength));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
