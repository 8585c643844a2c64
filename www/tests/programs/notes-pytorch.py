"""Gradient ascent on the input of VGG16, in PyTorch, as on
https://example.org/vggscope/#layer=block3_conv1
"""

import json
import pathlib
import urllib.request

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F

LAYER = "block3_conv1"
CHANNELS = list(range(0, 40))  # counted from 0
HEIGHT, WIDTH = 150, 150
ITERATIONS = 100
LEARNING_RATE = 10
SEED = 436
SHOWN = 100  # the step that is drawn at the end; 0 is the start
# Where the weights come from: the address of this folder, or its path on your machine; with a slash at the end.
WEIGHTS = "https://example.org/vggscope/weights/demo/"


def start_image():
    """Uniform in [0, 1): SplitMix64 from the seed, the top 24 bits of each number."""
    with np.errstate(over="ignore"):
        z = np.arange(1, HEIGHT * WIDTH * 3 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = z + np.uint64(SEED)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)) / 2.0**24).astype(np.float32).reshape(HEIGHT, WIDTH, 3)


# VGG16 up to LAYER: each convolution with its number in torchvision's VGG16; None is a pooling.
NETWORK = [
    ("block1_conv1", 0),
    ("block1_conv2", 2),
    None,
    ("block2_conv1", 5),
    ("block2_conv2", 7),
    None,
    ("block3_conv1", 10),
]


def read(name):
    """A file of the folder."""
    if "://" in WEIGHTS:
        return urllib.request.urlopen(WEIGHTS + name).read()
    return pathlib.Path(WEIGHTS, name).read_bytes()


FILES = json.loads(read("model.safetensors.index.json"))["weight_map"]


def tensor(name, number, part):
    """The weight (output, input, 3, 3) or the bias of a convolution."""
    key = f"{name}.{part}"
    if key not in FILES:
        key = f"features.{number}.{part}"
    data = read(FILES[key])
    start = 8 + int.from_bytes(data[:8], "little")
    entry = json.loads(data[8:start])[key]
    begin, end = entry["data_offsets"]
    data = data[start + begin : start + end]
    if entry["dtype"] == "BF16":
        values = (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    else:
        values = np.frombuffer(data, {"F16": "<f2", "F32": "<f4"}[entry["dtype"]])
    return values.reshape(entry["shape"]).astype(np.float32)


PARTS = [
    part and tuple(torch.from_numpy(tensor(*part, what)) for what in ("weight", "bias")) for part in NETWORK
]


def model(x):
    for part in PARTS:
        x = F.relu(F.conv2d(x, *part, padding=1)) if part else F.max_pool2d(x, 2)
    return x


def scaled(image):
    """What the network gets; the image itself is RGB from 0 to 1."""
    return image


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
    iterates, means = [pixels(image)], []
    for t in range(1, ITERATIONS + 1):
        objective, gradient = mean_activation(image, channel)
        image = image + LEARNING_RATE * gradient
        iterates.append(pixels(image))
        means.append(objective)
    return iterates, means


def squash(image):
    return (image - image.min()) / (image.max() - image.min())


pictures, objectives = [], []
for channel in CHANNELS:
    iterates, means = climb(channel)
    pictures.append(squash(iterates[SHOWN]))
    objectives.append(means)
    print(f"channel {channel}: mean activation {means[0]:.4g}, before the last step {means[-1]:.4g}")

columns = 8
rows = -(-len(CHANNELS) // columns)
figure, axes = plt.subplots(rows, columns, squeeze=False, figsize=(1.5 * columns, 1.7 * rows))
for axis in axes.flat:
    axis.axis("off")
for axis, channel, picture in zip(axes.flat, CHANNELS, pictures):
    axis.imshow(picture)
    axis.set_title(channel, fontsize=8)
plt.show()
