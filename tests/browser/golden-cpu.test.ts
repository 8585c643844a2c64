/** The climb against Keras, through the JavaScript API on the CPU backend. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stage, WEIGHTS } from "./support/fixture";
import { generate } from "./support/generated-weights";
import { goldenCase } from "./support/golden";
import { GoldenChecks } from "./support/golden-checks";
import { LabPage } from "./support/lab";

const { full, narrow, narrowHalf } = WEIGHTS;
const NARROW = ["block1_conv2_c1_32x48", "block3_conv1_c6_32x48", "block5_conv3_c29_32x48"];
const FULL = [
  "block1_conv2_c57_5x7",
  "block3_conv1_c98_17x31",
  "block1_conv2_c1_64x64",
  "block3_conv1_c117_64x64",
];

/** The file's name without what all have in common, where its weights are, and how many steps to climb. */
type Row = readonly [name: string, weights: string, seeds: string, steps: number];

const CASES: readonly Row[] = [
  ...NARROW.flatMap(underBothRules).map((name): Row => [`narrow_${name}`, narrow, "w11_i5", 100]),
  ...NARROW.flatMap(underBothRules).map((name): Row => [`narrowf16_${name}`, narrowHalf, "w11_i5", 100]),
  ...FULL.flatMap(underBothRules).map((name): Row => [name, full, "w2024_i7", 100]),
  ...underBothRules("block1_conv2_c0_150x150").map((name): Row => [name, full, "w2024_i7", 20]),
];

const set = stage();
let lab: LabPage;
const scopes = new Map<string, number>();

beforeAll(async () => {
  lab = await LabPage.open(set);
  for (const weights of [full, narrow, narrowHalf]) {
    scopes.set(weights, await lab.scope({ weights, backend: "cpu" }));
  }
});

afterAll(() => expect(lab.errors).toEqual([]));

describe.each(CASES)("%s", (name, weights, seeds, steps) => {
  const file = goldenCase(`${name}_none_${seeds}`);
  const checks = () => new GoldenChecks(lab, scopes.get(weights) ?? -1, "cpu", file);

  if (GoldenChecks.hasGradients(file)) it("has the golden gradients", () => checks().gradients());
  it(`climbs as the golden run does, ${steps} steps`, () => checks().climb(steps));
  it("pictures the stored iterates exactly", () => checks().storedPictures());
});

it.each(["plain", "l2"])("a dead channel stands still for 10 steps under the rule %s", async (rule) => {
  const file = goldenCase(`dead_block3_conv1_c11_64x64_${rule}_none_w2024_i7`);
  await new GoldenChecks(lab, scopes.get(full) ?? -1, "cpu", file).nothingMoves(10);
});

it.each(["plain", "l2"])(
  "every step of a run is the float64 gradient at its own image, rule %s",
  async (rule) => {
    const file = goldenCase(`block3_conv1_c98_17x31_${rule}_none_w2024_i7`);
    const convolutions = generate({ seed: 2024, divisor: 1, upTo: "block3_conv1" });
    await new GoldenChecks(lab, scopes.get(full) ?? -1, "cpu", file).followsTheGradient(20, convolutions);
  },
);

function underBothRules(name: string): string[] {
  return [`${name}_plain`, `${name}_l2`];
}
