/** The program in Python with Keras on TensorFlow. */
import type { StepRule } from "../../public/types";
import { type Program, SCALES, type Weights } from "./program";
import { FOLDER_IMPORTS, pythonFigure, pythonFolder, pythonSettings, pythonStart, quoted } from "./python";

const SCALED: Record<Program["preprocessing"], string> = {
  none: "image",
  caffe: `255.0 * image[..., ::-1] - [${SCALES.caffe.mean.join(", ")}]`,
  "caffe-rgb": `255.0 * image - [${SCALES["caffe-rgb"].mean.join(", ")}]`,
  torch: `(image - [${SCALES.torch.mean.join(", ")}]) / [${SCALES.torch.deviation.join(", ")}]`,
};

/** What happens with `gradient`, in a loop that counts from 1. */
const STEPS: Record<StepRule, { before: readonly string[]; step: readonly string[] }> = {
  gradient: { before: [], step: ["image = image + LEARNING_RATE * gradient"] },
  l2: {
    before: [],
    step: [
      "norm = tf.sqrt(tf.maximum(tf.reduce_sum(gradient**2), 1e-12))",
      "image = image + LEARNING_RATE * gradient / norm",
    ],
  },
  rms: {
    before: [],
    step: [
      "rms = tf.sqrt(tf.maximum(tf.reduce_mean(gradient**2), 1e-12))",
      "image = image + LEARNING_RATE * gradient / rms",
    ],
  },
  adam: {
    before: ["m = v = tf.zeros_like(image)"],
    step: [
      "m = 0.9 * m + 0.1 * gradient",
      "v = 0.999 * v + 0.001 * gradient**2",
      "direction = (m / (1 - 0.9**t)) / (tf.sqrt(v / (1 - 0.999**t)) + 1e-8)",
      "image = image + LEARNING_RATE * direction",
    ],
  },
};

const FROM_FOLDER = `x = inputs = keras.Input((HEIGHT, WIDTH, 3))
for part in NETWORK:
    if part is None:
        x = keras.layers.MaxPooling2D(2)(x)
        continue
    name, number = part
    kernel, bias = tensor(name, number, "weight"), tensor(name, number, "bias")
    layer = keras.layers.Conv2D(len(bias), 3, padding="same", activation="relu", name=name)
    x = layer(x)
    layer.set_weights([kernel.transpose(2, 3, 1, 0), bias])
model = keras.Model(inputs, x)`;

const FROM_KERAS = `vgg16 = keras.applications.VGG16(weights=WEIGHTS, include_top=INCLUDE_TOP)
model = keras.Model(vgg16.inputs, vgg16.get_layer(LAYER).output)`;

export function kerasProgram(program: Program): string {
  const { preprocessing, step, weights, link } = program;
  const folder = weights.kind === "folder";
  const { before, step: steps } = STEPS[step];
  return `"""Gradient ascent on the input of VGG16, in Keras, as on
${link}
"""

${folder ? FOLDER_IMPORTS : ""}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

${pythonSettings(program, weightsIn(weights))}


${pythonStart(program)}


${folder ? `${pythonFolder(program)}\n\n\n${FROM_FOLDER}` : fromKeras(weights)}


def scaled(image):
    """What the network gets; the image itself is RGB from 0 to 1."""
    return ${SCALED[preprocessing]}


@tf.function
def mean_activation(image, channel):
    """The objective and its gradient."""
    with tf.GradientTape() as tape:
        tape.watch(image)
        objective = tf.reduce_mean(model(scaled(image))[..., channel])
    return objective, tape.gradient(objective, image)


def climb(channel):
    """The start and every iterate; the mean activation before every step."""
    image = tf.constant(start_image()[None])
${before.map((line) => `    ${line}\n`).join("")}    iterates, means = [image[0].numpy()], []
    for t in range(1, ITERATIONS + 1):
        objective, gradient = mean_activation(image, tf.constant(channel))
${steps.map((line) => `        ${line}\n`).join("")}        iterates.append(image[0].numpy())
        means.append(float(objective))
    return iterates, means


${pythonFigure(program)}`.replace('"""\n\n\nimport', '"""\n\nimport');
}

function weightsIn(weights: Weights): string {
  if (weights.kind === "folder") return quoted(weights.address);
  return "name" in weights ? quoted(weights.name) : '"imagenet"';
}

/** A file may have the classifier or not; its name says so where it is the publisher's. */
function fromKeras(weights: Weights): string {
  const top = "name" in weights && !/notop/i.test(weights.name);
  return FROM_KERAS.replace("INCLUDE_TOP", top ? "True" : "False");
}
