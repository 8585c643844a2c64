"""Checkpoints by torch.save."""

import torch
from torch import nn
from torch.nn import functional as F

from generator import POOLED

from .layouts import torchvision


class Vgg(nn.Module):
    """VGG16 of any widths, with torchvision's names; its classifier is tiny."""

    def __init__(self, layers, classifier=False):
        super().__init__()
        torch.manual_seed(0)  # for the classifier
        parts = []
        for name, (kernel, _) in layers.items():
            parts += [nn.Conv2d(*kernel.shape[2:], 3, padding=1), nn.ReLU(inplace=True)]
            if name in POOLED:
                parts.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*parts)
        if classifier:
            between = nn.ReLU(), nn.Dropout()
            inputs = parts[-3].out_channels
            self.classifier = nn.Sequential(nn.Linear(inputs, 8), *between, nn.Linear(8, 8), *between, nn.Linear(8, 10))
        tensors = {name: torch.from_numpy(values) for name, values in torchvision(layers).items()}
        self.load_state_dict(tensors, strict=not classifier)

    def forward(self, x):
        x = self.features(x)
        return self.classifier(F.adaptive_avg_pool2d(x, 1).flatten(1)) if hasattr(self, "classifier") else x


def write(path, layers, classifier=False):
    """The zip file that torch.save writes since PyTorch 1.6."""
    torch.save(Vgg(layers, classifier).state_dict(), path)


def write_legacy(path, layers):
    """The file of several pickles that it wrote before."""
    torch.save(Vgg(layers).state_dict(), path, _use_new_zipfile_serialization=False)


def write_nested(path, layers):
    """As training scripts save."""
    torch.save({"state_dict": Vgg(layers).state_dict(), "epoch": 3}, path)


def write_data_parallel(path, layers):
    """Names start with `module.`."""
    torch.save(nn.DataParallel(Vgg(layers)).state_dict(), path)


def write_features(path, layers):
    """Names are 0.weight, 0.bias, 2.weight and so on."""
    torch.save(Vgg(layers).features.state_dict(), path)


def write_bfloat16(path, layers):
    """PyTorch rounds."""
    torch.save(Vgg(layers).bfloat16().state_dict(), path)


def write_half(path, layers):
    """PyTorch rounds."""
    torch.save(Vgg(layers).half().state_dict(), path)


def write_channels_last(path, layers):
    """Kernels lie in memory as OHWI; their strides say so."""
    torch.save(Vgg(layers).to(memory_format=torch.channels_last).state_dict(), path)
