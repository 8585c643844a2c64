"""From a checkpoint to what the rest needs: the folded network, the head, reference numbers and a report.

    python export.py checkpoint.pt --out build/
"""

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import save_file

from copies import near_copies
from evaluate import confusions, held_out
from network import LAST, LAYERS, PlainNetwork, TrainingNetwork, fold
from textures import FAMILIES, Labelled

#: The page's default seed: the noise that its climbs start from.
NOISE_SEED = 436
#: The folded network must compute what the training network does, to this share of the largest activation.
FOLD_TOLERANCE = 1e-4
REFERENCE_TEXTURES, REFERENCE_SIZE = 3, 32


def reference_images(images: Labelled) -> torch.Tensor:
    """The start noise and three held-out textures, (4, 3, size, size)."""
    size = REFERENCE_SIZE
    return torch.cat([start_noise(size), images.images[:REFERENCE_TEXTURES, :, :size, :size]])


def start_noise(side: int) -> torch.Tensor:
    """The noise that the page's climbs start from, (1, 3, side, side)."""
    values = torch.tensor(list(islice(splitmix64(NOISE_SEED), side * side * 3)))
    return values.reshape(1, side, side, 3).permute(0, 3, 1, 2)


def splitmix64(seed: int) -> Iterator[float]:
    """Numbers in [0, 1) as vggscope draws its noise: SplitMix64 (Steele et al. 2014), the top 24 bits over 2^24."""
    mask = 2**64 - 1
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        mixed = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        yield ((mixed ^ (mixed >> 31)) >> 40) / 2**24


@torch.no_grad()
def fold_error(network: TrainingNetwork, plain: PlainNetwork, images: torch.Tensor) -> float:
    """Largest difference of any activation of any layer, over the layer's largest activation."""
    network.eval()
    trained, folded = network(images).before_relu, plain.activations(images)
    return max(
        ((torch.relu(trained[name]) - folded[name]).abs().max() / folded[name].abs().max()).item() for name in folded
    )


def report(network: TrainingNetwork, plain: PlainNetwork, images: Labelled) -> dict:
    """Accuracy by family and by head, near copies by layer, and the error of folding."""
    by_head = confusions(network, images)
    counts = by_head[LAST]
    right = counts.diagonal() / counts.sum(1)
    mistaken = counts - counts.diagonal().diag()
    return {
        "held_out_images": len(images.family),
        "accuracy": right.mean().item(),
        "accuracy_by_head": {name: (c.diagonal().sum() / c.sum()).item() for name, c in by_head.items()},
        "families": [
            {
                "name": family.name,
                "accuracy": right[number].item(),
                "most_mistaken_for": FAMILIES[int(mistaken[number].argmax())].name if mistaken[number].any() else None,
            }
            for number, family in enumerate(FAMILIES)
        ],
        "near_copies": near_copies(plain, images),
        "fold_error": fold_error(network, plain, reference_images(images)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    network = TrainingNetwork()
    network.load_state_dict(torch.load(arguments.checkpoint, map_location="cpu")["network"])
    plain, images = fold(network), held_out(torch.device("cpu"))
    found = report(network, plain, images)
    if not found["fold_error"] <= FOLD_TOLERANCE:
        raise SystemExit(f"folding changed the network by {found['fold_error']:.1e}, more than {FOLD_TOLERANCE:.0e}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(plain.tensors(), arguments.out / "folded.safetensors")
    save_reference(network, reference_images(images), arguments.out / "reference.safetensors")
    (arguments.out / "training.json").write_text(json.dumps(found, indent=1) + "\n")
    print(f"accuracy {found['accuracy']:.4f}, fold error {found['fold_error']:.1e}")
    for layer in LAYERS:
        print(f"{layer.name}: {100 * found['near_copies'][layer.name]:.1f} % near copies")


@torch.no_grad()
def save_reference(network: TrainingNetwork, images: torch.Tensor, path: Path) -> None:
    """Images (images, height, width, 3) and every layer's channel means (images, channels), batch normalisation in."""
    network.eval()
    before = network(images).before_relu
    tensors = {name: torch.relu(x).mean((2, 3)).contiguous() for name, x in before.items()}
    tensors["images"] = images.permute(0, 2, 3, 1).contiguous()
    save_file(tensors, path)


if __name__ == "__main__":
    main()
