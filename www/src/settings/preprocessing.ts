/** The input scalings in words. */
import type { Preprocessing } from "../public/types";

interface Words {
  label: string;
  /** How a model trained with it expects pictures. */
  meaning: string;
}

export const SCALINGS: Readonly<Record<Preprocessing, Words>> = {
  none: {
    label: "None (the notes)",
    meaning: "As they are: red, green and blue from 0 to 1.",
  },
  caffe: {
    label: "Caffe: BGR, mean subtracted",
    meaning:
      "As Caffe and Keras prepare them: blue before green before red, from 0 to 255, with the mean colour of ImageNet (103.939, 116.779, 123.68) subtracted.",
  },
  torch: {
    label: "Torch: mean and deviation",
    meaning:
      "As torchvision prepares them: red, green and blue from 0 to 1, the mean (0.485, 0.456, 0.406) subtracted, then divided by the deviation (0.229, 0.224, 0.225).",
  },
  "caffe-rgb": {
    label: "Caffe in RGB order: mean subtracted",
    meaning:
      "As Caffe’s weights ported to PyTorch need them: red, green and blue from 0 to 255, with the mean colour of ImageNet (123.0, 117.0, 104.0) subtracted.",
  },
};

export const SCALING_LABELS = each("label");
export const SCALING_MEANINGS = each("meaning");

function each(part: keyof Words): Record<Preprocessing, string> {
  const pairs = Object.entries(SCALINGS).map(([value, words]) => [value, words[part]]);
  return Object.fromEntries(pairs) as Record<Preprocessing, string>;
}
