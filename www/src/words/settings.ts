/** The settings: their labels, what each changes, and their choices. */
import type { Preprocessing, StepRule } from "../public/types";

/** A label, and a sentence on what the setting changes. */
interface Words {
  label: string;
  hint: string;
}

export const model: Words = { label: "Model", hint: "A model of the catalogue." };
export const network: Words = {
  label: "Network in the file",
  hint: "Its name, where the file holds several VGG16s.",
};
export const weights: Words = { label: "Weights", hint: "Folder or file with the model's weights." };
export const layer: Words = { label: "Layer", hint: "Which layer's channels to climb." };
export const channels: Words = {
  label: "Channels",
  hint: "Which channels climb, counted from 0: R’s channel 1 is channel 0 here.",
};
const PIXELS = "Width times height is at most 1,048,576.";
export const width: Words = {
  label: "Width",
  hint: `Image width in pixels: more of them show the pattern more often, and a step takes longer. ${PIXELS}`,
};
export const height: Words = {
  label: "Height",
  hint: `Image height in pixels: deep layers need many, for each of their positions sees a large square. ${PIXELS}`,
};
export const iterations: Words = {
  label: "Steps",
  hint: "How many steps each image climbs: more of them carry it farther from its start.",
};
export const learningRate: Words = {
  label: "Learning rate",
  hint: "How far one step goes: too little changes nothing to be seen, too much overshoots.",
};
export const step: Words = { label: "Step rule", hint: "How the gradient becomes a step." };
export const preprocessing: Words = {
  label: "Input scaling",
  hint: "What happens to an image before the network sees it: under another scaling than in training all looks strange to it.",
};
export const start: Words = {
  label: "Start",
  hint: "Where the climb begins: it finds only what can be reached from there.",
};
export const seed: Words = {
  label: "Seed",
  hint: "Which noise the climb starts from: the same seed gives the same noise on every machine.",
};
export const backend: Words = {
  label: "Backend",
  hint: "What computes: pictures are the same up to rounding, speed is not.",
};

/** Of a setting that with another makes an image too large; `most` is what it can be beside the other. */
export function tooManyPixels(
  one: { label: string; value: number; most: number },
  other: { label: string; value: number },
): string {
  const pixels = (one.value * other.value).toLocaleString("en");
  return `${one.label} is “${one.value}”, which with ${other.label.toLowerCase()} ${other.value} makes ${pixels} pixels. Allowed: at most ${one.most}.`;
}

export const stepLabels: Readonly<Record<StepRule, string>> = {
  gradient: "Raw gradient (the notes)",
  l2: "Gradient of length 1 (Keras)",
  rms: "Gradient of root mean square 1",
  adam: "Adam",
};

export const stepMeanings: Readonly<Record<StepRule, string>> = {
  gradient: "The gradient itself is added: steep places move far, flat ones hardly at all.",
  l2: "The gradient is divided by its length: each step is as long as the learning rate, steep or flat.",
  rms: "The gradient is divided by its root mean square: a typical value moves by the learning rate; 0.01 to 0.1 is usual here.",
  adam: "Each value moves by about the learning rate along the mean of its latest gradients; 0.01 to 0.1 is usual here.",
};

export const scalingLabels: Readonly<Record<Preprocessing, string>> = {
  none: "None (the notes)",
  caffe: "Caffe: BGR, mean subtracted",
  torch: "Torch: mean and deviation",
  "caffe-rgb": "Caffe in RGB: mean subtracted",
};

/** How a model trained with it expects pictures. */
export const scalingMeanings: Readonly<Record<Preprocessing, string>> = {
  none: "As they are: red, green and blue from 0 to 1.",
  caffe:
    "As Caffe and Keras prepare them: blue before green before red, from 0 to 255, with the mean colour of ImageNet (103.939, 116.779, 123.68) subtracted.",
  torch:
    "As torchvision prepares them: red, green and blue from 0 to 1, the mean (0.485, 0.456, 0.406) subtracted, then divided by the deviation (0.229, 0.224, 0.225).",
  "caffe-rgb":
    "As Caffe’s weights ported to PyTorch need them: red, green and blue from 0 to 255, with the mean colour of ImageNet (122.99925, 116.9991, 103.9992) subtracted.",
};

export const startLabels = { noise: "Noise from the seed (the notes)", grey: "Plain grey" };
export const startMeanings = {
  noise: "Every value is drawn evenly between 0 and 1.",
  grey: "Every value is 0.5, so the seed changes nothing: all structure comes from the network and the image’s rim.",
};

export const backendLabels = { auto: "Automatic", webgpu: "WebGPU", cpu: "CPU" };
