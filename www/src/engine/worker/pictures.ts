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

  /** A fresh copy as RGBA, where it is kept. */
  get(channel: number, iteration: number): Uint8ClampedArray | undefined {
    const picture = this.#byChannel.get(channel)?.get(iteration);
    return picture && unpacked(picture);
  }

  /** A copy of the last picture kept up to this iteration. */
  atOrBefore(channel: number, iteration: number): Uint8ClampedArray | undefined {
    return this.get(channel, iteration - (iteration % this.#every));
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

function unpacked(rgb: Uint8Array): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; to += 4) {
    rgba[to] = rgb[from++] ?? 0;
    rgba[to + 1] = rgb[from++] ?? 0;
    rgba[to + 2] = rgb[from++] ?? 0;
  }
  return rgba;
}
