"""VGG16's convolutions with batch normalisation while training, and without it afterwards.

Images are (images, 3, height, width), RGB in [0, 1], fed as they are.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from textures import FAMILIES, ORIENTATIONS, PALETTES, SCALES


@dataclass(frozen=True)
class Layer:
    """One convolution: Keras's name, its output channels, and whether a pooling stands before it."""

    name: str
    channels: int
    pooled_before: bool


BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
LAYERS = [
    Layer(f"block{block}_conv{position}", channels, position == 1 and block > 1)
    for block, convolutions in enumerate(BLOCKS, start=1)
    for position, channels in enumerate(convolutions, start=1)
]

#: What a head predicts, and how many classes each has.
TASKS = {"family": len(FAMILIES), "palette": PALETTES, "orientation": ORIENTATIONS, "scale": SCALES}

#: Layers that carry a head, and the weight of its loss: so every depth learns something to look at.
HEADS = {
    "block1_conv2": 0.15,
    "block2_conv2": 0.2,
    "block3_conv1": 0.2,
    "block3_conv3": 0.3,
    "block4_conv2": 0.3,
    "block4_conv3": 0.3,
    "block5_conv3": 1.0,
}
LAST = "block5_conv3"

#: Length of a convolution's rows as He et al. (2015) initialise them. Batch normalisation makes it free.
ROW_NORM = 2**0.5


class Head(nn.Module):
    """Global average pooling, standardised, then one linear classifier for all tasks."""

    def __init__(self, channels: int):
        super().__init__()
        self.standardise = nn.BatchNorm1d(channels, affine=False)
        self.classify = nn.Linear(channels, sum(TASKS.values()))

    def forward(self, activations: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Standardised channel means (images, channels), and logits by task."""
        with torch.autocast(activations.device.type, enabled=False):
            means = self.standardise(activations.float().mean((2, 3)))
            return means, dict(zip(TASKS, self.classify(means).split(list(TASKS.values()), 1)))


@dataclass
class Outputs:
    """What a forward pass gives: by head its channel means and logits, by layer what the ReLU was given."""

    heads: dict[str, tuple[Tensor, dict[str, Tensor]]]
    before_relu: dict[str, Tensor]


@cache
def trains_in_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 faster than float32, so that the convolutions are trained in it."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return "avx512_bf16" in Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else False


class TrainingNetwork(nn.Module):
    """Convolution, batch normalisation, ReLU; heads on seven layers.

    In training the convolutions are of bfloat16 where the device has it, and of float32 otherwise; in evaluation always
    of float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.frozen = 0
        inputs = [3, *(layer.channels for layer in LAYERS)]
        self.convolutions = nn.ModuleDict(
            {layer.name: nn.Conv2d(c, layer.channels, 3, padding=1, bias=False) for c, layer in zip(inputs, LAYERS)}
        )
        self.norms = nn.ModuleDict({layer.name: nn.BatchNorm2d(layer.channels) for layer in LAYERS})
        self.heads = nn.ModuleDict({layer.name: Head(layer.channels) for layer in LAYERS if layer.name in HEADS})
        for convolution in self.convolutions.values():
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")

    def freeze(self, layers: int) -> None:
        """Keeps the first so many layers as they are: neither weights nor statistics move, and no gradient is computed."""
        self.frozen = layers
        for layer in LAYERS[:layers]:
            self.convolutions[layer.name].requires_grad_(False)
            self.norms[layer.name].requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> "TrainingNetwork":
        super().train(mode)
        for layer in LAYERS[: self.frozen]:
            self.norms[layer.name].eval()
        return self

    def forward(self, images: Tensor, labelled: int | None = None) -> Outputs:
        """`labelled`: how many of the images, the first, the heads look at; all if None."""
        device = images.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self.training and trains_in_bfloat16(device)):
            return self._outputs(images, labelled)

    def _outputs(self, x: Tensor, labelled: int | None) -> Outputs:
        outputs = Outputs({}, {})
        for layer in LAYERS:
            if layer.pooled_before:
                x = functional.max_pool2d(x, 2)
            x = self.norms[layer.name](self.convolutions[layer.name](x))
            outputs.before_relu[layer.name] = x
            x = torch.relu(x)
            if layer.name in self.heads:
                outputs.heads[layer.name] = self.heads[layer.name](x[:labelled])
        return outputs


class PlainNetwork:
    """What is shipped: 13 convolutions with biases. Weights by layer, (out, in, 3, 3) and (out,)."""

    def __init__(self, weights: dict[str, tuple[Tensor, Tensor]]):
        self.weights = weights

    def activations(self, images: Tensor) -> dict[str, Tensor]:
        """Post-ReLU activations of every layer."""
        x, found = images, {}
        for layer in LAYERS:
            if layer.pooled_before:
                x = functional.max_pool2d(x, 2)
            weight, bias = self.weights[layer.name]
            x = torch.relu(functional.conv2d(x, weight, bias, padding=1))
            found[layer.name] = x
        return found

    def tensors(self) -> dict[str, Tensor]:
        """By the names of the project's weight files."""
        named = {}
        for name, (weight, bias) in self.weights.items():
            named[f"{name}.weight"], named[f"{name}.bias"] = weight.contiguous(), bias.contiguous()
        return named

    @staticmethod
    def from_tensors(tensors: dict[str, Tensor]) -> "PlainNetwork":
        return PlainNetwork(
            {layer.name: (tensors[f"{layer.name}.weight"].float(), tensors[f"{layer.name}.bias"].float()) for layer in LAYERS}
        )


@torch.no_grad()
def fold(network: TrainingNetwork) -> PlainNetwork:
    """Batch normalisation is linear once trained: multiplied into the weights, in double precision."""
    folded = {}
    for layer in LAYERS:
        norm = network.norms[layer.name].double()
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = network.convolutions[layer.name].weight.double() * factor[:, None, None, None]
        folded[layer.name] = (weight.float(), (norm.bias - norm.running_mean * factor).float())
        network.norms[layer.name].float()
    return PlainNetwork(folded)


@torch.no_grad()
def unfold(plain: PlainNetwork, images: Tensor) -> TrainingNetwork:
    """A training network that computes what `plain` does, with every channel standardised over `images`.

    A ReLU network is positively homogeneous: a channel may be multiplied by any factor if the next layer divides by
    it. So each channel gets variance 1 and each row of weights its usual length, whatever scale the file has.
    """
    network = TrainingNetwork().to(images.device)
    x, scale = images, torch.ones(3, device=images.device)
    for layer in LAYERS:
        if layer.pooled_before:
            x = functional.max_pool2d(x, 2)
        weight, bias = plain.weights[layer.name]
        weight = weight / scale[None, :, None, None]
        row = weight.flatten(1).norm(dim=1).clamp(min=1e-12) / ROW_NORM
        x = functional.conv2d(x, weight / row[:, None, None, None], padding=1)
        variance, mean = torch.var_mean(x, (0, 2, 3), correction=0)
        norm = network.norms[layer.name]
        deviation = torch.sqrt(variance + norm.eps)
        network.convolutions[layer.name].weight.copy_(weight / row[:, None, None, None])
        norm.running_mean.copy_(mean), norm.running_var.copy_(variance)
        norm.weight.fill_(1), norm.bias.copy_((bias / row + mean) / deviation)
        x = torch.relu((x - mean[None, :, None, None]) / deviation[None, :, None, None] + norm.bias[None, :, None, None])
        scale = 1 / (row * deviation)
    return network
