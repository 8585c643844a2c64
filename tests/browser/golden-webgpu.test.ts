/** The climb against Keras on the WebGPU backend: few steps, because here a processor plays the graphics processor. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stage, WEIGHTS } from "./support/fixture";
import { generate } from "./support/generated-weights";
import { goldenCase } from "./support/golden";
import { GoldenChecks } from "./support/golden-checks";
import { LabPage } from "./support/lab";

const { full, narrow } = WEIGHTS;

/** The file's name without what all have in common, where its weights are, and how many steps to climb. */
type Row = readonly [name: string, weights: string, seeds: string, steps: number];

const CASES: readonly Row[] = [
  ...underBothRules("block1_conv2_c57_5x7", full, "w2024_i7", 10),
  ...underBothRules("block3_conv1_c98_17x31", full, "w2024_i7", 3),
  ...underBothRules("narrow_block1_conv2_c1_32x48", narrow, "w11_i5", 10),
  ...underBothRules("narrow_block3_conv1_c6_32x48", narrow, "w11_i5", 10),
  ...underBothRules("narrow_block5_conv3_c29_32x48", narrow, "w11_i5", 3),
];

const set = stage();
let lab: LabPage;
const scopes = new Map<string, number>();

beforeAll(async () => {
  lab = await LabPage.open(set);
  for (const weights of [full, narrow]) scopes.set(weights, await lab.scope({ weights, backend: "webgpu" }));
});

afterAll(() => expect(lab.errors).toEqual([]));

describe.each(CASES)("%s", (name, weights, seeds, steps) => {
  const file = goldenCase(`${name}_none_${seeds}`);
  const checks = () => new GoldenChecks(lab, scopes.get(weights) ?? -1, "webgpu", file);

  it("has the golden gradients", () => checks().gradients());
  it(`climbs as the golden run does, ${steps} steps`, () => checks().climb(steps));
});

it("every step of a run is the float64 gradient at its own image", async () => {
  const convolutions = generate({ seed: 2024, divisor: 1, upTo: "block3_conv1" });
  const file = goldenCase("block3_conv1_c98_17x31_l2_none_w2024_i7");
  await new GoldenChecks(lab, scopes.get(full) ?? -1, "webgpu", file).followsTheGradient(5, convolutions);
});

function underBothRules(name: string, weights: string, seeds: string, steps: number): Row[] {
  return ["plain", "l2"].map((rule) => [`${name}_${rule}`, weights, seeds, steps]);
}
