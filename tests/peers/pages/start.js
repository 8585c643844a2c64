// vggscope's random start image, written again: SplitMix64 from the seed, the top 24 bits of each number.

const MASK = (1n << 64n) - 1n;

/** Float32Array of height * width * 3 numbers in [0, 1), rows first, channels last. */
export function startImage(height, width, seed) {
  const image = new Float32Array(height * width * 3);
  let state = BigInt(seed);
  for (let i = 0; i < image.length; i++) {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    image[i] = Number(mix(state) >> 40n) / 2 ** 24;
  }
  return image;
}

function mix(state) {
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
