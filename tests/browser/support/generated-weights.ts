/** VGG16's weights from a seed, as `tests/reference` fixes them, and folders of them as a static host has them. */
import { createHash } from "node:crypto";
import { toHalfBits } from "./half";
import { type Tensor, writeSafetensors } from "./safetensors";
import { SplitMix64 } from "./splitmix";

/** Every convolution of VGG16 with its number of channels. */
export const CONVOLUTIONS = [
  ["block1_conv1", 64],
  ["block1_conv2", 64],
  ["block2_conv1", 128],
  ["block2_conv2", 128],
  ["block3_conv1", 256],
  ["block3_conv2", 256],
  ["block3_conv3", 256],
  ["block4_conv1", 512],
  ["block4_conv2", 512],
  ["block4_conv3", 512],
  ["block5_conv1", 512],
  ["block5_conv2", 512],
  ["block5_conv3", 512],
] as const;

export const INDEX_FILE = "model.safetensors.index.json";

/** One convolution's numbers, made when they are asked for. */
export interface Plan {
  name: string;
  inChannels: number;
  outChannels: number;
  /** Kernel row, kernel column, input channel, output channel. */
  kernel(): Float32Array;
  bias(): Float32Array;
}

export interface Convolution extends Omit<Plan, "kernel" | "bias"> {
  kernel: Float32Array;
  bias: Float32Array;
}

export interface Recipe {
  seed: number;
  /** Every width is VGG16's over this. */
  divisor: number;
  /** The last layer made. */
  upTo: string;
}

export function generate(recipe: Recipe): Convolution[] {
  return plan(recipe).map(({ kernel, bias, ...convolution }) => ({
    ...convolution,
    kernel: kernel(),
    bias: bias(),
  }));
}

/** Every tensor has a seed of its own, so each can be made without those before it. */
export function plan({ seed, divisor, upTo }: Recipe): Plan[] {
  const master = new SplitMix64(seed);
  const last = CONVOLUTIONS.findIndex(([name]) => name === upTo);
  let outOfLayerBefore = 3;
  return CONVOLUTIONS.slice(0, last + 1).map(([name, width]) => {
    const inChannels = outOfLayerBefore;
    const outChannels = width / divisor;
    const [kernelSeed, biasSeed] = [master.next(), master.next()];
    const kernel = () => uniform(kernelSeed, 9 * inChannels * outChannels, Math.sqrt(6 / (9 * inChannels)));
    outOfLayerBefore = outChannels;
    return { name, inChannels, outChannels, kernel, bias: () => uniform(biasSeed, outChannels, 0.1) };
  });
}

function uniform(seed: bigint, length: number, bound: number): Float32Array {
  const generator = new SplitMix64(seed);
  return Float32Array.from({ length }, () => (generator.unit() * 2 - 1) * bound);
}

/** The kernel as weight files hold it: output channel, input channel, row, column. */
export function outputFirst({ inChannels, outChannels, kernel }: Omit<Convolution, "bias">): Float32Array {
  const turned = new Float32Array(kernel.length);
  let from = 0;
  for (let tap = 0; tap < 9; tap++) {
    for (let input = 0; input < inChannels; input++) {
      for (let output = 0; output < outChannels; output++) {
        turned[(output * inChannels + input) * 9 + tap] = kernel[from++] ?? Number.NaN;
      }
    }
  }
  return turned;
}

/** Files by name: the index, and one file per layer named by its hash. */
export type WeightFolder = ReadonlyMap<string, Buffer>;

export function weightFolder(convolutions: readonly Convolution[], dtype: "F32" | "F16"): WeightFolder {
  const files = new Map<string, Buffer>();
  const shards: Record<string, { sha256: string; bytes: number }> = {};
  const weightMap: Record<string, string> = {};
  for (const convolution of convolutions) {
    const bytes = shard(convolution, dtype);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = `${convolution.name}-${sha256.slice(0, 8)}.safetensors`;
    files.set(file, bytes);
    shards[file] = { sha256, bytes: bytes.length };
    weightMap[`${convolution.name}.weight`] = file;
    weightMap[`${convolution.name}.bias`] = file;
  }
  const metadata = { name: `generated, ${dtype}`, architecture: "vgg16", preprocessing: "none", shards };
  files.set(INDEX_FILE, Buffer.from(JSON.stringify({ metadata, weight_map: weightMap })));
  return files;
}

function shard(convolution: Convolution, dtype: "F32" | "F16"): Buffer {
  const { name, inChannels, outChannels, bias } = convolution;
  const tensor = (part: string, shape: number[], values: Float32Array): Tensor => ({
    name: `${name}.${part}`,
    dtype,
    shape,
    data: dtype === "F32" ? littleEndian(values) : halves(values),
  });
  return writeSafetensors([
    tensor("weight", [outChannels, inChannels, 3, 3], outputFirst(convolution)),
    tensor("bias", [outChannels], bias),
  ]);
}

/** The bytes of 32-bit floats as files have them. */
export function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

export function halves(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, index) => {
    view.setUint16(index * 2, toHalfBits(value), true);
  });
  return new Uint8Array(view.buffer);
}
