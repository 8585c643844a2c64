/** Distances between results, and the squash that makes an image visible. */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { Backend } from "../../../www/src/public/types";
import { littleEndian } from "./generated-weights";

type Numbers = ArrayLike<number>;

export function relative(ours: number, golden: number): number {
  return Math.abs(ours - golden) / Math.abs(golden);
}

/** Norm of the difference over the norm of the golden values. */
export function relativeL2(ours: Numbers, golden: Numbers): number {
  expect(ours.length).toBe(golden.length);
  return norm(minus(ours, golden)) / norm(golden);
}

export function norm(values: Numbers): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

export function minus(a: Numbers, b: Numbers): Float64Array {
  return Float64Array.from(a, (value, index) => value - (b[index] ?? Number.NaN));
}

/** Fails on NaN too. */
export function within(what: string, difference: number, tolerance: number): void {
  expect(difference, what).toBeLessThanOrEqual(tolerance);
}

/** R's picture of an image: stretched between its smallest and largest value, `floor(255 v + 0.5)`, opaque. */
export function squash(pixels: Float32Array): Uint8Array {
  const low = pixels.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = pixels.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const rgba = new Uint8Array((pixels.length / 3) * 4).fill(255);
  pixels.forEach((value, index) => {
    rgba[Math.floor(index / 3) * 4 + (index % 3)] = Math.floor(255 * ((value - low) / (high - low)) + 0.5);
  });
  return rgba;
}

/** Byte for byte, without a diff of thousands of lines where they are not. */
export function sameBytes(what: string, ours: Uint8Array | Uint8ClampedArray, golden: Uint8Array): void {
  expect(ours.length, what).toBe(golden.length);
  const different = Array.from(ours).filter((value, index) => value !== golden[index]).length;
  expect(different, `${what}: bytes that differ`).toBe(0);
}

/** Bit for bit. */
export function sameFloats(what: string, ours: Float32Array, golden: Float32Array): void {
  sameBytes(what, littleEndian(ours), littleEndian(golden));
}

/**
 * At most one apart, on fewer than one byte in a thousand. A GPU squashes in 32-bit floats: a few roundings of 2^-24 leave
 * the place where a level ends uncertain by about 255 * 7 * 2^-24 = 1e-4 of a level on either side.
 */
export function nearlySameBytes(what: string, ours: Uint8ClampedArray, golden: Uint8Array): void {
  expect(ours.length, what).toBe(golden.length);
  const apart = Array.from(ours, (value, index) => Math.abs(value - (golden[index] ?? Number.NaN)));
  expect(Math.max(...apart), `${what}: largest difference`).toBeLessThanOrEqual(1);
  expect(apart.filter((value) => value > 0).length * 1000, `${what}: bytes that differ`).toBeLessThan(
    golden.length,
  );
}

/** A picture and what R would make of its image: the CPU squashes in 64-bit floats, as R does, a GPU in 32-bit ones. */
export function samePicture(
  what: string,
  backend: Backend,
  ours: Uint8ClampedArray,
  golden: Uint8Array,
): void {
  if (backend === "cpu") sameBytes(what, ours, golden);
  else nearlySameBytes(what, ours, golden);
}

export function sha256(values: Float32Array): string {
  return createHash("sha256").update(littleEndian(values)).digest("hex");
}
