"""Names and layouts of tensors, and roundings of their values."""

import ml_dtypes
import numpy as np

from generator import CONVOLUTIONS

POSITIONS = {name: position for name, _, position in CONVOLUTIONS}


def oihw(kernel):
    return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))


def hwio(kernel):
    return np.ascontiguousarray(kernel.transpose(2, 3, 1, 0))


def torchvision(layers):
    """features.N.weight (OIHW) and features.N.bias."""
    tensors = {}
    for name, (kernel, bias) in layers.items():
        prefix = f"features.{POSITIONS[name]}"
        tensors |= {f"{prefix}.weight": oihw(kernel), f"{prefix}.bias": bias}
    return tensors


def keras(layers):
    """LAYER/kernel (HWIO) and LAYER/bias."""
    return {f"{name}/{part}": values for name, pair in layers.items() for part, values in zip(("kernel", "bias"), pair)}


def until(layers, last):
    """The layers up to one of them."""
    names = list(layers)
    return {name: layers[name] for name in names[: names.index(last) + 1]}


def rounded(layers, dtype):
    return {name: tuple(values.astype(dtype) for values in pair) for name, pair in layers.items()}


HALF, BFLOAT16 = np.float16, ml_dtypes.bfloat16
