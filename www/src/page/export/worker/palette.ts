/**
 * The 256 colours that suit a picture, and each pixel's. Boxes of colours are cut where that lowers the sum of squared errors
 * most (Wu 1991), then every colour goes to the nearest mean, some rounds of it (Lloyd 1982). Merging colours pair by pair takes
 * time with the square of their number: seconds for a picture of noise.
 */

import { type Colours, nearest } from "./nearest";

/** Values that differ below these bits alone count as one, with their mean. */
const DROPPED = 3;
const SLOTS = 256 >> DROPPED;
const BINS = SLOTS ** 3;

/** After so many rounds the colours of pure noise, the hardest picture, are as near as pairwise merging has them. */
const ROUNDS = 4;

export interface Paletted {
  /** [red, green, blue] each. */
  palette: number[][];
  /** Each pixel's place in the palette. */
  index: Uint8Array;
}

export function paletted(rgba: Uint8ClampedArray, most = 256): Paletted {
  const colours = coloursOf(rgba);
  let means = meansOf(colours, cut(colours, most), most);
  for (let round = 0; round < ROUNDS; round++) means = meansOf(colours, nearest(colours, means), most);
  const places = nearest(colours, means);
  const placeOf = new Uint8Array(BINS);
  colours.bins.forEach((bin, at) => {
    placeOf[bin] = places[at] ?? 0;
  });
  return { palette: means.map((mean) => mean.map(Math.round)), index: indexOf(rgba, placeOf) };
}

function binAt(rgba: Uint8ClampedArray, at: number): number {
  const [red, green, blue] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
  return ((red >> DROPPED) * SLOTS + (green >> DROPPED)) * SLOTS + (blue >> DROPPED);
}

function coloursOf(rgba: Uint8ClampedArray): Colours {
  const counts = new Float64Array(BINS);
  const [reds, greens, blues] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  for (let at = 0; at < rgba.length; at += 4) {
    const bin = binAt(rgba, at);
    counts[bin] = (counts[bin] ?? 0) + 1;
    reds[bin] = (reds[bin] ?? 0) + (rgba[at] ?? 0);
    greens[bin] = (greens[bin] ?? 0) + (rgba[at + 1] ?? 0);
    blues[bin] = (blues[bin] ?? 0) + (rgba[at + 2] ?? 0);
  }
  const bins = Int32Array.from(counts.keys()).filter((bin) => counts[bin] !== 0);
  const means = (sum: Float64Array) => Float32Array.from(bins, (bin) => (sum[bin] ?? 0) / (counts[bin] ?? 1));
  const values = [means(reds), means(greens), means(blues)] as const;
  return { bins, weights: Float64Array.from(bins, (bin) => counts[bin] ?? 0), values };
}

/** Colours that lie together, as a part of their order, and the best place to cut them. */
interface Box {
  from: number;
  to: number;
  axis: 0 | 1 | 2;
  /** The first slot of the upper part. */
  slot: number;
  /** By how much the sum of squared errors falls. */
  gain: number;
}

/** The number of each colour's box. */
function cut(colours: Colours, most: number): Uint8Array {
  const order = Int32Array.from(colours.bins.keys());
  const boxes = [boxOf(colours, order, 0, order.length)];
  while (boxes.length < most) {
    const best = boxes.reduce((one, other) => (other.gain > one.gain ? other : one));
    if (best.gain <= 0) break;
    const middle = part(colours, order, best);
    boxes.push(boxOf(colours, order, middle, best.to));
    boxes[boxes.indexOf(best)] = boxOf(colours, order, best.from, middle);
  }
  const boxAt = new Uint8Array(order.length);
  for (const [box, { from, to }] of boxes.entries())
    for (const colour of order.subarray(from, to)) boxAt[colour] = box;
  return boxAt;
}

function boxOf({ weights, values }: Colours, order: Int32Array, from: number, to: number): Box {
  const box: Box = { from, to, axis: 0, slot: 0, gain: 0 };
  for (const axis of [0, 1, 2] as const) {
    const weight = new Float64Array(SLOTS);
    const sum = new Float64Array(SLOTS);
    for (const colour of order.subarray(from, to)) {
      const value = values[axis][colour] ?? 0;
      const slot = value >> DROPPED;
      weight[slot] = (weight[slot] ?? 0) + (weights[colour] ?? 0);
      sum[slot] = (sum[slot] ?? 0) + value * (weights[colour] ?? 0);
    }
    const { slot, gain } = bestCut(weight, sum);
    if (gain > box.gain) Object.assign(box, { axis, slot, gain });
  }
  return box;
}

function bestCut(weight: Float64Array, sum: Float64Array): { slot: number; gain: number } {
  const [allWeight, allSum] = [weight, sum].map((all) => all.reduce((one, other) => one + other)) as [
    number,
    number,
  ];
  const best = { slot: 0, gain: 0 };
  let [below, sumBelow] = [0, 0];
  for (let slot = 1; slot < SLOTS; slot++) {
    below += weight[slot - 1] ?? 0;
    sumBelow += sum[slot - 1] ?? 0;
    const above = allWeight - below;
    if (below === 0 || above === 0) continue;
    const gain = sumBelow ** 2 / below + (allSum - sumBelow) ** 2 / above - allSum ** 2 / allWeight;
    if (gain > best.gain) Object.assign(best, { slot, gain });
  }
  return best;
}

/** Brings what lies below the cut to the front; where the upper part begins. */
function part({ values }: Colours, order: Int32Array, { from, to, axis, slot }: Box): number {
  let middle = from;
  for (let at = from; at < to; at++) {
    const colour = order[at] ?? 0;
    if ((values[axis][colour] ?? 0) >> DROPPED >= slot) continue;
    order[at] = order[middle] ?? 0;
    order[middle++] = colour;
  }
  return middle;
}

/** The mean of every group of colours that has any, sorted by their greens. */
function meansOf({ weights, values }: Colours, groups: Uint8Array, most: number): number[][] {
  const sums = Array.from({ length: most }, () => [0, 0, 0, 0] as [number, number, number, number]);
  groups.forEach((group, colour) => {
    const sum = sums[group];
    const weight = weights[colour] ?? 0;
    if (!sum) return;
    values.forEach((value, axis) => {
      sum[axis] = (sum[axis] ?? 0) + weight * (value[colour] ?? 0);
    });
    sum[3] += weight;
  });
  return sums
    .filter(([, , , weight]) => weight > 0)
    .map(([red, green, blue, weight]) => [red / weight, green / weight, blue / weight])
    .sort(([, one = 0], [, other = 0]) => one - other);
}

function indexOf(rgba: Uint8ClampedArray, placeOf: Uint8Array): Uint8Array {
  const index = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < index.length; pixel++) index[pixel] = placeOf[binAt(rgba, 4 * pixel)] ?? 0;
  return index;
}
