/** A run's gradients against float64: faint ones, and those of images whose values are large. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { norm, relative, relativeL2, within } from "./support/compare";
import { MOUNTS, stage } from "./support/fixture";
import { type Convolution, generate } from "./support/generated-weights";
import { LabPage } from "./support/lab";
import { folder } from "./support/mounts";
import { evaluate } from "./support/reference-network";
import { randomImage } from "./support/splitmix";

const LAYER = "block2_conv1";
const SIZE = { width: 24, height: 20 };
const WEIGHTS = "/faint/";

/** The reference's weights, whose last layer puts out a millionth. */
function faint(): Convolution[] {
  const convolutions = generate({ seed: 11, divisor: 16, upTo: LAYER });
  const millionth = (values: Float32Array) => values.map((value) => value / 2 ** 20);
  return convolutions.map((one) =>
    one.name === LAYER ? { ...one, kernel: millionth(one.kernel), bias: millionth(one.bias) } : one,
  );
}

const set = stage({ mounts: [folder(WEIGHTS, faint), ...MOUNTS] });
const weights = faint();
let lab: LabPage;

beforeAll(async () => {
  lab = await LabPage.open(set);
});

afterAll(() => expect(lab.errors).toEqual([]));

/** The gradients of some channels at an iterate, each with the image it is at. */
function gradients(scope: number, start: Float32Array, iteration: number) {
  return lab.page.evaluate(
    async ([number, order, iteration]) => {
      const run = inPage
        .scope(number)
        .ascend({ ...order, start: Float32Array.from(order.start), iterations: 2 });
      await run.finished;
      return Promise.all(
        order.channels.map(async (channel) => {
          const { objective, norm, values } = await run.gradient(channel, iteration);
          const pixels = await (await run.iterate(channel, iteration)).pixels();
          return { channel, objective, norm, values: [...values], pixels: [...pixels] };
        }),
      );
    },
    [
      scope,
      { layer: LAYER, channels: [0, 1, 2, 3], ...SIZE, preprocessing: "none" as const, start: [...start] },
      iteration,
    ] as const,
  );
}

it.each([
  ["cpu", 1, 0],
  ["cpu", 1, 2],
  ["cpu", 2 ** 30, 0],
  ["webgpu", 1, 0],
  ["webgpu", 2 ** 30, 0],
] as const)("on the %s, with values up to %i, at iterate %i", async (backend, largest, iteration) => {
  const scope = await lab.scope({ weights: WEIGHTS, backend });
  const start = randomImage(436, SIZE.height, SIZE.width).map((value) => value * largest);
  const found = await gradients(scope, start, iteration);
  const alive = found.filter(({ norm }) => norm > 0);
  expect(alive.length).toBeGreaterThan(1);
  for (const { channel, objective, norm: length, values, pixels } of alive) {
    const truth = evaluate(weights, channel, Float32Array.from(pixels), SIZE.height);
    expect(norm(truth.gradient)).toBeLessThan(1e-6);
    within(`values of channel ${channel}`, relativeL2(values, truth.gradient), 1e-5);
    within(`norm of channel ${channel}`, relative(length, norm(truth.gradient)), 1e-5);
    within(`norm of its values, channel ${channel}`, relative(length, norm(values)), 1e-6);
    within(`objective of channel ${channel}`, relative(objective, truth.objective), 1e-4);
  }
});
