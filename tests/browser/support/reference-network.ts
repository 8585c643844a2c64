/**
 * Mean activation and its gradient in plain float64, straight from the definition: slow, short, and independent of
 * everything that is tested here.
 */
import type { Convolution } from "./generated-weights";

/** A maximum over 2 x 2 follows these layers, odd rows and columns at the end left out. */
const POOLED = new Set(["block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3"]);

/** Channel by channel, row by row. */
interface Planes {
  values: Float64Array;
  channels: number;
  height: number;
  width: number;
}

/** What a pass back needs of one layer. */
interface Trace {
  back(gradient: Planes): Planes;
}

export type Scaling = "none" | "caffe" | "torch";

/** Per colour of the image, red first: the network sees `image * times + plus`, in the order `channels`. */
const SCALINGS: Record<Scaling, { times: number[]; plus: number[]; channels: number[] }> = {
  none: { times: [1, 1, 1], plus: [0, 0, 0], channels: [0, 1, 2] },
  caffe: { times: [255, 255, 255], plus: [-123.68, -116.779, -103.939], channels: [2, 1, 0] },
  torch: {
    times: [1 / 0.229, 1 / 0.224, 1 / 0.225],
    plus: [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
    channels: [0, 1, 2],
  },
};

export interface Evaluation {
  objective: number;
  /** With respect to the image, in its layout: rows of RGB pixels. */
  gradient: Float64Array;
}

/** Of one channel of the last convolution given, on an image of rows of RGB pixels. */
export function evaluate(
  convolutions: readonly Convolution[],
  channel: number,
  image: Float32Array,
  height: number,
  scaling: Scaling = "none",
): Evaluation {
  let planes = toPlanes(image, height, scaling);
  const traces: Trace[] = [];
  const pass = ({ out, trace }: { out: Planes; trace: Trace }) => {
    planes = out;
    traces.push(trace);
  };
  for (const [index, convolution] of convolutions.entries()) {
    const last = index === convolutions.length - 1;
    pass(convolve(planes, last ? only(convolution, channel) : convolution));
    pass(rectify(planes));
    if (!last && POOLED.has(convolution.name)) pass(pool(planes));
  }
  const count = planes.values.length;
  let gradient: Planes = { ...planes, values: new Float64Array(count).fill(1 / count) };
  for (const trace of traces.reverse()) gradient = trace.back(gradient);
  return {
    objective: planes.values.reduce((sum, value) => sum + value, 0) / count,
    gradient: toPixels(gradient, scaling),
  };
}

function toPlanes(image: Float32Array, height: number, scaling: Scaling): Planes {
  const { times, plus, channels } = SCALINGS[scaling];
  const positions = image.length / 3;
  const values = Float64Array.from({ length: image.length }, (_, index) => {
    const colour = at(channels, Math.floor(index / positions));
    return at(image, (index % positions) * 3 + colour) * at(times, colour) + at(plus, colour);
  });
  return { values, channels: 3, height, width: positions / height };
}

function toPixels({ values }: Planes, scaling: Scaling): Float64Array {
  const { times, channels } = SCALINGS[scaling];
  const positions = values.length / 3;
  return values.map((_, index) => {
    const colour = index % 3;
    return at(values, channels.indexOf(colour) * positions + Math.floor(index / 3)) * at(times, colour);
  });
}

/** The convolution with nothing but one output channel. */
function only({ outChannels, kernel, bias, ...rest }: Convolution, channel: number): Convolution {
  const mine = (_: number, index: number) => index % outChannels === channel;
  return { ...rest, outChannels: 1, kernel: kernel.filter(mine), bias: bias.slice(channel, channel + 1) };
}

function convolve(input: Planes, convolution: Convolution): { out: Planes; trace: Trace } {
  const { height, width } = input;
  const { inChannels, outChannels, kernel, bias } = convolution;
  const area = height * width;
  const out = { values: new Float64Array(outChannels * area), channels: outChannels, height, width };
  bias.forEach((value, channel) => {
    out.values.fill(value, channel * area, (channel + 1) * area);
  });
  // Each tap moves a whole plane by up to one row and one column; what falls off the edge meets zeros.
  const eachRow = (visit: (weight: number, from: number, to: number, count: number) => void) => {
    for (let index = 0; index < kernel.length; index++) {
      const [output, input] = [index % outChannels, Math.floor(index / outChannels) % inChannels];
      const tap = Math.floor(index / (outChannels * inChannels));
      const rows = span(Math.floor(tap / 3) - 1, height);
      const columns = span((tap % 3) - 1, width);
      const [from, to] = [input * area + columns.shift, output * area];
      for (let y = rows.first; y < rows.end; y++) {
        const first = y * width + columns.first;
        visit(at(kernel, index), from + rows.shift * width + first, to + first, columns.end - columns.first);
      }
    }
  };
  eachRow((weight, from, to, count) => addTimes(out.values, to, input.values, from, count, weight));
  const back = (gradient: Planes): Planes => {
    const values = new Float64Array(inChannels * area);
    eachRow((weight, from, to, count) => addTimes(values, from, gradient.values, to, count, weight));
    return { values, channels: inChannels, height, width };
  };
  return { out, trace: { back } };
}

/** Adds `count` values, each times a weight: nearly all the time is spent here. */
function addTimes(
  sums: Float64Array,
  to: number,
  values: Float64Array,
  from: number,
  count: number,
  weight: number,
): void {
  for (let place = 0; place < count; place++)
    sums[to + place] = (sums[to + place] as number) + weight * (values[from + place] as number);
}

/** Positions whose neighbour `shift` away lies inside. */
interface Span {
  first: number;
  end: number;
  shift: number;
}

function span(shift: number, length: number): Span {
  return { first: Math.max(0, -shift), end: Math.min(length, length - shift), shift };
}

/** Its slope at 0 is 0. */
function rectify(input: Planes): { out: Planes; trace: Trace } {
  const out = { ...input, values: input.values.map((value) => Math.max(0, value)) };
  const passed = (gradient: Planes) =>
    gradient.values.map((value, index) => (at(input.values, index) > 0 ? value : 0));
  return { out, trace: { back: (gradient) => ({ ...gradient, values: passed(gradient) }) } };
}

function pool(input: Planes): { out: Planes; trace: Trace } {
  const [height, width] = [Math.floor(input.height / 2), Math.floor(input.width / 2)];
  const winners = Array.from({ length: input.channels * height * width }, (_, index) => {
    const [channel, y, x] = [
      Math.floor(index / (height * width)),
      Math.floor(index / width) % height,
      index % width,
    ];
    const corner = (channel * input.height + 2 * y) * input.width + 2 * x;
    const window = [corner, corner + 1, corner + input.width, corner + input.width + 1];
    return window.reduce((best, place) => (at(input.values, place) > at(input.values, best) ? place : best));
  });
  const values = Float64Array.from(winners, (winner) => at(input.values, winner));
  const back = (gradient: Planes): Planes => {
    const spread = new Float64Array(input.values.length);
    winners.forEach((winner, index) => {
      spread[winner] = at(gradient.values, index);
    });
    return { ...input, values: spread };
  };
  return { out: { values, channels: input.channels, height, width }, trace: { back } };
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
