"""How well the network tells held-out textures apart."""

import torch
from torch import Tensor

from network import HEADS, LAST, TrainingNetwork
from textures import FAMILIES, Labelled, balanced_batch

#: Far from the seeds that training counts up from.
HELD_OUT_SEED = 2**40
PER_FAMILY = 50
IMAGE = 64


def held_out(device: torch.device) -> Labelled:
    """50 images of each family, 64 x 64, that training never drew."""
    return balanced_batch(PER_FAMILY, IMAGE, torch.Generator(device).manual_seed(HELD_OUT_SEED))


@torch.no_grad()
def confusions(network: TrainingNetwork, images: Labelled) -> dict[str, Tensor]:
    """By head, counts (family, family told)."""
    network.eval()
    families = len(FAMILIES)
    counts = {head: torch.zeros(families, families, dtype=torch.long) for head in HEADS}
    for rows in torch.arange(len(images.family)).split(61):
        heads = network(images.images[rows]).heads
        for head, (_, logits) in heads.items():
            told = (images.family[rows].cpu(), logits["family"].argmax(1).cpu())
            counts[head].index_put_(told, torch.ones(len(rows), dtype=torch.long), accumulate=True)
    network.train()
    return counts


def accuracy(network: TrainingNetwork, images: Labelled) -> float:
    """Share of images whose family the last head tells right."""
    counts = confusions(network, images)[LAST]
    return (counts.diagonal().sum() / counts.sum()).item()
