"""What the shipped channels show, in numbers.

    python measure.py build/ ../../www/public/weights/demo

Dead: channels that are zero everywhere at the start noise of 150 x 150 pixels, which makes their gradient exactly zero;
counted among all. Structure: spectral entropies of the images that `vggscope render` climbed to, and the share of trained ones
below 99 of 100 of a network's with random weights: the untrained one as it ships, and the same rescaled like the trained one.
"""

import argparse
import json
from pathlib import Path

import numpy
import torch

from climbs import SIDE
from export import start_noise
from network import LAYERS, PlainNetwork
from rescale import load_model
from structure import spectral_entropy


#: Two networks with random weights: the shipped one as it is, and with steps as long as the trained one's.
CONTROLS = ("untrained", "untrained-rescaled")
MODELS = ("trained", *CONTROLS)


def entropies(path: Path) -> list[float]:
    """Of every image of an array (channels, height, width, 3)."""
    return [spectral_entropy(image) for image in numpy.load(path)]


def structure(build: Path, layer: str) -> dict:
    """Of a layer: the entropies of every model's images, and the share of the trained below each control."""
    found = {model: entropies(build / "last" / f"{layer}-{model}.npy") for model in MODELS}
    below = {control: share_below(found["trained"], found[control]) for control in CONTROLS}
    return {"entropies": found, "below": below}


def share_below(trained: list[float], control: list[float]) -> float:
    """Share of the trained below 99 of 100 of the control's."""
    threshold = float(numpy.quantile(control, 0.01, method="lower"))
    return sum(entropy < threshold for entropy in trained) / len(trained)


@torch.no_grad()
def dead_channels(model: Path) -> dict[str, list[int]]:
    """By layer, the channels of a model's folder that do not answer to the start noise anywhere."""
    activations = PlainNetwork.from_tensors(load_model(model)).activations(start_noise(SIDE))
    return {name: (maps.amax((0, 2, 3)) == 0).nonzero()[:, 0].tolist() for name, maps in activations.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder with last/")
    parser.add_argument("model", type=Path, help="folder of the shipped weights")
    arguments = parser.parse_args()
    found = {"dead": dead_channels(arguments.model), "structure": {}}
    for layer in LAYERS:
        print(f"{layer.name}: {100 * len(found['dead'][layer.name]) / layer.channels:.1f} % dead")
        found["structure"][layer.name] = result = structure(arguments.build, layer.name)
        for control, below in result["below"].items():
            print(f"  {100 * below:.1f} % of channels have less entropy than 99 % of the {control} network's")
    (arguments.build / "measures.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
