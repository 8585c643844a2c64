"""Rescales channels so that the notes' learning rate suits every layer, and writes what the tests compare with.

    python rescale.py build/ --golden ../../tests/reference/demo.safetensors

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
    parser.add_argument("build", type=Path, help="folder with folded.safetensors, reference.safetensors, gradients/")
    parser.add_argument("--golden", type=Path, required=True)
    arguments = parser.parse_args()
    plain = PlainNetwork.from_tensors(load_file(arguments.build / "folded.safetensors"))
    steps = {layer.name: FirstSteps.read(arguments.build / "gradients" / f"{layer.name}.csv", SIDE) for layer in LAYERS}
    factors = {name: torch.tensor(step.factors(), dtype=torch.double) for name, step in steps.items()}
    reference = load_file(arguments.build / "reference.safetensors")
    expected, network = reference_means(reference, factors), rescaled(plain, factors)
    error = check(network, reference["images"], expected)
    if not error <= TOLERANCE:
        raise SystemExit(f"rescaling changed the network by {error:.1e}, more than {TOLERANCE:.0e}")
    save_file(network.tensors(), arguments.build / "rescaled.safetensors")
    save_file({**expected, "images": reference["images"]}, arguments.golden)
    print(f"rescaled; differs from the training network by {error:.1e}")


if __name__ == "__main__":
    main()
