"""What training minimises."""

import torch
from torch import Tensor
from torch.nn import functional

from network import HEADS, Outputs
from textures import Labelled
from textures.images import UNKNOWN

# What is looked at is the filters, and family makes the most varied ones; the other tasks keep colour, direction and
# period in the channels.
TASK_WEIGHTS = {"family": 1.0, "palette": 0.5, "orientation": 0.3, "scale": 0.3}
LABEL_SMOOTHING = 0.05
DIVERSITY_WEIGHT = 0.5
AWAKE_WEIGHT = 0.5
#: How far above zero each channel's strongest response to noise should lie, in its own deviations.
AWAKE_MARGIN = 0.5


def loss(outputs: Outputs, batch: Labelled) -> Tensor:
    """Classification at every head, channels that differ, and channels that wake up on noise.

    The first `len(batch.family)` images of the pass are the batch, the rest is noise.
    """
    total = DIVERSITY_WEIGHT * sum(correlation(means) for means, _ in outputs.heads.values())
    for name, (_, logits) in outputs.heads.items():
        total = total + HEADS[name] * classification(logits, batch)
    noise = len(batch.family)
    asleep = [dormancy(before[noise:]) for before in outputs.before_relu.values()]
    return total + AWAKE_WEIGHT * sum(asleep)


def classification(logits: dict[str, Tensor], batch: Labelled) -> Tensor:
    """Cross-entropy of every task, over the images whose class is known."""
    total = torch.zeros((), device=batch.family.device)
    for task, weight in TASK_WEIGHTS.items():
        classes = getattr(batch, task)
        known = classes != UNKNOWN
        smoothing = LABEL_SMOOTHING if task in ("family", "palette") else 0.0
        total = total + weight * functional.cross_entropy(logits[task][known], classes[known], label_smoothing=smoothing)
    return total


def correlation(means: Tensor) -> Tensor:
    """Mean squared correlation of two different channels, from standardised channel means (images, channels)."""
    matrix = means.t() @ means / len(means)
    count = len(matrix)
    return (matrix.square().sum() - matrix.diagonal().square().sum()) / (count * (count - 1))


def dormancy(before_relu: Tensor) -> Tensor:
    """How far channels are from responding anywhere in images (images, channels, height, width).

    A climb starts from noise; a channel that is zero there has a zero gradient and shows nothing.
    """
    return functional.relu(AWAKE_MARGIN - before_relu.float().amax((0, 2, 3))).mean()
