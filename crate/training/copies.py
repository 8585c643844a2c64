"""How many channels are near copies of another."""

import torch
from torch import Tensor

from network import PlainNetwork
from textures import Labelled

#: Two channels are near copies where their activations correlate by more than this over held-out images.
NEAR = 0.95
IMAGES, POSITIONS = 610, 16


@torch.no_grad()
def near_copies(plain: PlainNetwork, images: Labelled) -> dict[str, float]:
    """By layer, the share of channels that correlate by more than NEAR with another channel.

    Pearson's correlation of post-ReLU activations at random positions of held-out images.
    """
    samples: dict[str, list[Tensor]] = {}
    generator = torch.Generator().manual_seed(1)
    for batch in images.images[:IMAGES].split(61):
        for name, activations in plain.activations(batch).items():
            columns = activations.flatten(2)
            at = torch.randint(columns.shape[2], (POSITIONS,), generator=generator)
            samples.setdefault(name, []).append(columns[:, :, at].transpose(1, 2).flatten(0, 1).cpu())
    return {name: _share(torch.cat(parts).double()) for name, parts in samples.items()}


def _share(activations: Tensor) -> float:
    """Of channels (columns) with a near copy; a channel that never varies has none."""
    centred = activations - activations.mean(0)
    length = centred.norm(dim=0)
    matrix = (centred / length.clamp(min=1e-30)).t() @ (centred / length.clamp(min=1e-30))
    matrix.fill_diagonal_(0)
    return (matrix.amax(1) > NEAR).double().mean().item()
