/** The numbers at one pixel, as words. */
import { formatActivation } from "../../words/numbers";
import type { Insides } from "./insides";
import type { Point } from "./sight";

const COMPUTING = "computing…";

/** A term and what it is here, in the order of reading. */
export type Readings = readonly (readonly [term: string, value: string])[];

/** Without insides the numbers are still being computed. */
export function readingsAt(pixel: Point, cell: Point, width: number, insides: Insides | undefined): Readings {
  const at = (pixel.y * width + pixel.x) * 3;
  const map = insides?.map;
  return [
    ["Pixel", `column ${pixel.x}, row ${pixel.y}`],
    ["Value", rgb(insides?.pixels, at)],
    ["Gradient", rgb(insides?.gradient.values, at)],
    [
      "Feature map",
      map
        ? `${number(map.values[cell.y * map.width + cell.x])} at column ${cell.x}, row ${cell.y}`
        : COMPUTING,
    ],
  ];
}

/** Red, green and blue apart from each other, as many digits as help. */
function rgb(values: Float32Array | undefined, at: number): string {
  if (!values) return COMPUTING;
  const [red, green, blue] = values.subarray(at, at + 3);
  return `red ${number(red)}, green ${number(green)}, blue ${number(blue)}`;
}

function number(value: number | undefined): string {
  return value === undefined ? "none" : formatActivation(value);
}
