/** Weights and gradients against their plain definitions: the generator, every layer, every input scaling, one pixel. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minus, norm, relative, relativeL2, within } from "./support/compare";
import { stage, WEIGHTS } from "./support/fixture";
import { CONVOLUTIONS, generate, halves, littleEndian, outputFirst } from "./support/generated-weights";
import { LabPage, type Whole, whole } from "./support/lab";
import { evaluate } from "./support/reference-network";
import { readSafetensors } from "./support/safetensors";
import { randomImage } from "./support/splitmix";

const set = stage();
const narrowWeights = generate({ seed: 11, divisor: 16, upTo: "block5_conv3" });
let lab: LabPage;
let narrow: number;
let full: number;

beforeAll(async () => {
  lab = await LabPage.open(set);
  narrow = await lab.scope({ weights: WEIGHTS.narrow, backend: "cpu" });
  full = await lab.scope({ weights: WEIGHTS.full, backend: "cpu" });
});

afterAll(() => expect(lab.errors).toEqual([]));

it("makes the weights whose checksums the reference has", () => {
  const text = readFileSync(new URL("../reference/generator_check.json", import.meta.url), "utf8");
  const { seed_2024_div_1: checks } = JSON.parse(text) as {
    seed_2024_div_1: Record<string, { sha256_le_f32: string }>;
  };
  const convolutions = generate({ seed: 2024, divisor: 1, upTo: "block3_conv1" });
  for (const { name, kernel, bias } of convolutions) {
    expect(hash(littleEndian(kernel))).toBe(checks[`${name}/kernel`]?.sha256_le_f32);
    expect(hash(littleEndian(bias))).toBe(checks[`${name}/bias`]?.sha256_le_f32);
  }
});

it("the untrained model on the site is the reference's, rounded to 16 bits", async () => {
  const folder = `${set.site.origin}/weights/untrained/`;
  const index = await fetch(`${folder}model.safetensors.index.json`);
  const { weight_map: files } = (await index.json()) as { weight_map: Record<string, string> };
  expect(Object.keys(files)).toHaveLength(2 * CONVOLUTIONS.length);
  for (const convolution of generate({ seed: 2024, divisor: 1, upTo: "block2_conv2" })) {
    const { name, bias } = convolution;
    const shard = await fetch(folder + files[`${name}.weight`]);
    const tensors = readSafetensors(Buffer.from(await shard.arrayBuffer()));
    expect(hash(tensors.get(`${name}.weight`)?.data)).toBe(hash(halves(outputFirst(convolution))));
    expect(hash(tensors.get(`${name}.bias`)?.data)).toBe(hash(halves(bias)));
  }
});

/** About the largest value that an image in [0, 1] has once it is scaled. */
const LARGEST = { none: 1, caffe: 150, torch: 2.6 };

describe.each(CONVOLUTIONS.map(([name], index) => [name, index] as const))("%s", (layer, index) => {
  it.each(["none", "caffe", "torch"] as const)(
    "has the float64 gradient under the scaling %s",
    async (preprocessing) => {
      const [height, width] = [20, 37];
      const channels = [0, 1, 2, 3];
      const start = randomImage(436, height, width);
      const options = {
        layer,
        channels,
        height,
        width,
        preprocessing,
        seed: 436,
        learningRate: FAR,
        iterations: 1,
      };
      const iterates = await lab.climb(narrow, options, [1]);
      expect(iterates.map(({ channel }) => channel).sort()).toEqual(channels);
      for (const iterate of iterates.map(whole)) {
        const truth = evaluate(
          narrowWeights.slice(0, index + 1),
          iterate.channel,
          start,
          height,
          preprocessing,
        );
        isStep(iterate, start, truth, LARGEST[preprocessing]);
      }
    },
  );
});

it.each([
  ["block1_conv1", 1],
  ["block1_conv2", 2],
] as const)("one pixel climbs in %s, every channel of it", async (layer, depth) => {
  const convolutions = generate({ seed: 2024, divisor: 1, upTo: layer });
  expect(convolutions).toHaveLength(depth);
  const channels = Array.from({ length: 64 }, (_, channel) => channel);
  const options = {
    layer,
    channels,
    height: 1,
    width: 1,
    seed: 7,
    preprocessing: "none",
    iterations: 1,
  } as const;
  const iterates = await lab.climb(full, { ...options, learningRate: FAR }, [1]);
  const start = randomImage(7, 1, 1);
  expect(iterates).toHaveLength(64);
  for (const iterate of iterates.map(whole))
    isStep(iterate, start, evaluate(convolutions, iterate.channel, start, 1));
  // Both kinds are there, so neither check is idle.
  expect(new Set(iterates.map(({ dead }) => dead))).toEqual(new Set([true, false]));
});

it("an image that a layer pools away is refused by name", async () => {
  const refusal = await lab.page.evaluate((scope) => {
    const run = inPage.scope(scope).ascend({ layer: "block2_conv1", channels: [0], width: 1, height: 1 });
    return inPage.refusal(() => run.finished);
  }, full);
  expect(refusal).toMatchObject({ own: true, code: "image-too-small" });
  expect(refusal?.message).toContain("block2_conv1");
});

/** So far that the way moved dwarfs the start, and its rounding stays below the tolerance; a power of two. */
const FAR = 2 ** 20;

/** `largest`: about the largest value that an image has once it is scaled. */
function isStep(
  iterate: Whole,
  start: Float32Array,
  truth: ReturnType<typeof evaluate>,
  largest = LARGEST.none,
): void {
  const { channel, objective, gradientNorm, pixels, dead } = iterate;
  const length = norm(truth.gradient);
  expect(dead, `channel ${channel} is dead`).toBe(length === 0);
  if (dead) {
    expect([objective, gradientNorm, norm(minus(pixels, start))]).toEqual([0, 0, 0]);
    return;
  }
  // The terms of a mean are about 0.1 to 1 times the scaled image: one below a hundredth of that is what is left over from
  // them, and held to their size.
  const size = Math.max(truth.objective, 1e-2 * largest);
  within(`objective of channel ${channel}`, Math.abs(objective - truth.objective) / size, 1e-5);
  within(`norm of channel ${channel}`, relative(gradientNorm, length), 1e-5);
  const gradient = minus(pixels, start).map((way) => way / FAR);
  within(`gradient of channel ${channel}`, relativeL2(gradient, truth.gradient), 1e-5);
}

function hash(bytes: Uint8Array | undefined): string {
  return createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
}
