"""What happens to a computed image before the network sees it."""

import torch
from torch import Tensor

from textures import ORIENTATIONS, Labelled
from textures.canvas import Draw
from textures.images import UNKNOWN

#: The largest share of noise in an image. Learning to see through noise makes filters smooth and wakes them on noise,
#: which is where a climb starts.
MOST_NOISE = 0.6


def augmented(batch: Labelled, size: int, draw: Draw) -> Labelled:
    """A random crop of the given size, mirrored and turned (the direction's label with it), a quarter of them noisy."""
    images, orientation = _cropped(batch.images, size, draw), batch.orientation
    images, orientation = _chosen(draw, images, orientation, lambda x: x.flip(3), lambda o: -o)
    images, orientation = _chosen(draw, images, orientation, lambda x: x.flip(2), lambda o: -o)
    turn = ORIENTATIONS // 2
    images, orientation = _chosen(draw, images, orientation, lambda x: x.transpose(2, 3).flip(3), lambda o: o + turn)
    share = draw.uniform(-3 * MOST_NOISE, MOST_NOISE, 1, 1, 1).clamp(min=0)
    images = images * (1 - share) + share * draw.uniform(0, 1, *images.shape[1:])
    return Labelled(images.contiguous(), batch.family, batch.palette, orientation, batch.scale)


def _cropped(images: Tensor, size: int, draw: Draw) -> Tensor:
    room = images.shape[-1] - size + 1
    corners = draw.integer(0, room, 2).tolist()
    return torch.stack([image[:, y : y + size, x : x + size] for image, (y, x) in zip(images, corners)])


def _chosen(draw: Draw, images: Tensor, orientation: Tensor, change, relabel) -> tuple[Tensor, Tensor]:
    """Applies a change to a random half of the images, and its meaning to their direction where it is known."""
    half = draw.uniform(0, 1, 1)[:, 0] < 0.5
    moved = torch.where((orientation == UNKNOWN) | ~half, orientation, relabel(orientation) % ORIENTATIONS)
    return torch.where(half[:, None, None, None], change(images), images), moved
