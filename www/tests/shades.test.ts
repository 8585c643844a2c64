import { expect, it } from "vitest";
import { gradientPicture, mapPicture } from "../src/explorer/shades";

it("a gradient is grey where it is 0, and as far from grey as it is from 0", () => {
  const picture = gradientPicture(Float32Array.of(0, -2, 2, 1, 0, -1));
  expect([...picture]).toEqual([128, 0, 255, 255, 191, 128, 64, 255]);
});

it("a feature map goes from black at 0 to white at its largest", () => {
  expect([...mapPicture(Float32Array.of(0, 1, 4))]).toEqual([
    ...[0, 0, 0, 255],
    ...[64, 64, 64, 255],
    ...[255, 255, 255, 255],
  ]);
});

it("what is 0 everywhere is grey, or black", () => {
  expect([...gradientPicture(new Float32Array(3))]).toEqual([128, 128, 128, 255]);
  expect([...mapPicture(new Float32Array(1))]).toEqual([0, 0, 0, 255]);
});
