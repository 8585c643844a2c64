/** Opaque pictures as PNG, from their bytes alone: what is read from a canvas is not exact in every browser. */
import { chunk, joined, SIGNATURE } from "../shared/png-text";

/** Eight bits each of red, green and blue. */
const HEADER_TAIL = [8, 2, 0, 0, 0];
const COLOURS = 3;

export async function encodePng(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = new Uint8Array(8);
  const view = new DataView(size.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  const data = await compressed(filtered(rgba, width, height));
  return joined([SIGNATURE, chunk("IHDR", [size, HEADER_TAIL]), chunk("IDAT", [data]), chunk("IEND", [])]);
}

async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Of this name is zlib's format, which PNG wants.
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Each row as differences from its surroundings, after a byte that says from which: what comes out smallest, as a rule. */
function filtered(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array<ArrayBuffer> {
  const length = COLOURS * width;
  const made = new Uint8Array((1 + length) * height);
  let above = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const row = rgbRow(rgba.subarray(4 * y * width, 4 * (y + 1) * width), length);
    const candidates = FILTERS.map((predict) => differences(row, above, predict));
    const costs = candidates.map(cost);
    const best = costs.indexOf(Math.min(...costs));
    made[y * (1 + length)] = best;
    made.set(candidates[best] ?? row, y * (1 + length) + 1);
    above = row;
  }
  return made;
}

function rgbRow(rgba: Uint8ClampedArray, length: number): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(length);
  for (let at = 0, from = 0; at < length; at += COLOURS, from += 4)
    row.set(rgba.subarray(from, from + COLOURS), at);
  return row;
}

type Predict = (left: number, up: number, upLeft: number) => number;

/** PNG's five, in its order. */
const FILTERS: readonly Predict[] = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const [fromLeft, fromUp, fromUpLeft] = [
    Math.abs(estimate - left),
    Math.abs(estimate - up),
    Math.abs(estimate - upLeft),
  ];
  if (fromLeft <= fromUp && fromLeft <= fromUpLeft) return left;
  return fromUp <= fromUpLeft ? up : upLeft;
}

function differences(row: Uint8Array, above: Uint8Array, predict: Predict): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(row.length);
  for (let at = 0; at < row.length; at++) {
    const before = at - COLOURS;
    made[at] = (row[at] ?? 0) - predict(row[before] ?? 0, above[at] ?? 0, above[before] ?? 0);
  }
  return made;
}

/** Small differences, either way, compress best. */
function cost(differences: Uint8Array): number {
  let sum = 0;
  for (const value of differences) sum += value < 128 ? value : 256 - value;
  return sum;
}
