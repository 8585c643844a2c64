/**
 * The iterates of a run that stay readable. Pictures are kept as bytes; exact 32-bit images would be three times
 * as large, so only a few are kept: each channel's newest, the most recent of all, and a checkpoint of each batch
 * every few iterations, from which any other is computed again, bit for bit.
 */
import { VggscopeError } from "../../public/errors";
import type { Keep } from "../../public/types";
import type { Checkpoint, WasmIterate } from "../wasm-module";

const CHECKPOINT_EVERY = 10;
const RECENT = 64;

type Exact = Pick<WasmIterate, "channel" | "iteration" | "pixels">;

export class History {
  readonly #keep: Keep;
  readonly #pictures = new Map<number, Map<number, Uint8ClampedArray>>();
  readonly #newest = new Map<number, Exact>();
  /** By the first channel of the batch, oldest first. */
  readonly #checkpoints = new Map<number, Checkpoint[]>();
  #recent: Exact[] = [];

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  /** Takes in one step of one batch. */
  record(iterates: readonly WasmIterate[]): void {
    for (const iterate of iterates) {
      this.#recordPicture(iterate);
      this.#newest.set(iterate.channel, iterate);
    }
    if (this.#keep === "last") return;
    this.remember(iterates);
    this.#recordCheckpoint(iterates);
  }

  /** Keeps exact images for a while. */
  remember(images: readonly Exact[]): void {
    this.#recent = [...this.#recent, ...images].slice(-RECENT);
  }

  /** The squashed picture; throws `iterate-not-kept`. */
  rgba(channel: number, iteration: number): Uint8ClampedArray {
    const picture = this.#pictures.get(channel)?.get(iteration);
    if (!picture) throw this.#notKept(channel, iteration);
    return picture;
  }

  /** The exact image where it is at hand; undefined where it must be computed again; throws `iterate-not-kept`. */
  pixels(channel: number, iteration: number): Float32Array | undefined {
    this.rgba(channel, iteration);
    const newest = this.#newest.get(channel);
    if (newest?.iteration === iteration) return newest.pixels;
    return this.#recent.find((kept) => kept.channel === channel && kept.iteration === iteration)?.pixels;
  }

  /** Where to start from to compute `iteration` of this batch again; undefined: from the beginning. */
  checkpoint(firstChannel: number, iteration: number): Checkpoint | undefined {
    return this.#checkpoints.get(firstChannel)?.findLast((checkpoint) => checkpoint.iteration < iteration);
  }

  clear(): void {
    this.#pictures.clear();
    this.#newest.clear();
    this.#checkpoints.clear();
    this.#recent = [];
  }

  #recordPicture({ channel, iteration, rgba }: WasmIterate): void {
    const pictures = this.#pictures.get(channel) ?? new Map<number, Uint8ClampedArray>();
    if (this.#keep === "last") pictures.clear();
    pictures.set(iteration, rgba);
    this.#pictures.set(channel, pictures);
  }

  #recordCheckpoint(iterates: readonly WasmIterate[]): void {
    const [first] = iterates;
    if (!first || first.iteration % CHECKPOINT_EVERY !== 0) return;
    const checkpoints = this.#checkpoints.get(first.channel) ?? [];
    checkpoints.push({ iteration: first.iteration, images: iterates.map(({ pixels }) => pixels) });
    this.#checkpoints.set(first.channel, checkpoints);
  }

  #notKept(channel: number, iteration: number): VggscopeError {
    const kept = [...(this.#pictures.get(channel)?.keys() ?? [])];
    const [oldest, newest] = [kept[0], kept.at(-1)];
    const what =
      oldest === undefined
        ? "nothing of this channel is kept"
        : oldest === newest
          ? `only iterate ${newest} of this channel is kept`
          : `iterates ${oldest} to ${newest} of this channel are kept`;
    const remedy =
      this.#keep === "last" ? ' Start the run with keep: "all" to read every iterate again.' : "";
    return new VggscopeError(
      "iterate-not-kept",
      `Iterate ${iteration} of channel ${channel} cannot be read: ${what}.${remedy}`,
    );
  }
}
