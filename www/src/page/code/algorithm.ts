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
  startFrom: "noise" | "grey";
  /** The picture that the page starts from instead. */
  picture?: string | undefined;
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

function startOf({ startFrom, picture, width, height, seed }: Facts): Line {
  const size = `${height} × ${width} × 3`;
  if (picture !== undefined)
    return { formula: `x = the picture, ${size}`, meaning: `Start from ${picture}.` };
  if (startFrom === "grey")
    return { formula: `x = ½, ${size}`, meaning: "Start from grey, the same in every pixel." };
  const count = (3 * width * height).toLocaleString("en");
  return {
    formula: `x ~ U[0, 1), ${size}`,
    meaning: `Start from noise: ${count} random numbers from seed ${seed}.`,
  };
}

export function algorithm(facts: Facts): Line[] {
  const { layer, channels, width, height, iterations, learningRate, preprocessing, step } = facts;
  const scaling = SCALINGS[preprocessing];
  const input = scaling ? "s(x)" : "x";
  const [columns, rows] = [width, height].map((side) => Math.floor(side / facts.downsampling));
  const [only] = channels;
  const which =
    channels.length === 1
      ? `channel ${only}`
      : `channel k (each of the ${channels.length} shown, on its own)`;
  return [
    startOf(facts),
    {
      formula: `a(x) = mean ${layer.endsWith("pool") ? `${layer}(${input})` : `ReLU(${layer}(${input}))`}[${channels.length === 1 ? only : "k"}]`,
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
