/** The golden files: float64 runs of Keras, as `tests/reference` holds them. */
import { readFileSync } from "node:fs";
import type { AscendOptions } from "../../../www/src/vggscope";
import { readSafetensors, type Tensor } from "./safetensors";

const folder = new URL("../../reference/golden/", import.meta.url);

/** One row of their index. */
export interface Case {
  file: string;
  layer: string;
  channel: number;
  height: number;
  width: number;
  rule: "plain" | "l2";
  lr: number;
  steps: number;
  scaling: "none" | "caffe" | "torch";
  /** Every width of the network is VGG16's over this. */
  div: number;
  weights_seed: number;
  image_seed: number;
  image0_sha256: string;
  /** The weights were rounded to 16 bits first. */
  f16: boolean;
  dead: boolean;
}

export const cases = JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as Case[];

/** The case of a file, named without its ending. */
export function goldenCase(name: string): Case {
  const found = cases.find(({ file }) => file === `${name}.safetensors`);
  if (!found) throw new Error(`${name} is not in the golden index`);
  return found;
}

export class Golden {
  readonly #tensors: ReadonlyMap<string, Tensor>;

  constructor({ file }: Case) {
    this.#tensors = readSafetensors(readFileSync(new URL(file, folder)));
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  f32(name: string): Float32Array {
    return new Float32Array(this.#data(name, "F32").buffer);
  }

  f64(name: string): Float64Array {
    return new Float64Array(this.#data(name, "F64").buffer);
  }

  bytes(name: string): Uint8Array {
    return this.#data(name, "U8");
  }

  #data(name: string, dtype: Tensor["dtype"]): Uint8Array<ArrayBuffer> {
    const tensor = this.#tensors.get(name);
    if (tensor?.dtype !== dtype) throw new Error(`no ${dtype} tensor ${name} in the golden file`);
    return Uint8Array.from(tensor.data);
  }
}

/** The climb of a case, through the JavaScript API. */
export function climbOf(goldenCase: Case): AscendOptions {
  const { layer, channel, height, width, rule, lr, scaling, image_seed: seed } = goldenCase;
  return {
    layer,
    channels: [channel],
    height,
    width,
    learningRate: lr,
    step: rule === "plain" ? "gradient" : "l2",
    preprocessing: scaling,
    seed,
  };
}

/** Steps of a climb that are compared: each costs what its float64 gradient costs this program. Natively far more are. */
export function comparedSteps({ layer, height, width, div }: Case): number[] {
  const size = height * width;
  if (div > 1 || layer === "block1_conv2") return size > 64 * 64 ? [1, 20] : [1, 2, 5, 10, 50, 100];
  if (size < 1000) return [1, 2, 5, 10, 50];
  return size > 64 * 64 ? [1] : [1, 5];
}
