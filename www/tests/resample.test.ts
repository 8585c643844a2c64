/** Pictures at other sizes, and as PNG, without a canvas. */
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { enlarged, resampled } from "../src/page/base/resample";
import { encodePng } from "../src/page/export/worker/png-encoder";

interface Picture {
  width: number;
  height: number;
  rgba: Uint8ClampedArray;
}

const picture = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }), fc.nat())
  .map(([width, height, seed]): Picture => {
    const rgba = Uint8ClampedArray.from({ length: 4 * width * height }, (_, at) =>
      at % 4 === 3 ? 255 : ((seed + 1) * (at + 7) * 2654435761) >>> 24,
    );
    return { width, height, rgba };
  });

/** What PNG's five filters expect of a byte, from those to its left, above, and above to the left. */
const GUESSES: readonly ((left: number, up: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => Math.floor((left + up) / 2),
  (left, up, corner) => {
    const far = (near: number) => Math.abs(left + up - corner - near);
    return [left, up, corner].reduce((best, near) => (far(near) < far(best) ? near : best));
  },
];

/** The pixels of a PNG of red, green and blue, read as the standard says, each row by its own filter. */
function decode(png: Uint8Array): { width: number; height: number; rgb: number[] } {
  const view = new DataView(png.buffer);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const data = inflateSync(png.subarray(41, 41 + view.getUint32(33)));
  const rgb: number[] = [];
  const before = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (rgb[y * 3 * width + x] ?? 0));
  for (let y = 0; y < height; y++) {
    const begin = y * (3 * width + 1);
    const guess = GUESSES[data[begin] ?? 9] ?? (() => Number.NaN);
    for (let x = 0; x < 3 * width; x++)
      rgb.push(
        ((data[begin + 1 + x] ?? 0) + guess(before(x - 3, y), before(x, y - 1), before(x - 3, y - 1))) & 255,
      );
  }
  return { width, height, rgb };
}

it("a PNG has every pixel of the picture", async () => {
  await fc.assert(
    fc.asyncProperty(picture, async ({ rgba, width, height }) => {
      const rgb = [...rgba].filter((_, at) => at % 4 !== 3);
      expect(decode(await encodePng(rgba, width, height))).toEqual({ width, height, rgb });
    }),
    { seed: 436 },
  );
});

it("a smooth picture takes less room as a PNG than its bytes", async () => {
  const rgba = Uint8ClampedArray.from({ length: 4 * 64 * 64 }, (_, at) =>
    at % 4 === 3 ? 255 : (at >> 4) & 255,
  );
  expect((await encodePng(rgba, 64, 64)).length).toBeLessThan(64 * 64);
});

it("enlarging by a whole number makes squares, and both ways to do it agree", () => {
  fc.assert(
    fc.property(picture, fc.integer({ min: 1, max: 4 }), ({ rgba, width, height }, times) => {
      const large = enlarged(rgba, { width, height }, times);
      expect(resampled(rgba, { width, height }, { width: width * times, height: height * times })).toEqual(
        large,
      );
      for (let y = 0; y < height * times; y++) {
        for (let x = 0; x < width * times; x++) {
          const from = 4 * (Math.floor(y / times) * width + Math.floor(x / times));
          const to = 4 * (y * width * times + x);
          expect(large.subarray(to, to + 4)).toEqual(rgba.subarray(from, from + 4));
        }
      }
    }),
    { seed: 436 },
  );
});

it("shrinking counts every pixel: the mean colour stays", () => {
  fc.assert(
    fc.property(picture, ({ rgba, width, height }) => {
      const [pixel] = [resampled(rgba, { width, height }, { width: 1, height: 1 })];
      for (const colour of [0, 1, 2]) {
        const all = [...rgba].filter((_, at) => at % 4 === colour);
        const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
        expect(Math.abs((pixel[colour] ?? 0) - mean)).toBeLessThanOrEqual(0.5 + 1e-9);
      }
    }),
    { seed: 436 },
  );
});

it("a part is cut out where it lies", () => {
  const rgba = Uint8ClampedArray.from([1, 2, 3, 4].flatMap((grey) => [grey, grey, grey, 255]));
  const cut = resampled(
    rgba,
    { width: 4, height: 1 },
    { width: 1, height: 1 },
    { x: 1, y: 0, width: 2, height: 1 },
  );
  // The mean of 2 and 3, rounded as bytes are.
  expect([2, 3]).toContain(cut[0]);
  expect(
    resampled(rgba, { width: 4, height: 1 }, { width: 2, height: 1 }, { x: 2, y: 0, width: 2, height: 1 }),
  ).toEqual(rgba.slice(8));
});
