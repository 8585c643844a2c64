/** The algorithm in five lines, with the values that are on screen in them. */
import type { Rule } from "./program";

/** What the lines name. */
export interface Facts {
  layer: string;
  channels: readonly number[];
  width: number;
  height: number;
  iterations: number;
  learningRate: number;
  seed: number;
  preprocessing: string;
  step: Rule;
  /** Input pixels per position of the feature map, along one side. */
  downsampling: number;
}

/** A formula, and what it says. */
export interface Line {
  formula: string;
  meaning: string;
}

const STEPS: Record<Rule, (rate: number) => Line> = {
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

const SCALINGS: Record<string, string> = {
  caffe: "as Keras’s VGG16 expects it (BGR, 0 to 255, mean subtracted)",
  torch: "as torchvision expects it (mean subtracted, over the deviation)",
  "caffe-rgb": "as Caffe’s weights in RGB order expect it (0 to 255, mean subtracted)",
};

export function algorithm(facts: Facts): Line[] {
  const { layer, channels, width, height, iterations, learningRate, seed, preprocessing, step } = facts;
  const scaling = SCALINGS[preprocessing];
  const input = scaling ? "s(x)" : "x";
  const [columns, rows] = [width, height].map((side) => Math.floor(side / facts.downsampling));
  const [only] = channels;
  const which =
    channels.length === 1
      ? `channel ${only}`
      : `channel k (each of the ${channels.length} shown, on its own)`;
  return [
    {
      formula: `x ~ U[0, 1), ${height} × ${width} × 3`,
      meaning: `Start from noise: ${(3 * width * height).toLocaleString("en")} random numbers from seed ${seed}.`,
    },
    {
      formula: `a(x) = mean ReLU(${layer}(${input}))[${channels.length === 1 ? only : "k"}]`,
      meaning: `The objective: what ${which} puts out, averaged over its ${rows} × ${columns} positions${scaling ? `; s prepares the image ${scaling}` : ""}.`,
    },
    {
      formula: "g = ∂a(x) / ∂x",
      meaning: "The gradient: how much each pixel’s red, green and blue raises the objective.",
    },
    STEPS[step](learningRate),
    {
      formula: `repeat ${iterations} ×, show (x − min x) / (max x − min x)`,
      meaning: `${iterations} steps. The squash is for the eye alone: the climb goes on from x itself.`,
    },
  ];
}
