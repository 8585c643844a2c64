"""Reads weight files of every format by the format's own library."""

import json
from pathlib import Path

import h5py
import numpy as np
from safetensors.numpy import load_file

from generator import CONVOLUTIONS

from .layouts import hwio
from .safetensors_files import INDEX

LAYERS = {position: name for name, _, position in CONVOLUTIONS}
PREFIXES = "", "features.", "module.features."


def read(path):
    """{layer: (kernel HWIO, bias)} of a file or of a folder of shards, layers in the order of the network."""
    path = Path(path)
    if path.is_dir():
        return of_tensors(sharded(path))
    return {".h5": hdf5, ".pth": checkpoint, ".onnx": model, ".safetensors": safetensors}[path.suffix](path)


def sharded(folder):
    """Every tensor that the folder's index names."""
    weight_map = json.loads((folder / INDEX).read_text())["weight_map"]
    shards = {name: load_file(folder / name) for name in sorted(set(weight_map.values()))}
    named = sorted((shard, name) for name, shard in weight_map.items())
    assert named == sorted((shard, name) for shard in shards for name in shards[shard]), "index and shards differ"
    return {name: tensor for shard in shards.values() for name, tensor in shard.items()}


def safetensors(path):
    return of_tensors(load_file(path))


def checkpoint(path):
    import torch  # takes seconds

    tensors = torch.load(path, weights_only=True)
    tensors = tensors.get("state_dict", tensors)
    # numpy has no bfloat16, and float32 holds all its values.
    wide = {name: tensor.float() if tensor.dtype == torch.bfloat16 else tensor for name, tensor in tensors.items()}
    return of_tensors({name: tensor.contiguous().numpy() for name, tensor in wide.items()})


def of_tensors(tensors):
    """From the names of Keras, of torchvision, or of torchvision's features alone; other tensors are left out."""
    layers = {}
    for position, layer in LAYERS.items():
        for kernel, bias, layout in (
            (f"{layer}/kernel", f"{layer}/bias", np.asarray),
            (f"{layer}.weight", f"{layer}.bias", hwio),
            *((f"{prefix}{position}.weight", f"{prefix}{position}.bias", hwio) for prefix in PREFIXES),
        ):
            if kernel in tensors:
                layers[layer] = layout(tensors[kernel]), tensors[bias]
    return layers


def hdf5(path):
    with h5py.File(path) as file:
        return keras3(file) if "layers" in file else keras2(file)


def keras2(file):
    """By the names in the attributes, as Keras does."""
    layers = {}
    for layer in LAYERS.values():
        if layer in file and len(file[layer].attrs["weight_names"]):
            layers[layer] = tuple(file[layer][name][()] for name in file[layer].attrs["weight_names"])
    return layers


def keras3(file):
    """The real name of each layer is an attribute."""
    variables = [group["vars"] for group in file["layers"].values() if len(group["vars"])]
    tensors = {group.attrs["name"]: (group["0"][()], group["1"][()]) for group in variables}
    return {layer: tensors[layer] for layer in LAYERS.values()}


def model(path):
    """The kernels and biases of the Conv nodes, in their order."""
    import onnx

    graph = onnx.load(path).graph
    initializers = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    pairs = [[initializers[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]
    return {layer: (hwio(kernel), bias) for layer, (kernel, bias) in zip(LAYERS.values(), pairs)}
