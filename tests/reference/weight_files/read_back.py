"""Loads files of real size as their users do: into the VGG16 of keras.applications or of torchvision."""

import os

from generator import CONVOLUTIONS

from .read import of_tensors, sharded


def read_back(path):
    return by_keras(path) if path.suffix == ".h5" else by_torchvision(path)


def by_keras(path):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    model = keras.applications.VGG16(weights=None, include_top=False)
    model.load_weights(path)
    return {name: tuple(model.get_layer(name).get_weights()) for name, _, _ in CONVOLUTIONS}


def by_torchvision(path):
    import torch
    from safetensors.torch import load_file
    from torchvision.models import vgg16

    if path.is_dir():
        tensors = {name: torch.from_numpy(tensor) for name, tensor in sharded(path).items()}
    else:
        tensors = load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)
    features = vgg16().features
    features.load_state_dict({name.removeprefix("features."): tensor for name, tensor in tensors.items()})
    return of_tensors({name: tensor.numpy() for name, tensor in features.state_dict().items()})
