/** The algorithm in five lines: each a formula, and what it says. */
import type { StepRule } from "../public/types";
import { counted } from "./numbers";

export interface Line {
  formula: string;
  meaning: string;
}

/** How the image is prepared for the network, by input scaling. */
export const scalings: Readonly<Record<string, string>> = {
  caffe: "as Keras’s VGG16 expects it (BGR, 0 to 255, mean subtracted)",
  torch: "as torchvision expects it (mean subtracted, over the deviation)",
  "caffe-rgb": "as Caffe’s weights in RGB order expect it (0 to 255, mean subtracted)",
};

/** `shape` such as "150 × 150 × 3"; `picture` is the picture's name. */
export function startFromPicture(shape: string, picture: string): Line {
  return { formula: `x = the picture, ${shape}`, meaning: `Start from ${picture}.` };
}

export function startFromGrey(shape: string): Line {
  return { formula: `x = ½, ${shape}`, meaning: "Start from grey, the same in every pixel." };
}

export function startFromNoise(shape: string, count: number, seed: number): Line {
  return {
    formula: `x ~ U[0, 1), ${shape}`,
    meaning: `Start from noise: ${count.toLocaleString("en")} random numbers from seed ${seed}.`,
  };
}

interface Objective {
  /** The layer's feature maps as a formula. */
  output: string;
  channels: readonly number[];
  /** Of the feature map. */
  rows: number;
  columns: number;
  /** One of `scalings`, unless the network takes the image as it is. */
  scaling: string | undefined;
}

export function objective({ output, channels, rows, columns, scaling }: Objective): Line {
  const single = channels.length === 1;
  const [only] = channels;
  const which = single ? `channel ${only}` : `channel k (each of the ${channels.length} shown, on its own)`;
  const prepared = scaling ? `; s prepares the image ${scaling}` : "";
  return {
    formula: `a(x) = mean ${output}[${single ? only : "k"}]`,
    meaning: `The objective: what ${which} puts out, averaged over its ${rows} × ${columns} positions${prepared}.`,
  };
}

export const gradient: Line = {
  formula: "g = ∂a(x) / ∂x",
  meaning: "The gradient: how much each pixel’s red, green and blue raises the objective.",
};

/** One step, by rule and with its learning rate. */
export const steps: Readonly<Record<StepRule, (rate: number) => Line>> = {
  gradient: (rate) => ({
    formula: `x ← x + ${rate} · g`,
    meaning: `One step: the learning rate, ${rate}, times the gradient.`,
  }),
  l2: (rate) => ({
    formula: `x ← x + ${rate} · g / ‖g‖₂`,
    meaning: `One step of length ${rate}: the gradient over its Euclidean norm.`,
  }),
  rms: (rate) => ({
    formula: `x ← x + ${rate} · g / √mean(g²)`,
    meaning: `One step: ${rate} times the gradient over its root mean square.`,
  }),
  adam: (rate) => ({
    formula: `x ← x + ${rate} · m̂ / (√v̂ + 10⁻⁸)`,
    meaning: `One step by Adam: m̂ and v̂ are running means of g and g² (0.9, 0.999), corrected for their start at 0; the learning rate is ${rate}.`,
  }),
};

export function repetition(iterations: number): Line {
  return {
    formula: `repeat ${iterations} ×, show (x − min x) / (max x − min x)`,
    meaning: `${counted(iterations, "step")}. The squash is for the eye alone: the climb goes on from x itself.`,
  };
}
