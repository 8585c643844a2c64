/**
 * The iterates of a run that stay readable. Pictures are kept as bytes; exact 32-bit images would be four times as
 * large, so only a few are kept: each channel's newest, the most recent of all, and a checkpoint of each batch every
 * few iterations, from which any other is computed again, bit for bit. A run that outgrows its share of memory keeps
 * every second of both, then every fourth.
 */
import { VggscopeError } from "../../public/errors";
import type { Keep } from "../../public/types";
import { CHECKPOINT_EVERY, type RunSize, spacing } from "../spacing";
import type { Checkpoint, WasmIterate } from "../wasm-module";
import { Pictures } from "./pictures";

/** Recent images, exact and drawn: so many, or fewer large ones. */
const RECENT = 64;
const RECENT_BYTES = 12e6;
const BYTES_PER_PIXEL = 16;

/** One channel's image after so many steps, exact and drawn. */
export type Image = Pick<WasmIterate, "channel" | "iteration" | "pixels" | "rgba">;

export class History {
  readonly #keep: Keep;
  readonly #size: RunSize;
  readonly #mostRecent: number;
  readonly #pictures = new Pictures();
  readonly #newest = new Map<number, Image>();
  /** By the first channel of the batch, oldest first. */
  readonly #checkpoints = new Map<number, Checkpoint[]>();
  /** Where the run's settings changed, by the first channel of the batch. */
  readonly #pinned = new Map<number, Checkpoint[]>();
  #recent: Image[] = [];
  #start: Image | undefined;
  #every = 1;

  /** `size` is that of the whole run, of which this worker may have a part. */
  constructor(keep: Keep, size: RunSize) {
    this.#keep = keep;
    this.#size = size;
    const bytes = size.width * size.height * BYTES_PER_PIXEL;
    this.#mostRecent = Math.min(RECENT, Math.max(1, Math.floor(RECENT_BYTES / bytes)));
  }

  /** Takes in one step of one batch. */
  record(iterates: readonly WasmIterate[]): void {
    for (const iterate of iterates) this.#newest.set(iterate.channel, iterate);
    if (this.#keep === "last") return;
    this.#thin(iterates[0]?.iteration ?? 0);
    for (const { channel, iteration, rgba } of iterates) this.#pictures.add(channel, iteration, rgba);
    this.remember(iterates);
    this.#recordCheckpoint(iterates);
  }

  /** Keeps whole images for a while. */
  remember(images: readonly Image[]): void {
    const most = Math.max(this.#mostRecent, images.length);
    this.#recent = [...this.#recent, ...images].slice(-most);
  }

  /** Keeps the image before the first step for good. */
  rememberStart(image: Image): void {
    this.#start = image;
  }

  /** A copy of the squashed picture; undefined where it must be computed again; throws `iterate-not-kept`. */
  rgba(channel: number, iteration: number): Uint8ClampedArray | undefined {
    return this.#image(channel, iteration)?.rgba.slice() ?? this.#pictures.get(channel, iteration);
  }

  /** The exact image where it is at hand; undefined where it must be computed again; throws `iterate-not-kept`. */
  pixels(channel: number, iteration: number): Float32Array | undefined {
    return this.#image(channel, iteration)?.pixels;
  }

  /**
   * The picture to draw for this iterate: itself, or the last kept one before it; undefined while there is none. It may
   * be in `scratch`, of a picture's length, and is only to be read.
   */
  drawable(channel: number, iteration: number, scratch: Uint8ClampedArray): Uint8ClampedArray | undefined {
    const newest = this.#newest.get(channel);
    if (newest && iteration >= newest.iteration) return newest.rgba;
    return this.#pictures.atOrBefore(channel, iteration, scratch) ?? this.#start?.rgba;
  }

  /** The last checkpoint of this batch up to `latest`; undefined: there is none, so the beginning. */
  checkpoint(firstChannel: number, latest: number): Checkpoint | undefined {
    const pinned = this.#pinned.get(firstChannel) ?? [];
    const kept = [...(this.#checkpoints.get(firstChannel) ?? []), ...pinned];
    const before = kept.filter(({ iteration }) => iteration <= latest);
    return before.toSorted((one, other) => one.iteration - other.iteration).at(-1);
  }

  /** Keeps the newest images of a batch for good, since other settings begin there; gives them. */
  pin(channels: readonly number[]): Checkpoint | undefined {
    const newest = channels.flatMap((channel) => this.#newest.get(channel) ?? []);
    const [first] = newest;
    if (!first) return undefined;
    const checkpoint = { iteration: first.iteration, images: newest.map(({ pixels }) => pixels) };
    this.#pinned.set(first.channel, [...(this.#pinned.get(first.channel) ?? []), checkpoint]);
    return checkpoint;
  }

  clear(): void {
    this.#pictures.clear();
    this.#newest.clear();
    this.#checkpoints.clear();
    this.#pinned.clear();
    this.#recent = [];
    this.#start = undefined;
  }

  /** The whole image where it is at hand; throws where it cannot be had. */
  #image(channel: number, iteration: number): Image | undefined {
    const newest = this.#newest.get(channel);
    if (newest?.iteration === iteration) return newest;
    const kept = this.#keep === "all" && newest && iteration >= 0 && iteration < newest.iteration;
    if (!kept) throw this.#notKept(channel, iteration);
    if (iteration === 0) return this.#start;
    return this.#recent.find((image) => image.channel === channel && image.iteration === iteration);
  }

  /** Where the run has grown too long for what is kept of it. */
  #thin(newest: number): void {
    const every = spacing(newest, this.#size);
    if (every === this.#every) return;
    this.#every = every;
    this.#pictures.thin(every);
    for (const [batch, checkpoints] of this.#checkpoints) {
      const left = checkpoints.filter(({ iteration }) => iteration % (every * CHECKPOINT_EVERY) === 0);
      this.#checkpoints.set(batch, left);
    }
  }

  #recordCheckpoint(iterates: readonly WasmIterate[]): void {
    const [first] = iterates;
    if (!first || first.iteration % (this.#every * CHECKPOINT_EVERY) !== 0) return;
    const checkpoints = this.#checkpoints.get(first.channel) ?? [];
    checkpoints.push({ iteration: first.iteration, images: iterates.map(({ pixels }) => pixels) });
    this.#checkpoints.set(first.channel, checkpoints);
  }

  #notKept(channel: number, iteration: number): VggscopeError {
    const newest = this.#newest.get(channel)?.iteration;
    const what =
      newest === undefined
        ? "nothing of this channel is kept"
        : this.#keep === "last"
          ? `only iterate ${newest} of this channel is kept`
          : `iterates 0 to ${newest} of this channel are kept`;
    const remedy =
      this.#keep === "last" ? ' Start the run with keep: "all" to read every iterate again.' : "";
    return new VggscopeError(
      "iterate-not-kept",
      `Iterate ${iteration} of channel ${channel} cannot be read: ${what}.${remedy}`,
    );
  }
}
