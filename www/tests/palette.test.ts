/** Colours of GIFs: as good as those of merging colours pair by pair, which takes a hundred times as long. */
import { expect, it } from "vitest";
import { paletted } from "../src/page/export/worker/palette";

const SIDE = 128;

/** Numbers from 0 to 1 that are the same each time. */
function random(): () => number {
  let state = 436;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function picture(colour: (x: number, y: number, next: () => number) => number[]): Uint8ClampedArray {
  const next = random();
  const pixels = Array.from({ length: SIDE * SIDE }, (_, at) => [
    ...colour(at % SIDE, Math.floor(at / SIDE), next),
    255,
  ]);
  return Uint8ClampedArray.from(pixels.flat());
}

/** A picture, and how far the colours of gifenc 1.0.3 are from it, which merges them pair by pair. */
const PICTURES: readonly (readonly [name: string, rgba: Uint8ClampedArray, theirs: number])[] = [
  ["noise", picture((_x, _y, next) => [256 * next(), 256 * next(), 256 * next()]), 9.56158447265625],
  [
    "a pattern in noise",
    picture((x, y, next) => [
      128 + 60 * Math.sin(x / 3) + 50 * next(),
      128 + 50 * next(),
      90 + 60 * Math.cos(y / 5) + 50 * next(),
    ]),
    4.5091552734375,
  ],
  [
    "slow waves",
    picture((x, y) => [128 + 100 * Math.sin(x / 9), 128 + 100 * Math.cos(y / 7), x + y]),
    7.357218424479167,
  ],
  ["greys on paper", picture((x, y) => (y < 20 ? [255, 255, 255] : [2 * x, 2 * x, 2 * x])), 1.8701171875],
];

/** The mean difference of a value from the picture's. */
function apart(rgba: Uint8ClampedArray, palette: readonly number[][], index: Uint8Array): number {
  let sum = 0;
  index.forEach((place, pixel) => {
    for (const part of [0, 1, 2])
      sum += Math.abs((rgba[4 * pixel + part] ?? 0) - (palette[place]?.[part] ?? Number.NaN));
  });
  return sum / index.length / 3;
}

it.each(PICTURES)("of %s are no further from the picture's", (_name, rgba, theirs) => {
  const { palette, index } = paletted(rgba);
  expect(palette.length).toBeLessThanOrEqual(256);
  expect(apart(rgba, palette, index)).toBeLessThanOrEqual(theirs);
});

it("of a picture with few colours that lie apart are just these", () => {
  const rgba = picture((x, y) => (x < y ? [250, 10, 0] : x < 50 ? [0, 0, 0] : [17, 99, 255]));
  const { palette, index } = paletted(rgba);
  expect(palette.toSorted()).toEqual([
    [0, 0, 0],
    [17, 99, 255],
    [250, 10, 0],
  ]);
  expect(apart(rgba, palette, index)).toBe(0);
});

it("of a picture of one colour are that one", () => {
  const { palette, index } = paletted(new Uint8ClampedArray(4 * 9).fill(128));
  expect(palette).toEqual([[128, 128, 128]]);
  expect([...index]).toEqual(Array(9).fill(0));
});
