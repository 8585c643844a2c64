"""What the shipped channels show, in numbers, from what `vggscope render` wrote.

    python measure.py build/

Dead: channels whose gradient at the start noise is exactly zero, among all. Structure: spectral entropies of climbed
images, and the share of trained ones below 99 of 100 of the untrained network's.
"""

import argparse
import json
from pathlib import Path

import numpy
from PIL import Image

from climbs import FirstSteps
from network import LAYERS
from structure import spectral_entropy, tiles


def grid_entropies(path: Path) -> list[float]:
    """Of every tile of a grid."""
    with Image.open(path) as grid:
        return [spectral_entropy(tile) for tile in tiles(grid)]


def structure(build: Path, layer: str) -> dict:
    trained, untrained = (grid_entropies(build / "grids" / f"{layer}-{model}.png") for model in ("trained", "untrained"))
    threshold = float(numpy.quantile(untrained, 0.01, method="lower"))
    return {
        "trained": trained,
        "untrained": untrained,
        "threshold": threshold,
        "below": sum(entropy < threshold for entropy in trained) / len(trained),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder with first-steps/ and grids/")
    build = parser.parse_args().build
    found = {"dead": {}, "structure": {}}
    for layer in LAYERS:
        found["dead"][layer.name] = FirstSteps.read(build / "first-steps" / f"{layer.name}.csv").dead
        print(f"{layer.name}: {100 * len(found['dead'][layer.name]) / layer.channels:.1f} % dead")
        if (build / "grids" / f"{layer.name}-untrained.png").exists():
            found["structure"][layer.name] = result = structure(build, layer.name)
            count, below = len(result["trained"]), 100 * result["below"]
            print(f"  {below:.0f} % of {count} channels below the untrained {result['threshold']:.4f}")
    (build / "measures.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
