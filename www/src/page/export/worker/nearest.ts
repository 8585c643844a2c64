/** Which of some colours is nearest to each of many others. */

/** The colours of a picture: how many pixels have each, and its three values. */
export interface Colours {
  bins: Int32Array;
  weights: Float64Array;
  values: readonly [Float32Array, Float32Array, Float32Array];
}

interface Search {
  red: number;
  green: number;
  blue: number;
  /** The place of the nearest so far, and the square of its distance. */
  place: number;
  least: number;
}

/** The place of the mean that is nearest to each colour; the means are sorted by their greens. */
export function nearest(
  { bins, values: [reds, greens, blues] }: Colours,
  means: readonly number[][],
): Uint8Array {
  const flat = Float64Array.from(means.flat());
  const first = Uint16Array.from(
    { length: 256 },
    (_, level) => 3 * means.filter(([, green = 0]) => green < level).length,
  );
  const search: Search = { red: 0, green: 0, blue: 0, place: 0, least: 0 };
  return Uint8Array.from(bins, (_, at) => {
    search.red = reds[at] ?? 0;
    search.green = greens[at] ?? 0;
    search.blue = blues[at] ?? 0;
    search.least = Number.POSITIVE_INFINITY;
    const middle = first[Math.floor(search.green)] ?? 0;
    look(search, flat, middle, 3);
    look(search, flat, middle - 3, -3);
    return search.place;
  });
}

/** One way, until the greens alone are further apart than the nearest so far. */
function look(search: Search, flat: Float64Array, from: number, by: number): void {
  const { red, green, blue } = search;
  let { place, least } = search;
  for (let at = from; at >= 0 && at < flat.length; at += by) {
    const byGreen = (green - (flat[at + 1] ?? 0)) ** 2;
    if (byGreen >= least) break;
    const distance = byGreen + (red - (flat[at] ?? 0)) ** 2 + (blue - (flat[at + 2] ?? 0)) ** 2;
    if (distance >= least) continue;
    place = at / 3;
    least = distance;
  }
  search.place = place;
  search.least = least;
}
