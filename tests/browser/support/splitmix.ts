/** The generator behind seeds: SplitMix64, as `tests/reference` fixes it for weights and start images alike. */

export class SplitMix64 {
  #state: bigint;

  constructor(seed: bigint | number) {
    this.#state = BigInt.asUintN(64, BigInt(seed));
  }

  next(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  /** In [0, 1): the top 24 bits, so exact in 32-bit floats. */
  unit(): number {
    return Number(this.next() >> 40n) * 2 ** -24;
  }
}

/** The start image of a seed: height * width * 3 values, rows of RGB pixels. */
export function randomImage(seed: number, height: number, width: number): Float32Array {
  const generator = new SplitMix64(seed);
  return Float32Array.from({ length: height * width * 3 }, () => generator.unit());
}
