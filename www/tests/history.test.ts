import { describe, expect, it } from "vitest";
import { CHECKPOINT_BYTES, CHECKPOINT_EVERY, PICTURE_BYTES } from "../src/engine/shared/spacing";
import type { WasmIterate } from "../src/engine/shared/wasm-module";
import { History } from "../src/engine/worker/history";
import type { Keep } from "../src/public/types";
import { FAKE_PACKING } from "./fake-wasm";

/** Bytes of one of the tests' pictures, packed. */
const PICTURE_SIZE = 4;

function iterate(channel: number, iteration: number): WasmIterate {
  const rgba = Uint8ClampedArray.of(channel, iteration, 7, 255);
  const facts = { objective: 0, gradientNorm: 0, min: 0, max: 0, dead: false, constant: false, finite: true };
  return { channel, iteration, rgba, ...facts };
}

function pixels(channel: number, iteration: number): Float32Array {
  return Float32Array.of(channel, iteration, 0);
}

interface Recorded {
  /** Of a run's memory. */
  share?: number;
  keep?: Keep;
  /** With exact images even where the history has no need of them. */
  exactly?: boolean;
}

/** As a climb records it. */
function climbed(iterations: number, { share = 1, keep = "all", exactly = false }: Recorded = {}): History {
  const history = new History(keep, share, FAKE_PACKING);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const exact = exactly || history.wantsExact(iteration);
    const images = exact ? [pixels(0, iteration), pixels(1, iteration)] : undefined;
    history.record([iterate(0, iteration), iterate(1, iteration)], images);
  }
  return history;
}

/** A share in which so many of the tests' pictures fit, of both channels. */
function roomFor(pictures: number): number {
  return (pictures * PICTURE_SIZE) / PICTURE_BYTES;
}

describe("a history that outgrows its memory", () => {
  it("keeps everything that fits, whatever else it is one part of", () => {
    expect(climbed(100, { share: roomFor(200) }).every).toBe(1);
    expect(climbed(100, { share: roomFor(199) }).every).toBe(2);
    expect(climbed(100, { share: roomFor(23) }).every).toBe(16);
  });

  it("only ever doubles what lies between, and says so at once", () => {
    const history = new History("all", roomFor(10), FAKE_PACKING);
    let before = 1;
    for (let iteration = 1; iteration <= 300; iteration++) {
      history.record([iterate(0, iteration)], undefined);
      expect([before, 2 * before]).toContain(history.every);
      expect(Math.floor(iteration / history.every)).toBeLessThanOrEqual(10);
      before = history.every;
    }
    expect(before).toBe(32);
  });

  it("gives every kept picture whole, and says by undefined that another must be computed again", () => {
    const history = climbed(100, { share: roomFor(60) });
    expect(history.every).toBe(4);
    for (let iteration = 1; iteration < 100; iteration++) {
      const whole = Uint8ClampedArray.of(1, iteration, 7, 255);
      expect(history.rgba(1, iteration)).toEqual(iteration % 4 === 0 ? whole : undefined);
    }
    expect(history.rgba(1, 100)).toEqual(Uint8ClampedArray.of(1, 100, 7, 255));
    expect(history.rgba(1, 99)).toBeUndefined();
  });

  it("draws the last kept picture where one is no longer there, and the newest beyond the end", () => {
    const history = climbed(100, { share: roomFor(60) });
    expect(history.drawable(0, 3 * 4 + 1)?.[1]).toBe(3 * 4);
    expect(history.drawable(0, 100)?.[1]).toBe(100);
    expect(history.drawable(0, Number.POSITIVE_INFINITY)?.[1]).toBe(100);
  });

  it("draws the start before the first kept picture, once it is known", () => {
    const history = climbed(100, { share: roomFor(60) });
    expect(history.drawable(0, 0)).toBeUndefined();
    history.rememberStart({ rgba: iterate(9, 0).rgba, pixels: pixels(0, 0) });
    expect(history.drawable(1, 0)?.[0]).toBe(9);
    expect(history.drawable(1, 1)?.[0]).toBe(9);
    expect(history.rgba(1, 0)?.[0]).toBe(9);
  });

  it("resumes from checkpoints that lie farther apart where there is no room for more", () => {
    // Each has two images of three floats.
    const history = climbed(200, { share: (5 * 24) / CHECKPOINT_BYTES });
    const found = new Set<number | undefined>();
    for (let iteration = 1; iteration <= 200; iteration++)
      found.add(history.checkpoint(0, iteration)?.iteration);
    const between = 2 * CHECKPOINT_EVERY;
    expect([...found]).toEqual([undefined, ...[1, 2, 3, 4, 5].map((at) => at * between)]);
    expect(history.checkpoint(0, 200)?.images).toHaveLength(2);
  });
});

describe("exact images", () => {
  it("are at hand where a checkpoint is, and where they came of late", () => {
    const history = climbed(2 * CHECKPOINT_EVERY);
    for (let iteration = 1; iteration <= 2 * CHECKPOINT_EVERY; iteration++)
      expect(history.pixels(1, iteration)).toEqual(
        iteration % CHECKPOINT_EVERY === 0 ? pixels(1, iteration) : undefined,
      );
    // Besides three checkpoints there is room for 64 steps of two channels.
    const exact = climbed(70, { exactly: true });
    expect(exact.pixels(1, 70)).toEqual(pixels(1, 70));
    expect(exact.pixels(0, 4)).toEqual(pixels(0, 4));
    expect(exact.pixels(0, 3)).toBeUndefined();
  });

  it("that are large are fewer", () => {
    const history = new History("all", 1, FAKE_PACKING);
    for (const iteration of [1, 2]) {
      const large = new Float32Array(1000 * 1000 * 3);
      history.record([iterate(0, iteration), iterate(1, iteration)], [large, large]);
    }
    expect(history.pixels(0, 1)).toBeUndefined();
    expect(history.pixels(0, 2)).toHaveLength(3_000_000);
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
