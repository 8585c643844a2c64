// The work of one step, counted from the network's shape; the same for everyone, however much more they compute.

/** VGG16's blocks: convolutions and their output channels; each block but the last is followed by a pooling. */
const BLOCKS = [
  [2, 64],
  [2, 128],
  [3, 256],
  [3, 512],
  [3, 512],
];
const FLOAT = 4;

/** All thirteen convolutions' names. */
export const CONVOLUTIONS = BLOCKS.flatMap(([count], block) =>
  Array.from({ length: count }, (_, index) => `block${block + 1}_conv${index + 1}`),
);

/**
 * Floating-point operations and bytes that one step of one channel needs: forward and input gradient by direct 3 x 3
 * convolution, of the last layer only the channel asked for. Bytes are those of 32-bit layers that run one after
 * another: each reads its input and weights and writes its output, both ways.
 */
export function workOfStep(layer, size) {
  const work = { flop: 0, bytes: 0 };
  let [side, inputs] = [size, 3];
  for (const [block, [count, width]] of BLOCKS.entries()) {
    for (let index = 1; index <= count; index++) {
      const last = layer === `block${block + 1}_conv${index}`;
      const outputs = last ? 1 : width;
      const weights = 9 * inputs * outputs;
      work.flop += 2 * (2 * weights * side * side);
      work.bytes += 2 * FLOAT * (weights + (inputs + outputs) * side * side);
      if (last) return work;
      inputs = outputs;
    }
    const pooled = side >> 1;
    work.bytes += 2 * FLOAT * inputs * (side * side + pooled * pooled);
    side = pooled;
  }
  throw new Error(`there is no layer ${layer}`);
}
