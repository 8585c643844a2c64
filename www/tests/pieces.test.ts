import { expect, it } from "vitest";
import { Pieces } from "../src/engine/worker/pieces";

it.each([16_500, 270_000, 999_999])("arrays of %i bytes lie side by side, each as it was", (length) => {
  const pieces = new Pieces();
  const kept = Array.from({ length: 40 }, (_, at) => pieces.keep(new Uint8Array(length).fill(at)));
  for (const [at, copy] of kept.entries())
    expect(Buffer.compare(copy, new Uint8Array(length).fill(at))).toBe(0);
  const buffers = new Set(kept.map(({ buffer }) => buffer));
  const held = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(buffers.size).toBeLessThan(25);
  expect(held).toBeLessThan(Math.min(2 * 40 * length, 40 * length + 2e6));
  const small = [...buffers].filter(({ byteLength }) => byteLength < 1e6);
  expect(small.length).toBeLessThan(10);
});

it("large arrays and none stay what they are", () => {
  const [large, none] = [new Uint8Array(1_000_001), new Uint8Array()];
  const pieces = new Pieces();
  expect(pieces.keep(large)).toBe(large);
  expect(pieces.keep(none)).toHaveLength(0);
});

it("floats come back as they were, from within a larger array too", () => {
  const pieces = new Pieces();
  const floats = () => Float32Array.from({ length: 50 }, (_, at) => Math.sin(at));
  expect(pieces.keepFloats(floats())).toEqual(floats());
  expect(pieces.keepFloats(floats().subarray(7, 19))).toEqual(floats().slice(7, 19));
});

it("arrays that lie side by side can be moved to other pieces, one after the other", () => {
  const from = new Pieces();
  const kept = Array.from({ length: 9 }, (_, at) => from.keep(new Uint8Array(100).fill(at)));
  const to = new Pieces();
  const moved = kept.map((bytes) => to.keep(bytes));
  moved.forEach((bytes, at) => {
    expect(bytes).toEqual(new Uint8Array(100).fill(at));
  });
});
