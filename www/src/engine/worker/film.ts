/**
 * One channel's pictures as they are kept: each packed as its difference from an earlier one. An iterate's reference is the
 * number with its lowest bit cleared: 47 differs from 46, that from 44, that from 40, that from 32. So whatever is asked for is a few
 * differences away, every second picture can be dropped without touching the others, and whoever goes forward unpacks one
 * difference a picture. Every 64th picture is whole.
 */
import type { WasmModule } from "../shared/wasm-module";
import { Pieces } from "./pieces";

export type Packing = Pick<WasmModule, "pack" | "unpack">;

const WHOLE_EVERY = 64;

/**
 * Of pictures on the way to the last one: three of the notes' size, with which seven of eight that are added find what they differ
 * from. A grid's films all have theirs, unpacked.
 */
const TRAIL_BYTES = 270e3;

const NOTHING = new Uint8ClampedArray();

interface Packed {
  bytes: Uint8Array;
  /** The iterate it differs from; undefined: from nothing. */
  from?: number | undefined;
}

export class Film {
  readonly #packing: Packing;
  readonly #pictures = new Map<number, Packed>();
  #pieces = new Pieces();
  /** The picture last added or read, and those it is reached by. */
  #trail = new Map<number, Uint8ClampedArray>();
  /** What was unpacked here, which nobody keeps. */
  readonly #own = new WeakSet<Uint8ClampedArray>();
  /** Some that left the trail: whoever reads a whole film leaves no garbage. */
  readonly #spare: Uint8ClampedArray[] = [];
  /** Of a picture. */
  #length = 0;
  #bytes = 0;

  constructor(packing: Packing) {
    this.#packing = packing;
  }

  /** Of all packed pictures. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a picture of RGBA bytes, which may not change after that; all kept iterates are multiples of `every`. */
  add(iteration: number, rgba: Uint8ClampedArray, every: number): void {
    const from = referenceOf(iteration, every);
    const reference = from === undefined ? undefined : this.get(from);
    this.#length = rgba.length;
    this.#put(iteration, rgba, reference && { from: Number(from), reference });
    this.#follow(iteration, rgba);
  }

  /** The picture as RGBA, only to be read, and before the next one is; undefined where it is not kept. */
  get(iteration: number): Uint8ClampedArray | undefined {
    const there = this.#trail.get(iteration);
    if (there) return there;
    const picture = this.#pictures.get(iteration);
    if (!picture) return undefined;
    const rgba = this.#unpacked(picture);
    this.#follow(iteration, rgba);
    return rgba;
  }

  /** Keeps only multiples of `every` from now on. */
  thin(every: number): void {
    const stays = (iteration: number) => iteration % every === 0;
    for (const [iteration, { from }] of this.#pictures) {
      const rgba = stays(iteration) && from !== undefined && !stays(from) && this.get(iteration);
      if (rgba) this.#put(iteration, rgba);
    }
    for (const iteration of [...this.#pictures.keys()].filter((iteration) => !stays(iteration))) {
      this.#drop(iteration);
    }
    // Of those that went, no memory would be free while others are beside them.
    this.#pieces = new Pieces();
    for (const picture of this.#pictures.values()) picture.bytes = this.#pieces.keep(picture.bytes);
  }

  #put(
    iteration: number,
    rgba: Uint8ClampedArray,
    { from, reference }: { from?: number; reference: Uint8ClampedArray } = { reference: NOTHING },
  ): void {
    this.#drop(iteration);
    const bytes = this.#pieces.keep(this.#packing.pack(rgba, reference));
    this.#pictures.set(iteration, { bytes, from });
    this.#bytes += bytes.length;
  }

  #unpacked({ bytes, from }: Packed): Uint8ClampedArray {
    const rgba = this.#spare.pop() ?? new Uint8ClampedArray(this.#length);
    this.#own.add(rgba);
    this.#packing.unpack(bytes, (from !== undefined && this.get(from)) || NOTHING, rgba);
    return rgba;
  }

  /** Of what was unpacked, leaves what leads to this picture, and through it to the next. */
  #follow(iteration: number, rgba: Uint8ClampedArray): void {
    const before = this.#trail.set(iteration, rgba);
    this.#trail = new Map();
    const most = Math.max(1, Math.floor(TRAIL_BYTES / rgba.length));
    let at: number | undefined = iteration;
    while (at !== undefined && this.#trail.size < most) {
      const there = before.get(at);
      if (there) this.#trail.set(at, there);
      const from: number | undefined = this.#pictures.get(at)?.from;
      // A power of two is reached by its half, which leads nowhere else.
      at = from === undefined || 2 * from === at ? undefined : from;
    }
    for (const [at, rgba] of before)
      if (!this.#trail.has(at) && this.#own.has(rgba) && this.#spare.length < most) this.#spare.push(rgba);
  }

  #drop(iteration: number): void {
    this.#bytes -= this.#pictures.get(iteration)?.bytes.length ?? 0;
    this.#pictures.delete(iteration);
    this.#trail.delete(iteration);
  }
}

function referenceOf(iteration: number, every: number): number | undefined {
  const count = iteration / every;
  if (count === 1 || count % WHOLE_EVERY === 0) return undefined;
  const rest = count & (count - 1);
  return every * (rest === 0 ? count / 2 : rest);
}
