"""How well the network tells held-out textures apart."""

import torch
from torch import Tensor

from network import LAST, TrainingNetwork
from textures import FAMILIES, Labelled, balanced_batch

#: Far from the seeds that training counts up from.
HELD_OUT_SEED = 2**40
PER_FAMILY = 50
IMAGE = 64


def held_out(device: torch.device) -> Labelled:
    """50 images of each family, 64 x 64, that training never drew."""
    return balanced_batch(PER_FAMILY, IMAGE, torch.Generator(device).manual_seed(HELD_OUT_SEED))


@torch.no_grad()
def confusion(network: TrainingNetwork, images: Labelled, head: str = LAST) -> Tensor:
    """Counts (family, family told) of the given head."""
    network.eval()
    families = len(FAMILIES)
    counts = torch.zeros(families, families, dtype=torch.long)
    for rows in torch.arange(len(images.family)).split(61):
        told = network(images.images[rows]).heads[head][1]["family"].argmax(1).cpu()
        counts.index_put_((images.family[rows].cpu(), told), torch.ones(len(rows), dtype=torch.long), accumulate=True)
    network.train()
    return counts


def accuracy(network: TrainingNetwork, images: Labelled, head: str = LAST) -> Tensor:
    """Share of each family's images told right, (families,)."""
    counts = confusion(network, images, head)
    return counts.diagonal() / counts.sum(1)
