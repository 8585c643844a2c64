/** Pictures as they are kept: three bytes a pixel, because the fourth of RGBA is always 255. */

export class Pictures {
  readonly #byChannel = new Map<number, Map<number, Uint8Array>>();
  #every = 1;

  /** Keeps a picture of RGBA bytes if its iteration is one of those kept. */
  add(channel: number, iteration: number, rgba: Uint8ClampedArray): void {
    if (iteration % this.#every !== 0) return;
    const pictures = this.#byChannel.get(channel) ?? new Map<number, Uint8Array>();
    pictures.set(iteration, packed(rgba));
    this.#byChannel.set(channel, pictures);
  }

  /** The picture as RGBA where it is kept; in `into`, if that is given, and else in a fresh array. */
  get(channel: number, iteration: number, into?: Uint8ClampedArray): Uint8ClampedArray | undefined {
    const picture = this.#byChannel.get(channel)?.get(iteration);
    return picture && unpacked(picture, into ?? new Uint8ClampedArray((picture.length / 3) * 4));
  }

  /** The last picture kept up to this iteration. */
  atOrBefore(channel: number, iteration: number, into: Uint8ClampedArray): Uint8ClampedArray | undefined {
    return this.get(channel, iteration - (iteration % this.#every), into);
  }

  /** Keeps only multiples of `every` from now on. */
  thin(every: number): void {
    this.#every = every;
    for (const pictures of this.#byChannel.values()) {
      for (const iteration of pictures.keys()) if (iteration % every !== 0) pictures.delete(iteration);
    }
  }

  clear(): void {
    this.#byChannel.clear();
  }
}

function packed(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from] ?? 0;
    rgb[to++] = rgba[from + 1] ?? 0;
    rgb[to++] = rgba[from + 2] ?? 0;
  }
  return rgb;
}

/** Four bytes at a time, the first the lowest: browsers run on no other machines. */
function unpacked(rgb: Uint8Array, rgba: Uint8ClampedArray): Uint8ClampedArray {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3) {
    words[to++] = 0xff000000 | ((rgb[from + 2] ?? 0) << 16) | ((rgb[from + 1] ?? 0) << 8) | (rgb[from] ?? 0);
  }
  return rgba;
}
