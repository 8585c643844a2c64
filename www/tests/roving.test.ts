import { expect, it } from "vitest";
import { destination } from "../src/element/roving";

/** Forty tiles in rows of eight. */
const from = (key: string, at: number, rightToLeft = false) => destination(key, at, 40, 8, rightToLeft);

it.each([
  ["ArrowRight", 3, 4],
  ["ArrowLeft", 3, 2],
  ["ArrowDown", 3, 11],
  ["ArrowUp", 11, 3],
  ["Home", 11, 0],
  ["End", 11, 39],
])("%s leads from %i to %i", (key, at, to) => {
  expect(from(key, at)).toBe(to);
});

it("stays where it is at the edges, and leaves other keys alone", () => {
  expect(from("ArrowLeft", 0)).toBe(0);
  expect(from("ArrowUp", 5)).toBe(5);
  expect(from("ArrowDown", 35)).toBe(35);
  expect(from("ArrowRight", 39)).toBe(39);
  expect(from("Enter", 5)).toBeUndefined();
});

it("follows the eye where lines run from right to left", () => {
  expect(from("ArrowLeft", 3, true)).toBe(4);
  expect(from("ArrowRight", 3, true)).toBe(2);
});
