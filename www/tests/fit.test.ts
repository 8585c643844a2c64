/** How many columns the grid has in a window of some size. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { gridFor, type Room } from "../src/page/fit";

const REM = 16;
/** In pixels: between rows, and the words below a picture, as fit.ts has them in rem. */
const ROW_GAP = 8;
const CAPTION = 37.6;

const room = (width: number, height: number): Room => ({ width, height, rem: REM });

/** What one picture measures, and how many rows of them a room has space for. */
function laidOut({ width, height }: Room, count: number, aspect: number) {
  const { columns, gap, width: taken } = gridFor(room(width, height), count, aspect);
  const size = (taken - (columns - 1) * gap) / columns;
  const rows = Math.floor((height + ROW_GAP + 1) / (size / aspect + CAPTION + ROW_GAP));
  return { columns, gap, taken, size, rows };
}

it.each([
  ["forty in a large window are all on the screen", 1865, 920, 40, 40],
  ["forty on a laptop are, too", 1311, 620, 40, 40],
  ["forty in a lower window are shown in part, and large", 1228, 570, 40, 18],
  ["on a phone there are several", 366, 580, 40, 6],
])("%s", (_, width, height, count, atLeast) => {
  const { columns, rows, size } = laidOut(room(width, height), count, 1);
  expect(Math.min(count, columns * rows)).toBeGreaterThanOrEqual(atLeast);
  expect(size).toBeGreaterThanOrEqual(6 * REM - 1);
});

it("one picture is as large as the window lets it be", () => {
  const { columns, taken, size } = laidOut(room(1200, 360), 1, 1);
  expect(columns).toBe(1);
  expect(taken).toBe(Math.floor(size));
  expect(size + CAPTION).toBeCloseTo(360, -0.5);
});

it("whatever the window, the pictures and their shape: no more columns than pictures, none wider than the window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 4000 }),
      fc.integer({ min: 1, max: 2500 }),
      fc.integer({ min: 1, max: 512 }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (width, height, count, aspect) => {
        const { columns, gap, taken, size } = laidOut(room(width, height), count, aspect);
        expect(columns).toBeGreaterThanOrEqual(1);
        expect(columns).toBeLessThanOrEqual(count);
        expect(taken).toBeLessThanOrEqual(width);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(size).toBeGreaterThan(0);
      },
    ),
  );
});

it("where a row of readable pictures fits, one does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 330, max: 3000 }), fc.integer({ min: 160, max: 1600 }), (width, height) => {
      const { rows, size } = laidOut(room(width, height), 40, 1);
      expect(rows).toBeGreaterThanOrEqual(1);
      expect(size).toBeGreaterThanOrEqual(6 * REM - 1);
    }),
  );
});
