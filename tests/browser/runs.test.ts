/** A run as its caller handles it: stopped, left, read again, released, closed. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { stage, WEIGHTS } from "./support/fixture";
import { LabPage } from "./support/lab";

const set = stage();
const options = { layer: "block2_conv1", width: 24, height: 24, preprocessing: "none" } as const;
let lab: LabPage;
let scope: number;

beforeAll(async () => {
  lab = await LabPage.open(set);
  scope = await lab.scope({ weights: WEIGHTS.narrow, backend: "cpu" });
});

afterAll(() => expect(lab.errors).toEqual([]));

it("a stopped run keeps what it has computed, and the scope climbs again", async () => {
  const seen = await lab.page.evaluate(
    async ([number, order]) => {
      const run = inPage.scope(number).ascend({ ...order, channels: [0, 1, 2], iterations: 10_000 });
      let newest = 0;
      for await (const { channel, iteration } of run) {
        if (channel === 1) newest = iteration;
        if (newest === 25) run.stop();
      }
      const outcome = await run.finished;
      const kept = await run.iterate(1, newest);
      const pixels = await kept.pixels();
      const beyond = await inPage.refusal(() => run.iterate(1, 10_000));
      const next = await inPage.climb(number, { ...order, channels: [4], iterations: 5 }, []);
      return { outcome, newest, rgba: kept.rgba.length, pixels: pixels.length, beyond, next: next.length };
    },
    [scope, options] as const,
  );
  expect(seen).toMatchObject({ outcome: "stopped", rgba: 24 * 24 * 4, pixels: 24 * 24 * 3, next: 5 });
  expect(seen.newest).toBeGreaterThanOrEqual(25);
  expect(seen.newest).toBeLessThan(10_000);
  expect(seen.beyond).toMatchObject({ own: true, code: "iterate-not-kept" });
  expect(seen.beyond?.message).toContain("Iterate 10000 of channel 1");
});

it.each(["stopped", "finished"] as const)(
  "canvases show the newest picture once a run is %s",
  async (end) => {
    const seen = await lab.page.evaluate(drawOnCanvases, { scope, options, end });
    expect(seen.outcome).toBe(end);
    expect(seen.channels).toHaveLength(5);
    for (const { newest, picture, beyond } of seen.channels) {
      if (end === "finished") expect(newest).toBe(12);
      else expect(newest).toBeGreaterThanOrEqual(1);
      expect(picture).toBe("the newest");
      expect(beyond).toBe("iterate-not-kept");
    }
  },
);

it("leaving the loop stops the run", async () => {
  const outcome = await lab.page.evaluate(
    async ([number, order]) => {
      const run = inPage.scope(number).ascend({ ...order, channels: [0], iterations: 10_000 });
      for await (const { iteration } of run) if (iteration === 3) break;
      return run.finished;
    },
    [scope, options] as const,
  );
  expect(outcome).toBe("stopped");
});

it("a run that nobody reads goes through by itself", async () => {
  const outcome = await lab.page.evaluate(
    ([number, order]) =>
      inPage.scope(number).ascend({ ...order, channels: [0, 1], iterations: 200 }).finished,
    [scope, options] as const,
  );
  expect(outcome).toBe("finished");
});

it("keeping only the last iterates leaves exactly those readable", async () => {
  const { last, before } = await lab.page.evaluate(
    async ([number, order]) => {
      const run = inPage.scope(number).ascend({ ...order, channels: [2], iterations: 6, keep: "last" });
      await run.finished;
      const kept = await run.iterate(2, 6);
      return { last: (await kept.pixels()).length, before: await inPage.refusal(() => run.iterate(2, 5)) };
    },
    [scope, options] as const,
  );
  expect(last).toBe(24 * 24 * 3);
  expect(before).toMatchObject({ own: true, code: "iterate-not-kept" });
  expect(before?.message).toContain('keep: "all"');
});

it("channels come interleaved, each in order and complete", async () => {
  // More channels than the largest pool has workers, so at least two share one.
  const channels = [3, 1, 6, 0, 2, 4, 5, 7, 8, 9];
  const climbed = await lab.climb(scope, { ...options, layer: "block3_conv1", channels, iterations: 20 });
  expect(climbed).toHaveLength(200);
  for (const channel of channels) {
    const own = climbed.filter((iterate) => iterate.channel === channel).map(({ iteration }) => iteration);
    expect(own).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  }
  // One worker may be ahead of another, but the channels that share a worker take turns after every step.
  const changes = climbed.filter(({ channel }, at) => at > 0 && climbed[at - 1]?.channel !== channel).length;
  expect(changes).toBeGreaterThanOrEqual(2 * 20 - 1);
});

it("what is asked for wrongly is refused by name and value", async () => {
  const refusals = await lab.page.evaluate(
    async ([number, order]) => {
      const attempt = (wrong: object) =>
        inPage.refusal(
          () => inPage.scope(number).ascend({ ...order, channels: [0], iterations: 1, ...wrong }).finished,
        );
      return {
        unknown: await attempt({ learning_rate: 3 }),
        rate: await attempt({ learningRate: Number.NaN }),
        layer: await attempt({ layer: "block9_conv1" }),
        channel: await attempt({ channels: [8] }),
        twice: await attempt({ channels: [1, 1] }),
        start: await attempt({ start: new Float32Array(5) }),
      };
    },
    [scope, options] as const,
  );
  expect(refusals.unknown).toMatchObject({
    code: "unknown-option",
    message: expect.stringContaining("learning_rate"),
  });
  expect(refusals.rate).toMatchObject({ code: "invalid-option", message: expect.stringContaining("NaN") });
  expect(refusals.layer).toMatchObject({
    code: "unknown-layer",
    message: expect.stringContaining("block9_conv1"),
  });
  // The narrow network has eight channels here, 0 to 7.
  expect(refusals.channel).toMatchObject({
    code: "channel-out-of-range",
    message: expect.stringContaining("8"),
  });
  expect(refusals.twice).toMatchObject({ code: "duplicate-channel", message: expect.stringContaining("1") });
  expect(refusals.start).toMatchObject({ code: "invalid-start", message: expect.stringContaining("5") });
  expect(Object.values(refusals).every((refusal) => refusal?.own)).toBe(true);
});

it("a constant image is named, and its picture is plain grey", async () => {
  const grey = await lab.page.evaluate(
    async ([number, order]) => {
      const start = new Float32Array(24 * 24 * 3).fill(0.25);
      const run = inPage
        .scope(number)
        .ascend({ ...order, channels: [0], iterations: 1, start, learningRate: 0 });
      for await (const { constant, finite, min, max, rgba } of run)
        return { constant, finite, min, max, colours: [...new Set(rgba)] };
      return undefined;
    },
    [scope, options] as const,
  );
  expect(grey).toEqual({ constant: true, finite: true, min: 0.25, max: 0.25, colours: [128, 255] });
});

it("an image that leaves the range of 32-bit floats is named", async () => {
  const climbed = await lab.climb(scope, { ...options, channels: [0], iterations: 2, learningRate: 1e42 });
  expect(climbed.map(({ finite }) => finite)).toEqual([false, false]);
});

it("a feature map has the layer's size and the mean that the first step reports", async () => {
  const { map, objective } = await lab.page.evaluate(
    async ([number, order]) => {
      const start = Float32Array.from({ length: 24 * 24 * 3 }, (_, index) => (index % 7) / 7);
      const map = await inPage.scope(number).activation({ ...order, channel: 3, image: start });
      const [first] = await inPage.climb(number, { ...order, channels: [3], iterations: 1, start }, []);
      return { map, objective: first?.objective };
    },
    [scope, options] as const,
  );
  expect([map.width, map.height, map.values.length]).toEqual([12, 12, 144]);
  const mean = map.values.reduce((sum, value) => sum + value, 0) / 144;
  expect(objective).toBeCloseTo(mean, 6);
});

it("a closed scope says so", async () => {
  const refusal = await lab.page.evaluate(async (order) => {
    const number = await inPage.open({ weights: "/narrow16/", backend: "cpu" });
    const run = inPage.scope(number).ascend({ ...order, channels: [0], iterations: 3 });
    await run.finished;
    inPage.scope(number).close();
    return inPage.refusal(() => run.iterate(0, 1));
  }, options);
  expect(refusal).toMatchObject({ own: true, code: "closed" });
});

interface Drawing {
  scope: number;
  options: { layer: string; width: number; height: number; preprocessing: "none" };
  end: "stopped" | "finished";
}

/** Runs in the page: climbs on canvases, then compares each with the newest iterate of its channel. */
async function drawOnCanvases({ scope, options, end }: Drawing) {
  const { width, height } = options;
  const channels = [0, 1, 2, 3, 4];
  const canvases = channels.map(() => Object.assign(document.createElement("canvas"), { width, height }));
  document.body.append(...canvases);
  const iterations = end === "finished" ? 12 : 10_000;
  const run = inPage.scope(scope).ascend({ ...options, channels, iterations, canvases });
  const newest = new Map<number, number>();
  for await (const { channel, iteration } of run) {
    newest.set(channel, iteration);
    if (end === "stopped" && iteration === 30) run.stop();
  }
  const look = async (channel: number) => {
    const iteration = newest.get(channel) ?? 0;
    const { rgba } = await run.iterate(channel, iteration);
    const canvas = canvases[channel];
    const isNewest = () => {
      const copy = new OffscreenCanvas(width, height).getContext("2d");
      if (canvas) copy?.drawImage(canvas, 0, 0);
      return copy?.getImageData(0, 0, width, height).data.every((value, index) => value === rgba[index]);
    };
    // A worker's canvas comes to the page with one of the next frames.
    for (let frame = 0; frame < 120 && !isNewest(); frame++) await new Promise(requestAnimationFrame);
    const beyond = await inPage.refusal(() => run.iterate(channel, iteration + 1));
    return { newest: iteration, picture: isNewest() ? "the newest" : "another one", beyond: beyond?.code };
  };
  return { outcome: await run.finished, channels: await Promise.all(channels.map(look)) };
}
