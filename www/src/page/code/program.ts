/** What a program has to compute, in the terms that all languages share. */

import { LAYERS } from "../../basics/vgg16";
import type { ModelInfo, StepRule } from "../../public/types";
import type { Settings } from "../../settings/table";

/** Where a program gets its weights. */
export type Weights =
  /** A folder with `model.safetensors.index.json`: its address, or its path with a slash at the end; made of the file there. */
  | { kind: "folder"; address: string; madeOf?: string }
  /** One file that the language's own library reads. */
  | { kind: "keras-file" | "torch-file"; name: string }
  /** What Keras, or torchvision, fetches by itself. */
  | { kind: "keras" | "torchvision" };

/** What is on screen. */
export interface Program extends Omit<Settings, "step" | "model" | "weights" | "backend"> {
  step: StepRule;
  weights: Weights;
  /** The picture that the page starts from instead, which nobody else has. */
  picture?: string | undefined;
  /** The iterate shown; 0 is the start. */
  shown: number;
  /** The address that leads to what is on screen. */
  link: string;
}

function layersTo(layer: string): typeof LAYERS {
  return LAYERS.slice(0, LAYERS.findIndex(({ name }) => name === layer) + 1);
}

/** How many parts these are of torchvision's `features`, where a ReLU stands after each convolution. */
function featuresIn(layers: typeof LAYERS): number {
  return layers.reduce((sum, { kind }) => sum + (kind === "pooling" ? 1 : 2), 0);
}

/** How many parts of torchvision's `features` lead to the layer. */
export function featuresTo(layer: string): number {
  return featuresIn(layersTo(layer));
}

/** The network up to this layer: each convolution with its place in torchvision's `features`, and the poolings. */
export function networkTo(layer: string): ({ name: string; place: number } | "pooling")[] {
  return layersTo(layer).map(({ kind, name }, at, layers) =>
    kind === "pooling" ? "pooling" : { name, place: featuresIn(layers.slice(0, at)) },
  );
}

/** The names under which the publishers' files are found everywhere, and where a hub has copies of them. */
const PUBLISHED: readonly [path: RegExp, kind: "keras" | "torchvision"][] = [
  [/(?:^|\/)vgg16_weights_tf_dim_ordering_tf_kernels(_notop)?\.h5$/, "keras"],
  [/(?:^|\/)vgg16-397923af\.pth$/, "torchvision"],
  [/\/timm\/vgg16\.tv_in1k\/resolve\/[^/]+\/model\.safetensors$/, "torchvision"],
];
/** A folder that the reader makes of a file that a language's library does not read. */
export const CONVERTED = "vgg16-converted/";

/** Where a program in a language with that library gets the weights of the open model. */
export function weightsOf(
  { origin, source }: Pick<ModelInfo, "origin" | "source">,
  library: "keras" | "torch",
): Weights {
  if (origin.kind === "folder") return { kind: "folder", address: origin.address };
  const isRemote = origin.kind === "remote-file";
  const [path = ""] = isRemote ? origin.address.split("?", 1) : [origin.address];
  const name = path.slice(path.lastIndexOf("/") + 1);
  // A host may have sent the reader on, to an address that says nothing.
  const paths = isRemote ? [path, source] : [path];
  const published = PUBLISHED.find(([pattern]) => paths.some((one) => pattern.test(one)))?.[1];
  if (published === (library === "keras" ? "keras" : "torchvision")) return { kind: published };
  if (library === "keras" && /\.h5$/i.test(name)) return { kind: "keras-file", name };
  if (library === "torch" && /\.pth?$/i.test(name)) return { kind: "torch-file", name };
  return { kind: "folder", address: CONVERTED, ...(isRemote && { madeOf: source || path }) };
}

/** Whether the folder's address has a query, which is part of the address of each file. */
export function hasQuery(weights: Weights): boolean {
  return weights.kind === "folder" && weights.address.includes("?");
}

/** What to know about the weights, in a line. */
export function weightsNote(weights: Weights): string {
  if (weights.kind === "keras") return "Keras fetches them once; or the path of your .h5 file";
  if (weights.kind === "torchvision") return "torchvision fetches them once";
  if (weights.kind !== "folder") return "the path of your file";
  if (weights.address !== CONVERTED)
    return "the address of this folder, or its path on your machine; with a slash at the end";
  const file = weights.madeOf === undefined ? "your file" : `the file at ${weights.madeOf}`;
  return `a folder made of ${file} by \`vggscope weights convert FILE --out vgg16-converted\``;
}

/**
 * Means and deviations of the input scalings, in the order in which they are used: the engine's. torchvision gives those of
 * `caffe-rgb` on the scale from 0 to 1, as 0.48235, 0.45882 and 0.40784; here they are on Caffe's.
 */
export const SCALES = {
  caffe: { mean: [103.939, 116.779, 123.68] },
  "caffe-rgb": { mean: [122.99925, 116.9991, 103.9992] },
  torch: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
} as const;

/** A line on what a program cannot do as the page does, or nothing. */
export function pictureNote({ picture, startFrom }: Program): string {
  if (picture === undefined) return "";
  const name = JSON.stringify(picture);
  return `# The page starts from the picture ${name}, which this program does not have: it starts from ${startFrom}.\n`;
}

/** Pictures side by side, as on the page. */
export function columnsOf(count: number): number {
  return Math.min(8, count);
}
