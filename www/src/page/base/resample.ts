/** A picture at another size, from bytes to bytes: what is read from a canvas is not exact in every browser. */

export interface Extent {
  width: number;
  height: number;
}

/** A part of a picture; its edges may lie within pixels. */
export interface Part extends Extent {
  x: number;
  y: number;
}

/** One pixel of a line, and how much of it is covered. */
interface Covered {
  at: number;
  share: number;
}

/** Every pixel of an RGBA picture as a square of this many. */
export function enlarged(
  rgba: Uint8ClampedArray,
  { width, height }: Extent,
  times: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(rgba.slice().buffer);
  const made = new Uint32Array(pixels.length * times * times);
  const length = width * times;
  for (let y = 0; y < height; y++) {
    const begin = y * times * length;
    for (let x = 0; x < width; x++)
      made.fill(pixels[y * width + x] ?? 0, begin + x * times, begin + (x + 1) * times);
    for (let again = 1; again < times; again++)
      made.copyWithin(begin + again * length, begin, begin + length);
  }
  return new Uint8ClampedArray(made.buffer);
}

/** The part of an opaque RGBA picture, `from` large, at the size `to`: each pixel is the mean of what it covers. */
export function resampled(
  rgba: Uint8ClampedArray,
  from: Extent,
  to: Extent,
  part: Part = { x: 0, y: 0, ...from },
): Uint8ClampedArray<ArrayBuffer> {
  const columns = covering(part.x, part.width, to.width, from.width);
  const rows = covering(part.y, part.height, to.height, from.height);
  const made = new Uint8ClampedArray(4 * to.width * to.height).fill(255);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      for (let colour = 0; colour < 3; colour++)
        made[4 * (y * to.width + x) + colour] = mean(rgba, from.width, row, column, colour);
    });
  });
  return made;
}

/** For each of `count` equal pieces of a stretch of a line, the pixels that it covers. */
function covering(start: number, length: number, count: number, pixels: number): Covered[][] {
  return Array.from({ length: count }, (_, piece) => {
    const begin = start + (piece * length) / count;
    const end = Math.min(pixels, start + ((piece + 1) * length) / count);
    const first = Math.min(pixels - 1, Math.floor(begin));
    const last = Math.max(first + 1, Math.ceil(end));
    return Array.from({ length: last - first }, (_pixel, offset) => {
      const at = first + offset;
      return { at, share: Math.min(end, at + 1) - Math.max(begin, at) };
    });
  });
}

function mean(
  rgba: Uint8ClampedArray,
  width: number,
  rows: readonly Covered[],
  columns: readonly Covered[],
  colour: number,
): number {
  let sum = 0;
  let weight = 0;
  for (const row of rows) {
    for (const column of columns) {
      const share = row.share * column.share;
      sum += share * (rgba[4 * (row.at * width + column.at) + colour] ?? 0);
      weight += share;
    }
  }
  return sum / weight;
}
