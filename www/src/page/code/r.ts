/** The program in R with keras, after the course notes. */
import type { StepRule } from "../../public/types";
import { GREY } from "../../settings/table";
import {
  columnsOf,
  hasQuery,
  networkTo,
  type Program,
  pictureNote,
  SCALES,
  type Weights,
  weightsNote,
} from "./program";
import { quoted } from "./python";

const vector = (values: readonly number[]) => `tf$constant(c(${values.join(", ")}), dtype = tf$float32)`;

const SCALED: Record<Program["preprocessing"], string> = {
  none: "image",
  caffe: `255 * tf$reverse(image, list(-1L)) - ${vector(SCALES.caffe.mean)}`,
  "caffe-rgb": `255 * image - ${vector(SCALES["caffe-rgb"].mean)}`,
  torch: `(image - ${vector(SCALES.torch.mean)}) / ${vector(SCALES.torch.deviation)}`,
};

const STEPS: Record<StepRule, { before: readonly string[]; step: readonly string[] }> = {
  gradient: { before: [], step: ["image <- image + lr * gradient"] },
  l2: {
    before: [],
    step: [
      "norm <- tf$sqrt(tf$maximum(tf$reduce_sum(tf$square(gradient)), 1e-12))",
      "image <- image + lr * gradient / norm",
    ],
  },
  rms: {
    before: [],
    step: [
      "rms <- tf$sqrt(tf$maximum(tf$reduce_mean(tf$square(gradient)), 1e-12))",
      "image <- image + lr * gradient / rms",
    ],
  },
  adam: {
    before: ["m <- tf$zeros_like(image)", "v <- tf$zeros_like(image)"],
    step: [
      "m <- 0.9 * m + 0.1 * gradient",
      "v <- 0.999 * v + 0.001 * tf$square(gradient)",
      "direction <- (m / (1 - 0.9^i)) / (tf$sqrt(v / (1 - 0.999^i)) + 1e-8)",
      "image <- image + lr * direction",
    ],
  },
};

/** 64-bit numbers as four columns of 16 bits, the lowest first: R has no such integers. */
const RANDOM_IMAGE = `# The start image of the page: SplitMix64 from the seed, the top 24 bits of each number. R has no 64-bit
# integers, so each is four columns of 16 bits, the lowest first.
carried <- function(x) {
  for (k in 1:4) {
    if (k < 4) x[, k + 1] <- x[, k + 1] + x[, k] %/% 65536
    x[, k] <- x[, k] %% 65536
  }
  x
}
times <- function(x, y) {
  z <- 0 * x
  for (i in 1:4) for (j in seq_len(5 - i)) {
    product <- x[, i] * y[j]
    z[, i + j - 1] <- z[, i + j - 1] + product %% 65536
    if (i + j <= 4) z[, i + j] <- z[, i + j] + product %/% 65536
  }
  carried(z)
}
shifted_xor <- function(x, n) {
  padded <- cbind(x, 0, 0, 0)
  words <- n %/% 16
  bits <- n %% 16
  z <- x
  for (k in 1:4) {
    low <- padded[, k + words] %/% 2^bits
    high <- (padded[, k + words + 1] * 2^(16 - bits)) %% 65536
    z[, k] <- bitwXor(x[, k], low + high)
  }
  z
}
start_image <- function() {
  count <- height * width * 3
  z <- times(cbind(seq_len(count) %% 65536, seq_len(count) %/% 65536, 0, 0), c(0x7C15, 0x7F4A, 0x79B9, 0x9E37))
  z <- carried(z + rep(c(seed %% 65536, seed %/% 65536 %% 65536, seed %/% 65536^2 %% 65536, seed %/% 65536^3), each = count))
  z <- times(shifted_xor(z, 30), c(0xE5B9, 0x1CE4, 0x476D, 0xBF58))
  z <- times(shifted_xor(z, 27), c(0x11EB, 0x1331, 0x49BB, 0x94D0))
  z <- shifted_xor(z, 31)
  values <- (z[, 4] * 256 + z[, 3] %/% 256) / 2^24
  array(aperm(array(values, c(3, width, height)), 3:1), c(1, height, width, 3))
}`;

const GREY_IMAGE = `# Grey.
start_image <- function() {
  array(${GREY}, dim = c(1, height, width, 3))
}`;

const readFolder = (weights: Weights) => `# A file of the folder, as bytes.
read_bytes <- function(name) {
  path <- ${hasQuery(weights) ? 'sub("?", paste0(name, "?"), weights, fixed = TRUE)' : "paste0(weights, name)"}
  connection <- if (grepl("://", path)) url(path, "rb") else file(path, "rb")
  on.exit(close(connection))
  parts <- list()
  while (length(part <- readBin(connection, "raw", 1e6)) > 0) parts <- c(parts, list(part))
  do.call(c, parts)
}
files <- jsonlite::fromJSON(rawToChar(read_bytes("model.safetensors.index.json")))$weight_map

# 16-bit floats: sign, exponent, fraction.
half <- function(bits) {
  exponent <- bits %/% 1024 %% 32
  fraction <- bits %% 1024 / 1024
  size <- ifelse(exponent == 0, fraction * 2^-14, (1 + fraction) * 2^(exponent - 15))
  ifelse(bits >= 32768, -size, size)
}

# The weight or the bias of a convolution; its dimensions are the file's, the other way round.
tensor <- function(name, number, part) {
  key <- paste0(name, ".", part)
  if (is.null(files[[key]])) key <- paste0("features.", number, ".", part)
  bytes <- read_bytes(files[[key]])
  start <- 8 + sum(as.integer(bytes[1:8]) * 256^(0:7))
  entry <- jsonlite::fromJSON(rawToChar(bytes[9:start]))[[key]]
  data <- bytes[(start + entry$data_offsets[1] + 1):(start + entry$data_offsets[2])]
  count <- prod(entry$shape)
  values <- switch(entry$dtype,
    F32 = readBin(data, "numeric", count, size = 4, endian = "little"),
    F16 = half(readBin(data, "integer", count, size = 2, signed = FALSE, endian = "little")),
    BF16 = readBin(as.raw(rbind(0, 0, matrix(as.integer(data), 2))), "numeric", count, size = 4, endian = "little"))
  array(values, rev(entry$shape))
}`;

const FROM_FOLDER = `inputs <- layer_input(shape = c(height, width, 3))
x <- inputs
for (part in network) {
  if (part$name == "pooling") {
    x <- layer_max_pooling_2d(x, pool_size = 2)
  } else {
    filters <- length(tensor(part$name, part$number, "bias"))
    x <- layer_conv_2d(x, filters, 3, padding = "same", activation = "relu", name = part$name)
  }
}
activation_model <- keras_model(inputs = inputs, outputs = x)
for (part in network) if (part$name != "pooling") {
  kernel <- aperm(tensor(part$name, part$number, "weight"), c(2, 1, 3, 4))
  set_weights(get_layer(activation_model, part$name), list(kernel, tensor(part$name, part$number, "bias")))
}`;

export function rProgram(program: Program): string {
  const { layer, channels, width, height, iterations, learningRate, seed, shown, weights, link } = program;
  const { before, step } = STEPS[program.step];
  const columns = columnsOf(channels.length);
  return `# Gradient ascent on the input of VGG16, in R, as on
# ${link}
library(keras)
library(tensorflow)

layer <- "${layer}"
channels <- ${rVector(channels)}  # counted from 1; the page counts from 0
height <- ${height}
width <- ${width}
n_iter <- ${iterations}
lr <- ${learningRate}
seed <- ${seed}
shown <- ${shown}  # the step that is drawn at the end; 0 is the start
# Where the weights come from: ${weightsNote(weights)}.
weights <- ${weightsIn(weights)}

${pictureNote(program)}${program.startFrom === "grey" ? GREY_IMAGE : RANDOM_IMAGE}

${networkIn(program)}

# What the network gets; the image itself is RGB from 0 to 1.
scaled <- function(image) {
  ${SCALED[program.preprocessing]}
}

mean_activation <- function(image, ix) {
  h <- activation_model(scaled(image))
  tf$reduce_mean(h[, , , ix])
}

# The start and every iterate. The mean activation before every step is in the attribute "objective".
gradient_ascent <- function(ix) {
  im_seq <- array(0, dim = c(n_iter + 1, height, width, 3))
  objective <- numeric(n_iter)
  image <- tf$constant(start_image(), dtype = tf$float32)
  im_seq[1, , , ] <- as.array(image[1, , , ])
${before.map((line) => `  ${line}\n`).join("")}  for (i in seq_len(n_iter)) {
    with(tf$GradientTape() %as% tape, {
      tape$watch(image)
      activation <- mean_activation(image, ix)
    })
    gradient <- tape$gradient(activation, image)
${step.map((line) => `    ${line}\n`).join("")}    im_seq[i + 1, , , ] <- as.array(image[1, , , ])
    objective[i] <- as.numeric(activation)
  }
  structure(im_seq, objective = objective)
}

squash <- function(x) {
  (x - min(x)) / (max(x) - min(x))
}

par(mfrow = c(${Math.ceil(channels.length / columns)}, ${columns}), mai = rep(0.02, 4))
for (ix in channels) {
  im_seq <- gradient_ascent(ix)
  plot(as.raster(squash(im_seq[shown + 1, , , ])))
}
`;
}

function networkIn({ layer, weights }: Program): string {
  if (weights.kind !== "folder") {
    const top = "name" in weights && !/notop/i.test(weights.name) ? "TRUE" : "FALSE";
    return `model <- application_vgg16(weights = weights, include_top = ${top})
activation_model <- keras_model(inputs = model$input, outputs = get_layer(model, layer)$output)`;
  }
  const parts = networkTo(layer).map((part) =>
    part === "pooling" ? `  list(name = "pooling")` : `  list(name = "${part.name}", number = ${part.place})`,
  );
  return `# VGG16 up to the layer; the numbers are those of torchvision's VGG16.
network <- list(
${parts.join(",\n")}
)

${readFolder(weights)}

${FROM_FOLDER}`;
}

function weightsIn(weights: Weights): string {
  if (weights.kind === "folder") return quoted(weights.address);
  return "name" in weights ? quoted(weights.name) : '"imagenet"';
}

/** From 1; runs as R writes them. */
function rVector(channels: readonly number[]): string {
  const [first = 0] = channels;
  const runs = channels.every((channel, index) => channel === first + index);
  if (channels.length === 1) return String(first + 1);
  return runs
    ? `${first + 1}:${first + channels.length}`
    : `c(${channels.map((channel) => channel + 1).join(", ")})`;
}
