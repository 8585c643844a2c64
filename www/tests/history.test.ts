import { describe, expect, it } from "vitest";
import { spacing } from "../src/engine/spacing";
import type { WasmIterate } from "../src/engine/wasm-module";
import { History } from "../src/engine/worker/history";

/** As large as images may be, so that little fits; the tests' images stand in for such. */
const HUGE = { channels: 4, width: 1000, height: 1000 };

function iterate(channel: number, iteration: number): WasmIterate {
  const pixels = Float32Array.of(channel, iteration, 0);
  const rgba = Uint8ClampedArray.of(channel, iteration, 7, 255);
  const facts = { objective: 0, gradientNorm: 0, min: 0, max: 0, dead: false, constant: false, finite: true };
  return { channel, iteration, pixels, rgba, ...facts };
}

const SCRATCH = new Uint8ClampedArray(4);

function climbed(iterations: number, keep: "all" | "last" = "all"): History {
  const history = new History(keep, HUGE);
  for (let iteration = 1; iteration <= iterations; iteration++)
    history.record([iterate(0, iteration), iterate(1, iteration)]);
  return history;
}

describe("spacing", () => {
  it("keeps everything of the notes' grid", () => {
    expect(spacing(100, { channels: 40, width: 150, height: 150 })).toBe(1);
  });

  it.each([
    [200, 2],
    [400, 4],
    [10_000, 128],
  ])("of the notes' size after %i steps is %i", (newest, every) => {
    expect(spacing(newest, { channels: 40, width: 150, height: 150 })).toBe(every);
  });

  it("stays within the budget, and only ever doubles", () => {
    const size = { channels: 40, width: 150, height: 150 };
    let before = 1;
    for (let newest = 1; newest <= 10_000; newest++) {
      const every = spacing(newest, size);
      expect([before, 2 * before]).toContain(every);
      expect((newest / every) * 40 * 22_500 * 4.2).toBeLessThanOrEqual(400e6);
      before = every;
    }
  });
});

describe("a history that outgrows its memory", () => {
  it("gives every kept picture whole, and says by undefined that another must be computed again", () => {
    const history = climbed(100);
    const every = spacing(100, HUGE);
    expect(every).toBeGreaterThan(1);
    for (let iteration = 1; iteration < 100; iteration++) {
      const rgba = history.rgba(1, iteration);
      if (iteration % every === 0) expect(rgba).toEqual(Uint8ClampedArray.of(1, iteration, 7, 255));
    }
    expect(history.rgba(1, 3)).toBeUndefined();
    expect(history.rgba(1, 100)).toEqual(Uint8ClampedArray.of(1, 100, 7, 255));
  });

  it("draws the last kept picture where one is no longer there, and the newest beyond the end", () => {
    const history = climbed(100);
    const every = spacing(100, HUGE);
    expect(history.drawable(0, 3 * every + 1, SCRATCH)?.[1]).toBe(3 * every);
    expect(history.drawable(0, 100, SCRATCH)?.[1]).toBe(100);
    expect(history.drawable(0, Number.POSITIVE_INFINITY, SCRATCH)?.[1]).toBe(100);
  });

  it("draws the start before the first kept picture, once it is known", () => {
    const history = climbed(100);
    expect(history.drawable(0, 0, SCRATCH)).toBeUndefined();
    history.rememberStart({ ...iterate(9, 0), channel: 0 });
    expect(history.drawable(1, 0, SCRATCH)?.[0]).toBe(9);
    expect(history.drawable(1, 1, SCRATCH)?.[0]).toBe(9);
    expect(history.rgba(1, 0)?.[0]).toBe(9);
  });

  it("resumes from checkpoints that lie ten kept pictures apart", () => {
    const history = climbed(100);
    const every = spacing(100, HUGE);
    const found = new Set<number>();
    for (let iteration = 1; iteration <= 100; iteration++) {
      const checkpoint = history.checkpoint(0, iteration);
      if (checkpoint) found.add(checkpoint.iteration);
    }
    expect([...found]).toEqual(
      Array.from({ length: Math.floor(99 / (10 * every)) }, (_, at) => (at + 1) * 10 * every),
    );
    expect(history.checkpoint(0, 99)?.images).toHaveLength(2);
  });
});

it("what is not kept is named, with what is", () => {
  expect(() => climbed(5).rgba(0, 6)).toThrow("iterates 0 to 5 of this channel are kept");
  expect(() => climbed(5).rgba(0, -1)).toThrow("Iterate -1");
  expect(() => climbed(5).rgba(3, 1)).toThrow("nothing of this channel is kept");
  expect(() => climbed(5, "last").rgba(0, 4)).toThrow(/only iterate 5.*keep: "all"/);
  expect(() => climbed(5, "last").pixels(0, 0)).toThrow("only iterate 5");
});

it("what is read is a copy", () => {
  const history = climbed(3);
  history.rgba(0, 3)?.fill(0);
  history.rgba(0, 1)?.fill(0);
  expect(history.rgba(0, 3)).toEqual(Uint8ClampedArray.of(0, 3, 7, 255));
  expect(history.rgba(0, 1)).toEqual(Uint8ClampedArray.of(0, 1, 7, 255));
});
