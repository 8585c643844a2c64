import { describe, expect, it } from "vitest";
import { CHECKPOINT_EVERY, type RunSize, spacing } from "../src/engine/spacing";
import type { WasmIterate } from "../src/engine/wasm-module";
import { History } from "../src/engine/worker/history";
import type { Keep } from "../src/public/types";

/** As large as images may be, so that little fits; the tests' images stand in for such. */
const HUGE = { channels: 4, width: 1000, height: 1000 };

function iterate(channel: number, iteration: number): WasmIterate {
  const rgba = Uint8ClampedArray.of(channel, iteration, 7, 255);
  const facts = { objective: 0, gradientNorm: 0, min: 0, max: 0, dead: false, constant: false, finite: true };
  return { channel, iteration, rgba, ...facts };
}

const SCRATCH = new Uint8ClampedArray(4);

function pixels(channel: number, iteration: number): Float32Array {
  return Float32Array.of(channel, iteration, 0);
}

interface Recorded {
  size?: RunSize;
  keep?: Keep;
  /** With exact images even where the history has no need of them. */
  exactly?: boolean;
}

/** As a climb records it. */
function climbed(iterations: number, { size = HUGE, keep = "all", exactly = false }: Recorded = {}): History {
  const history = new History(keep, size);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const exact = exactly || history.wantsExact(iteration);
    const images = exact ? [pixels(0, iteration), pixels(1, iteration)] : undefined;
    history.record([iterate(0, iteration), iterate(1, iteration)], images);
  }
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
      expect((newest / every) * 40 * 22_500 * 3.6).toBeLessThanOrEqual(400e6);
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
    history.rememberStart({ rgba: iterate(9, 0).rgba, pixels: pixels(0, 0) });
    expect(history.drawable(1, 0, SCRATCH)?.[0]).toBe(9);
    expect(history.drawable(1, 1, SCRATCH)?.[0]).toBe(9);
    expect(history.rgba(1, 0)?.[0]).toBe(9);
  });

  it("resumes from checkpoints that lie twenty kept pictures apart", () => {
    const steps = 100;
    const size = { ...HUGE, width: 500 };
    const history = climbed(steps, { size });
    const between = CHECKPOINT_EVERY * spacing(steps, size);
    expect(between).toBeGreaterThan(CHECKPOINT_EVERY);
    const found = new Set<number>();
    for (let iteration = 1; iteration <= steps; iteration++) {
      const checkpoint = history.checkpoint(0, iteration);
      if (checkpoint) found.add(checkpoint.iteration);
    }
    expect([...found]).toEqual(
      Array.from({ length: Math.floor(steps / between) }, (_, at) => (at + 1) * between),
    );
    expect(found.size).toBeGreaterThan(1);
    expect(history.checkpoint(0, steps)?.images).toHaveLength(2);
  });
});

describe("exact images", () => {
  it("are at hand where a checkpoint is, and where they came of late", () => {
    const history = climbed(2 * CHECKPOINT_EVERY, { size: { ...HUGE, width: 10 } });
    for (let iteration = 1; iteration <= 2 * CHECKPOINT_EVERY; iteration++)
      expect(history.pixels(1, iteration)).toEqual(
        iteration % CHECKPOINT_EVERY === 0 ? pixels(1, iteration) : undefined,
      );
    const exact = climbed(5, { exactly: true });
    expect(exact.pixels(1, 5)).toEqual(pixels(1, 5));
    expect(exact.pixels(0, 5)).toEqual(pixels(0, 5));
    expect(exact.pixels(0, 1)).toBeUndefined();
  });

  it("are at hand where a run rests, and computing goes on from there", () => {
    const history = climbed(5);
    expect(history.pixels(1, 5)).toBeUndefined();
    history.rest([0, 1], { iteration: 5, images: [pixels(0, 5), pixels(1, 5)] });
    expect(history.pixels(1, 5)).toEqual(pixels(1, 5));
    expect(history.checkpoint(0, 5)?.iteration).toBe(5);
    expect(history.checkpoint(0, 4)).toBeUndefined();
    expect(history.checkpoint(1, 5)).toBeUndefined();
  });

  it("of the newest are kept where nothing else is", () => {
    const history = climbed(7, { keep: "last" });
    expect(history.pixels(1, 7)).toEqual(pixels(1, 7));
    expect(() => history.pixels(1, 6)).toThrow("only iterate 7");
  });
});

it("what is not kept is named, with what is", () => {
  expect(() => climbed(5).rgba(0, 6)).toThrow("iterates 0 to 5 of this channel are kept");
  expect(() => climbed(5).rgba(0, -1)).toThrow("Iterate -1");
  expect(() => climbed(5).rgba(3, 1)).toThrow("nothing of this channel is kept");
  expect(() => climbed(5, { keep: "last" }).rgba(0, 4)).toThrow(/only iterate 5.*keep: "all"/);
  expect(() => climbed(5, { keep: "last" }).pixels(0, 0)).toThrow("only iterate 5");
});

it("what is read is a copy", () => {
  const history = climbed(3);
  history.rgba(0, 3)?.fill(0);
  history.rgba(0, 1)?.fill(0);
  expect(history.rgba(0, 3)).toEqual(Uint8ClampedArray.of(0, 3, 7, 255));
  expect(history.rgba(0, 1)).toEqual(Uint8ClampedArray.of(0, 1, 7, 255));
});
