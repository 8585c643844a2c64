"""Rescales channels so that the notes' learning rate suits every layer.

    python rescale.py MODEL --gradients FOLDER --out FILE [--reference FILE --golden FILE]

MODEL is a safetensors file or a folder of them; FOLDER has what `vggscope render` found in the first step of every channel.
With a reference, the training network's channel means on its images, the result is checked against them, and they are
written in the units of the rescaled network for the project's tests to compare with.

A ReLU network is positively homogeneous: an output channel of one convolution may be multiplied by any positive
factor if the next convolution divides its kernels for that channel by it. No picture changes its shape, only its steps
their length.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from climbs import FirstSteps
from network import LAYERS, PlainNetwork

#: Side of the images whose first steps set the factors: small ones do, at a fifth of the work.
SIDE = 64
#: The rescaled network must compute what the training network did, to this share of the largest channel mean.
TOLERANCE = 1e-4


def rescaled(plain: PlainNetwork, factors: dict[str, Tensor]) -> PlainNetwork:
    """Multiplies every layer's output channels by their factors, in double precision."""
    before, weights = torch.ones(3, dtype=torch.double), {}
    for layer in LAYERS:
        weight, bias = (tensor.double() for tensor in plain.weights[layer.name])
        factor = factors[layer.name]
        weight = weight * factor[:, None, None, None] / before[None, :, None, None]
        weights[layer.name] = (weight.float(), (bias * factor).float())
        before = factor
    return PlainNetwork(weights)


def reference_means(reference: dict[str, Tensor], factors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The training network's channel means, in the units of the rescaled one."""
    return {layer.name: (reference[layer.name].double() * factors[layer.name]).float() for layer in LAYERS}


def check(plain: PlainNetwork, images: Tensor, expected: dict[str, Tensor]) -> float:
    """The largest difference from the training network's channel means, over the layer's largest mean."""
    found = plain.activations(images.permute(0, 3, 1, 2))
    errors = [
        ((found[name].mean((2, 3)) - means).abs().max() / means.abs().max()).item() for name, means in expected.items()
    ]
    return max(errors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--gradients", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--golden", type=Path)
    arguments = parser.parse_args()
    plain = PlainNetwork.from_tensors(load_model(arguments.model))
    steps = {layer.name: FirstSteps.read(arguments.gradients / f"{layer.name}.csv", SIDE) for layer in LAYERS}
    factors = {name: torch.tensor(step.factors(), dtype=torch.double) for name, step in steps.items()}
    network = rescaled(plain, factors)
    if arguments.reference:
        compare(network, factors, arguments.reference, arguments.golden)
    save_file(network.tensors(), arguments.out)


def load_model(path: Path) -> dict[str, Tensor]:
    """Tensors of a file, or of all files of a folder."""
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    return {name: tensor for file in files for name, tensor in load_file(file).items()}


def compare(network: PlainNetwork, factors: dict[str, Tensor], reference: Path, golden: Path) -> None:
    """Fails where the network is not the reference's any more; else writes the golden file."""
    means = load_file(reference)
    expected = reference_means(means, factors)
    error = check(network, means["images"], expected)
    if not error <= TOLERANCE:
        raise SystemExit(f"rescaling changed the network by {error:.1e}, more than {TOLERANCE:.0e}")
    save_file({**expected, "images": means["images"]}, golden)
    print(f"rescaled; differs from the training network by {error:.1e}")


if __name__ == "__main__":
    main()
