/** The algorithm in five lines, with the values that are on screen in them. */
import type { StepRule } from "../../public/types";
import * as words from "../../words/algorithm";

/** What the lines name. */
export interface AlgorithmFacts {
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
  step: StepRule;
  /** Input pixels per position of the feature map, along one side. */
  downsampling: number;
}

function startOf({ startFrom, picture, width, height, seed }: AlgorithmFacts): words.Line {
  const shape = `${height} × ${width} × 3`;
  if (picture !== undefined) return words.startFromPicture(shape, picture);
  if (startFrom === "grey") return words.startFromGrey(shape);
  return words.startFromNoise(shape, 3 * width * height, seed);
}

function objectiveOf({
  layer,
  channels,
  width,
  height,
  preprocessing,
  downsampling,
}: AlgorithmFacts): words.Line {
  const scaling = words.scalings[preprocessing];
  const maps = `${layer}(${scaling ? "s(x)" : "x"})`;
  return words.objective({
    output: layer.endsWith("pool") ? maps : `ReLU(${maps})`,
    channels,
    rows: Math.floor(height / downsampling),
    columns: Math.floor(width / downsampling),
    scaling,
  });
}

export function algorithm(facts: AlgorithmFacts): words.Line[] {
  return [
    startOf(facts),
    objectiveOf(facts),
    words.gradient,
    words.steps[facts.step](facts.learningRate),
    words.repetition(facts.iterations),
  ];
}
