/** VGG16 as hubs keep it: one safetensors file of 553 MB, most of it the classifier, which nobody here reads. */
import { CONVOLUTIONS, littleEndian, outputFirst, plan } from "./generated-weights";
import type { Contents } from "./host/contents";
import { type Dtype, headOf } from "./safetensors";

/** A tensor whose bytes are made when first read; without `make` all are zero. */
interface LazyTensor {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  bytes: number;
  make?: () => Uint8Array;
}

const LAST = "block5_conv3";
/** Bytes that a reader asks for first, since the header is among them. */
export const FIRST_PART = 16_384;
/** Where torchvision's `features` has the convolutions. */
const TORCHVISION = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
type Classifier = readonly [name: string, shape: readonly number[]][];
const CLASSIFIER: Classifier = [
  ["classifier.0", [4096, 25_088]],
  ["classifier.3", [4096, 4096]],
  ["classifier.6", [1000, 4096]],
];
/** As timm names and shapes it (https://huggingface.co/timm/vgg16.tv_in1k). */
const TIMM: Classifier = [
  ["pre_logits.fc1", [4096, 512, 7, 7]],
  ["pre_logits.fc2", [4096, 4096, 1, 1]],
  ["head.fc", [1000, 4096]],
];

/** In the order of the layers, or of the names: that is how the safetensors library writes a file, timm's too. */
export type TensorOrder = "layers" | "names" | "timm";

export class WholeVgg16 implements Contents {
  readonly length: number;
  readonly #head: Buffer;
  readonly #tensors: readonly (LazyTensor & { start: number })[];

  /** Real widths; the same numbers as a folder of the same seed. */
  constructor(seed: number, order: TensorOrder) {
    const tensors = [...features(seed), ...classifier(order === "timm" ? TIMM : CLASSIFIER)];
    if (order !== "layers") tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#head = headOf(tensors);
    let end = this.#head.length;
    this.#tensors = tensors.map((tensor) => {
      const start = end;
      end += tensor.bytes;
      return { ...tensor, start };
    });
    this.length = end;
  }

  /** Bytes that a reader needs for the layers up to this one: the header and their tensors. */
  neededFor(layer: string): number {
    const depth = CONVOLUTIONS.findIndex(([name]) => name === layer) + 1;
    const wanted = new Set(TORCHVISION.slice(0, depth).map(String));
    const read = this.#tensors.filter(({ name }) => {
      const [owner, position] = name.split(".");
      return owner === "features" && wanted.has(position ?? "");
    });
    return read.reduce((sum, { bytes }) => sum + bytes, this.#head.length);
  }

  /** Bytes that a reader fetches for the layers up to this one. */
  fetchedFor(layer: string): number {
    return this.neededFor(layer) - this.#head.length + FIRST_PART;
  }

  /** The bytes of a layer's weight and then its bias. */
  tensors(layer: string): Uint8Array {
    const position = TORCHVISION[CONVOLUTIONS.findIndex(([name]) => name === layer)];
    const parts = ["weight", "bias"].map((part) => {
      const found = this.#tensors.find(({ name }) => name === `features.${position}.${part}`);
      return found ? this.subarray(found.start, found.start + found.bytes) : new Uint8Array();
    });
    return Buffer.concat(parts);
  }

  subarray(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    const copy = (from: number, length: number, make: () => Uint8Array) => {
      const [first, last] = [Math.max(start, from), Math.min(end, from + length)];
      if (first < last) bytes.set(make().subarray(first - from, last - from), first - start);
    };
    copy(0, this.#head.length, () => this.#head);
    for (const { start: from, bytes: length, make } of this.#tensors) if (make) copy(from, length, make);
    return bytes;
  }
}

function features(seed: number): LazyTensor[] {
  return plan({ seed, divisor: 1, upTo: LAST }).flatMap((convolution, index) => {
    const { inChannels, outChannels, kernel, bias } = convolution;
    const turned = () => outputFirst({ ...convolution, kernel: kernel() });
    const prefix = `features.${TORCHVISION[index]}`;
    return [
      floats(`${prefix}.weight`, [outChannels, inChannels, 3, 3], turned),
      floats(`${prefix}.bias`, [outChannels], bias),
    ];
  });
}

function classifier(layers: Classifier): LazyTensor[] {
  return layers.flatMap(([name, shape]) => [
    floats(`${name}.weight`, shape),
    floats(`${name}.bias`, shape.slice(0, 1)),
  ]);
}

function floats(name: string, shape: readonly number[], values?: () => Float32Array): LazyTensor {
  const bytes = 4 * shape.reduce((product, side) => product * side, 1);
  return { name, dtype: "F32", shape, bytes, ...(values && { make: once(() => littleEndian(values())) }) };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
