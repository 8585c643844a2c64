/** The program in Python with PyTorch. */
import type { StepRule } from "../../public/types";
import { featuresTo, type Program, SCALES, type Weights } from "./program";
import { FOLDER_IMPORTS, pythonFigure, pythonFolder, pythonSettings, pythonStart, quoted } from "./python";

const colours = (values: readonly number[]) => `torch.tensor([${values.join(", ")}]).view(1, 3, 1, 1)`;

const SCALED: Record<Program["preprocessing"], string> = {
  none: "image",
  caffe: `255.0 * image.flip(1) - ${colours(SCALES.caffe.mean)}`,
  "caffe-rgb": `255.0 * image - ${colours(SCALES["caffe-rgb"].mean)}`,
  torch: `(image - ${colours(SCALES.torch.mean)}) / ${colours(SCALES.torch.deviation)}`,
};

const STEPS: Record<StepRule, { before: readonly string[]; step: readonly string[] }> = {
  gradient: { before: [], step: ["image = image + LEARNING_RATE * gradient"] },
  l2: {
    before: [],
    step: [
      "norm = gradient.square().sum().clamp(min=1e-12).sqrt()",
      "image = image + LEARNING_RATE * gradient / norm",
    ],
  },
  rms: {
    before: [],
    step: [
      "rms = gradient.square().mean().clamp(min=1e-12).sqrt()",
      "image = image + LEARNING_RATE * gradient / rms",
    ],
  },
  adam: {
    before: ["m = v = torch.zeros_like(image)"],
    step: [
      "m = 0.9 * m + 0.1 * gradient",
      "v = 0.999 * v + 0.001 * gradient**2",
      "direction = (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)",
      "image = image + LEARNING_RATE * direction",
    ],
  },
};

const FROM_FOLDER = `PARTS = [
    part and tuple(torch.from_numpy(tensor(*part, what)) for what in ("weight", "bias")) for part in NETWORK
]


def model(x):
    for part in PARTS:
        x = F.relu(F.conv2d(x, *part, padding=1)) if part else F.max_pool2d(x, 2)
    return x`;

export function pytorchProgram(program: Program): string {
  const { preprocessing, step, weights, link, layer } = program;
  const folder = weights.kind === "folder";
  const { before, step: steps } = STEPS[step];
  return `"""Gradient ascent on the input of VGG16, in PyTorch, as on
${link}
"""

${folder ? `${FOLDER_IMPORTS}\n` : ""}import matplotlib.pyplot as plt
import numpy as np
import torch
${folder ? "import torch.nn.functional as F" : "import torchvision"}

${pythonSettings(program, weightsIn(weights))}


${pythonStart(program)}


${folder ? `${pythonFolder(program)}\n\n\n${FROM_FOLDER}` : fromTorch(weights, featuresTo(layer))}


def scaled(image):
    """What the network gets; the image itself is RGB from 0 to 1."""
    return ${SCALED[preprocessing]}


def mean_activation(image, channel):
    """The objective and its gradient."""
    image = image.detach().requires_grad_()
    objective = model(scaled(image))[:, channel].mean()
    (gradient,) = torch.autograd.grad(objective, image)
    return objective.item(), gradient


def pixels(image):
    """Height, width, colour, as NumPy and matplotlib have them."""
    return image[0].permute(1, 2, 0).numpy()


def climb(channel):
    """The start and every iterate; the mean activation before every step."""
    image = torch.from_numpy(start_image()).permute(2, 0, 1)[None]
${before.map((line) => `    ${line}\n`).join("")}    iterates, means = [pixels(image)], []
    for t in range(1, ITERATIONS + 1):
        objective, gradient = mean_activation(image, channel)
${steps.map((line) => `        ${line}\n`).join("")}        iterates.append(pixels(image))
        means.append(objective)
    return iterates, means


${pythonFigure(program)}`;
}

function weightsIn(weights: Weights): string {
  if (weights.kind === "folder") return quoted(weights.address);
  return "name" in weights ? quoted(weights.name) : '"IMAGENET1K_V1"';
}

/** The first so many parts of torchvision's network. */
function fromTorch(weights: Weights, parts: number): string {
  const network =
    "name" in weights
      ? `vgg16 = torchvision.models.vgg16()\nvgg16.load_state_dict(torch.load(WEIGHTS, weights_only=True))`
      : `vgg16 = torchvision.models.vgg16(weights=WEIGHTS)`;
  return `${network}\nmodel = vgg16.features[:${parts}].eval().requires_grad_(False)`;
}
