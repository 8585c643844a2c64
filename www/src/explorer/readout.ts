/** The numbers at one pixel, as words. */
import * as words from "../words/close-view";
import type { Insides } from "./insides";
import type { Point } from "./sight";

/** A term and what it is here, in the order of reading. */
export type Readings = readonly (readonly [term: string, value: string])[];

/** Without insides the numbers are still being computed. */
export function readingsAt(pixel: Point, cell: Point, width: number, insides: Insides | undefined): Readings {
  const at = (pixel.y * width + pixel.x) * 3;
  const map = insides?.map;
  const activation = map && words.cell(map.values[cell.y * map.width + cell.x], cell.x, cell.y);
  return [
    [words.pixel, words.at(pixel.x, pixel.y)],
    [words.value, rgb(insides?.pixels, at)],
    [words.gradient, rgb(insides?.gradient.values, at)],
    [words.featureMap, activation ?? words.computing],
    [words.readAt, insides ? words.step(insides.iteration) : words.computing],
  ];
}

/** Red, green and blue apart from each other, as many digits as help. */
function rgb(values: Float32Array | undefined, at: number): string {
  return values ? words.rgb(values[at], values[at + 1], values[at + 2]) : words.computing;
}
