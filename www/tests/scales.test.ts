/** The programs that the page writes scale their input as the engine does. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SCALES } from "../src/page/code/program";

const SETTINGS = readFileSync(new URL("../../crate/src/settings.rs", import.meta.url), "utf8");

/** Three numbers of the engine's by their name. */
function constant(name: string): number[] {
  const [, list = ""] =
    new RegExp(`const ${name}: \\[f64; CHANNELS\\] = \\[([^\\]]+)\\]`).exec(SETTINGS) ?? [];
  return list.split(", ").map(Number);
}

it.each([
  ["CAFFE_MEAN_BGR", SCALES.caffe.mean, 1],
  ["CAFFE_MEAN_RGB", SCALES["caffe-rgb"].mean, 255],
  ["TORCH_MEAN", SCALES.torch.mean, 1],
  ["TORCH_DEVIATION", SCALES.torch.deviation, 1],
])("%s", (name, written, scale) => {
  const expected = constant(name).map((value) => value * scale);
  expect(expected).toHaveLength(3);
  for (const [at, value] of written.entries()) expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 10);
});
