/** The pictures of a worker's channels, within their share of memory: as it fills up, every second one goes. */
import { Film, type Packing } from "./film";

export class Pictures {
  readonly #films = new Map<number, Film>();
  readonly #mostBytes: number;
  readonly #packing: Packing;
  #every = 1;

  constructor(mostBytes: number, packing: Packing) {
    this.#mostBytes = mostBytes;
    this.#packing = packing;
  }

  /** Multiples of this are kept: a power of two, so that what is kept later was kept before. */
  get every(): number {
    return this.#every;
  }

  /** Keeps a picture of RGBA bytes, which may not change after that, if its iteration is one of those kept. */
  add(channel: number, iteration: number, rgba: Uint8ClampedArray): void {
    if (iteration % this.#every !== 0) return;
    const film = this.#films.get(channel) ?? new Film(this.#packing);
    this.#films.set(channel, film);
    film.add(iteration, rgba, this.#every);
    while (this.#bytes() > this.#mostBytes) this.#thin();
  }

  /** The picture as RGBA where it is kept, only to be read. */
  get(channel: number, iteration: number): Uint8ClampedArray | undefined {
    return this.#films.get(channel)?.get(iteration);
  }

  /** The last picture kept up to this iteration. */
  atOrBefore(channel: number, iteration: number): Uint8ClampedArray | undefined {
    return this.get(channel, iteration - (iteration % this.#every));
  }

  clear(): void {
    this.#films.clear();
  }

  #thin(): void {
    this.#every *= 2;
    for (const film of this.#films.values()) film.thin(this.#every);
  }

  #bytes(): number {
    let bytes = 0;
    for (const film of this.#films.values()) bytes += film.bytes;
    return bytes;
  }
}
