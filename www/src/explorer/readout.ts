/** The numbers at one pixel, as words. */
import * as words from "../words/close-view";
import type { IterateData } from "./iterate-data";
import type { Point } from "./receptive-field";

/** A term and what it is here, in the order of reading. */
export type Readings = readonly (readonly [term: string, value: string])[];

/** Without data the numbers are still being computed. */
export function readingsAt(
  pixel: Point,
  cell: Point,
  width: number,
  data: IterateData | undefined,
): Readings {
  const at = (pixel.y * width + pixel.x) * 3;
  const map = data?.map;
  const activation = map && words.cell(map.values[cell.y * map.width + cell.x], cell.x, cell.y);
  return [
    [words.pixel, words.at(pixel.x, pixel.y)],
    [words.value, rgb(data?.pixels, at)],
    [words.gradient, rgb(data?.gradient.values, at)],
    [words.featureMap, activation ?? words.computing],
    [words.readAt, data ? words.step(data.iteration) : words.computing],
  ];
}

/** Red, green and blue apart from each other, as many digits as help. */
function rgb(values: Float32Array | undefined, at: number): string {
  return values ? words.rgb(values[at], values[at + 1], values[at + 2]) : words.computing;
}
