/** The same order gives the same bytes, whenever and wherever an iterate is read. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sameBytes, sameFloats, samePicture, sha256, squash } from "./support/compare";
import { stage, WEIGHTS } from "./support/fixture";
import { goldenCase } from "./support/golden";
import { LabPage, whole } from "./support/lab";
import { randomImage } from "./support/splitmix";

const set = stage();
let lab: LabPage;

beforeAll(async () => {
  lab = await LabPage.open(set);
});

afterAll(() => expect(lab.errors).toEqual([]));

/** Backend, and steps after which early iterates of eight channels are no longer at hand, however many workers climb. */
describe.each([
  ["cpu", 90],
  ["webgpu", 24],
] as const)("on %s", (backend, farEnough) => {
  const weights = WEIGHTS.narrow;
  const options = { layer: "block3_conv1", width: 21, height: 18, preprocessing: "none" } as const;

  it("a seed gives the start that the reference has", async () => {
    const scope = await lab.scope({ weights, backend });
    const still = {
      ...options,
      width: 64,
      height: 64,
      channels: [0],
      seed: 7,
      learningRate: 0,
      iterations: 1,
    };
    const { pixels } = whole((await lab.climb(scope, still, [1]))[0]);
    sameFloats("the image after a step of length 0", pixels, randomImage(7, 64, 64));
    expect(sha256(pixels)).toBe(goldenCase("block1_conv2_c1_64x64_plain_none_w2024_i7").image0_sha256);
  });

  it("another seed gives another start", async () => {
    const scope = await lab.scope({ weights, backend });
    const starts = [1, 2, 2 ** 53 - 1].map(async (seed) => {
      const climbed = await lab.climb(
        scope,
        { ...options, channels: [0], seed, learningRate: 0, iterations: 1 },
        [1],
      );
      const { pixels } = whole(climbed[0]);
      sameFloats(`seed ${seed}`, pixels, randomImage(seed, 18, 21));
      return sha256(pixels);
    });
    expect(new Set(await Promise.all(starts)).size).toBe(3);
  });

  it("two runs in two scopes are the same to the last byte", async () => {
    const run = async () => {
      const scope = await lab.scope({ weights, backend });
      const order = { ...options, channels: [1, 2, 5], iterations: 12, step: "l2" } as const;
      const climbed = await lab.climb(scope, order, [1, 6, 12]);
      return climbed.sort((a, b) => a.channel - b.channel || a.iteration - b.iteration);
    };
    const [first, second] = [await run(), await run()];
    expect(first).toHaveLength(36);
    const facts = ({ rgba: _rgba, pixels: _pixels, ...rest }: (typeof first)[number]) => rest;
    expect(second.map(facts)).toEqual(first.map(facts));
    const pictured = (climbed: typeof first) => climbed.filter(({ rgba }) => rgba).map(whole);
    expect(pictured(first)).toHaveLength(9);
    for (const [index, { rgba, pixels }] of pictured(first).entries()) {
      const other = whole(pictured(second)[index]);
      sameFloats("pixels", other.pixels, pixels);
      sameBytes("picture", other.rgba, new Uint8Array(rgba));
      samePicture("picture", backend, rgba, squash(pixels));
    }
  });

  it("iterates read again later, computed again where need be, are those seen live", async () => {
    const scope = await lab.scope({ weights, backend });
    const differences = await lab.page.evaluate(reread, { scope, options, iterations: farEnough });
    expect(differences).toEqual({ compared: 8 * 4, different: 0 });
  });

  it("a channel climbs alike alone and in company", async () => {
    const scope = await lab.scope({ weights, backend });
    const company = await lab.climb(scope, { ...options, channels: [0, 1, 2, 3, 4], iterations: 3 }, [3]);
    const [alone] = (await lab.climb(scope, { ...options, channels: [3], iterations: 3 }, [3])).slice(-1);
    const among = company.find(({ channel, iteration }) => channel === 3 && iteration === 3);
    sameFloats("the third iterate", whole(among).pixels, whole(alone).pixels);
  });
});

interface Reread {
  scope: number;
  options: { layer: string; width: number; height: number };
  iterations: number;
}

/** In the page: climbs so far that early iterates are no longer at hand, then reads some of them again. */
async function reread({ scope, options, iterations }: Reread) {
  const again = [1, 7, 13, iterations];
  const run = inPage.scope(scope).ascend({ ...options, channels: [0, 1, 2, 3, 4, 5, 6, 7], iterations });
  const live = new Map<string, { rgba: Uint8ClampedArray; pixels: Float32Array }>();
  for await (const { channel, iteration, rgba, pixels } of run) {
    if (again.includes(iteration)) live.set(`${channel} ${iteration}`, { rgba, pixels: await pixels() });
  }
  const differs = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    a.length !== b.length || Array.from(a).some((value, index) => !Object.is(value, b[index]));
  let [compared, different] = [0, 0];
  for (const [key, seen] of live) {
    const [channel = -1, iteration = -1] = key.split(" ").map(Number);
    const kept = await run.iterate(channel, iteration);
    compared += 1;
    if (differs(kept.rgba, seen.rgba) || differs(await kept.pixels(), seen.pixels)) different += 1;
  }
  return { compared, different };
}
