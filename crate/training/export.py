"""From a checkpoint to what the rest needs: the folded network, the head, reference numbers and a report.

    python export.py checkpoint.pt --out build/
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from copies import near_copies
from evaluate import confusion, held_out
from network import HEADS, LAST, LAYERS, PlainNetwork, TrainingNetwork, fold
from textures import FAMILIES, Labelled

#: The folded network must compute what the training network does, to this share of the largest activation.
FOLD_TOLERANCE = 1e-4
REFERENCE_IMAGES = 4


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
    by_head = {name: confusion(network, images, name) for name in HEADS}
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
        "fold_error": fold_error(network, plain, images.images[:REFERENCE_IMAGES]),
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
    save_reference(network, images.images[:REFERENCE_IMAGES], arguments.out / "reference.safetensors")
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
