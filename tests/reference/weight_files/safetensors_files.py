"""Safetensors, as libraries for PyTorch save them, in one file or sharded."""

import json

import numpy as np
from safetensors.numpy import save

from .layouts import keras, torchvision

METADATA = {"format": "pt"}
INDEX = "model.safetensors.index.json"


def write(path, layers):
    path.write_bytes(save(torchvision(layers), METADATA))


def write_keras_names(path, layers):
    path.write_bytes(save(keras(layers)))


def write_timm(path, layers):
    """With the layers that timm's VGG has behind `features`; the first is a convolution too, 7 x 7."""
    channels = len(list(layers.values())[-1][1])
    shapes = {"pre_logits.fc1": (4, channels, 7, 7), "pre_logits.fc2": (4, 4, 1, 1), "head.fc": (10, 4)}
    tensors = torchvision(layers)
    for name, shape in shapes.items():
        weight = np.linspace(-1, 1, np.prod(shape), dtype=np.float32).reshape(shape)
        tensors |= {f"{name}.weight": weight, f"{name}.bias": np.zeros(shape[0], np.float32)}
    path.write_bytes(save(tensors, METADATA))


def shards(layers):
    """Names and bytes of the files that Hugging Face would make, a shard a layer."""
    files, weight_map, size = {}, {}, 0
    for number, (name, pair) in enumerate(layers.items(), 1):
        tensors = torchvision({name: pair})
        shard = f"model-{number:05}-of-{len(layers):05}.safetensors"
        files[shard] = save(tensors, METADATA)
        weight_map |= dict.fromkeys(tensors, shard)
        size += sum(values.nbytes for values in pair)
    index = {"metadata": {"total_size": size}, "weight_map": weight_map}
    return files | {INDEX: json.dumps(index, indent=2).encode()}


def write_sharded(folder, layers):
    folder.mkdir(exist_ok=True)
    for name, content in shards(layers).items():
        (folder / name).write_bytes(content)
