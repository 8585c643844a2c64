"""What the shipped channels show, in numbers.

    python measure.py build/ ../../www/public/weights/demo

Dead: channels that are zero everywhere at the start noise of 150 x 150 pixels, which makes their gradient exactly zero;
counted among all. Structure: spectral entropies of the images that `vggscope render` climbed to, and the share of trained ones
below 99 of 100 of the untrained network's.
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


def entropies(path: Path) -> list[float]:
    """Of every image of an array (channels, height, width, 3)."""
    return [spectral_entropy(image) for image in numpy.load(path)]


def structure(build: Path, layer: str) -> dict:
    trained, untrained = (entropies(build / "last" / f"{layer}-{model}.npy") for model in ("trained", "untrained"))
    threshold = float(numpy.quantile(untrained, 0.01, method="lower"))
    return {
        "trained": trained,
        "untrained": untrained,
        "threshold": threshold,
        "below": sum(entropy < threshold for entropy in trained) / len(trained),
    }


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
        count, below = len(result["trained"]), 100 * result["below"]
        print(f"  {below:.0f} % of {count} channels below the untrained {result['threshold']:.4f}")
    (arguments.build / "measures.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
