"""Weights and images from a seed. README.md has the specification."""

import hashlib
from functools import cache

import numpy as np

# Name, channels, index in torchvision's `features`.
CONVOLUTIONS = [
    ("block1_conv1", 64, 0), ("block1_conv2", 64, 2), ("block2_conv1", 128, 5), ("block2_conv2", 128, 7),
    ("block3_conv1", 256, 10), ("block3_conv2", 256, 12), ("block3_conv3", 256, 14),
    ("block4_conv1", 512, 17), ("block4_conv2", 512, 19), ("block4_conv3", 512, 21),
    ("block5_conv1", 512, 24), ("block5_conv2", 512, 26), ("block5_conv3", 512, 28),
]
POOLED = {"block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3"}
FULL, NARROW = (2024, 1), (11, 16)  # seed and divisor of the weights


def splitmix64(seed, count):
    """The first outputs of SplitMix64."""
    u64 = np.uint64
    with np.errstate(over="ignore"):  # wraps around by design
        z = u64(seed) + u64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=u64)
        z = (z ^ (z >> u64(30))) * u64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> u64(27))) * u64(0x94D049BB133111EB)
        return z ^ (z >> u64(31))


def unit(seed, count):
    """Float64 values in [0, 1), multiples of 2^-24 and so exact in float32."""
    return (splitmix64(seed, count) >> np.uint64(40)).astype(np.float64) * 2.0**-24


def uniform(seed, shape, bound):
    return ((unit(seed, np.prod(shape)) * 2 - 1) * bound).astype(np.float32).reshape(shape)


@cache
def weights(seed, divisor):
    """Kernel (HWIO) and bias of every convolution, float32."""
    seeds = iter(splitmix64(seed, 2 * len(CONVOLUTIONS)))  # kernel, bias, kernel, ...
    layers, inputs = {}, 3
    for name, channels, _ in CONVOLUTIONS:
        outputs = channels // divisor
        kernel = uniform(next(seeds), (3, 3, inputs, outputs), np.sqrt(6 / (9 * inputs)))
        layers[name] = kernel, uniform(next(seeds), (outputs,), 0.1)
        inputs = outputs
    return layers


def image(seed, height, width):
    return unit(seed, height * width * 3).astype(np.float32).reshape(height, width, 3)


def sha256(array):
    return hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()
