"""From a family and a palette to an image, with the labels that a network is trained on."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .canvas import LONGEST_PERIOD, SHORTEST_PERIOD, Canvas, Draw
from .family import FAMILIES
from .palettes import PALETTES, palettes

#: Classes of direction (steps of 22.5 degrees) and of period (equal steps of its logarithm).
ORIENTATIONS, SCALES = 8, 4
#: The label of a direction or a period that cannot be told from the picture.
UNKNOWN = -1


@dataclass
class Labelled:
    """Images (images, 3, size, size), RGB in [0, 1], and a class for each."""

    images: Tensor
    family: Tensor
    palette: Tensor
    #: UNKNOWN where there is none, as for `scale`.
    orientation: Tensor
    scale: Tensor

    def pick(self, indices: Tensor) -> "Labelled":
        """Some of the images, in the order of the indices."""
        return Labelled(*(getattr(self, name)[indices] for name in self.__dataclass_fields__))


def paint(number: int, images: int, size: int, generator: torch.Generator) -> Labelled:
    """Images of one family, counted from 0."""
    family = FAMILIES[number]
    draw = Draw(images, generator)
    canvas = Canvas(draw, size)
    painted = family.paint(canvas)
    share, colour = painted if isinstance(painted, tuple) else (painted, None)
    palette = draw.integer(0, PALETTES, 1)[:, 0]
    coloured = _coloured(share.clamp(0, 1).expand_as(canvas.x), colour, palettes(draw, palette))
    return Labelled(
        images=_photographed(canvas, coloured),
        family=torch.full_like(palette, number),
        palette=palette,
        orientation=_orientation(canvas) if family.oriented else torch.full_like(palette, UNKNOWN),
        scale=_scale(canvas) if family.scaled else torch.full_like(palette, UNKNOWN),
    )


def balanced_batch(per_family: int, size: int, generator: torch.Generator) -> Labelled:
    """The same number of images of every family, shuffled."""
    parts = [paint(number, per_family, size, generator) for number in range(len(FAMILIES))]
    whole = Labelled(*(torch.cat([getattr(p, name) for p in parts]) for name in Labelled.__dataclass_fields__))
    order = torch.randperm(len(whole.family), generator=generator, device=generator.device)
    return whole.pick(order)


def _coloured(share: Tensor, colour: Tensor | None, colours: Tensor) -> Tensor:
    """Foreground over background; `colour` in [0, 1) chooses among the three foreground colours and shades them."""
    background = colours[:, 0, :, None, None]
    if colour is None:
        foreground = colours[:, 1, :, None, None]
    else:
        colour = colour.expand_as(share)
        choice = (colour * 3).long().clamp(0, 2) + 1
        rows = torch.arange(len(colours), device=colours.device)[:, None, None]
        shade = 1 + (((colour * 7.3) % 1) - 0.5) * 0.3
        foreground = (colours[rows, choice].permute(0, 3, 1, 2) * shade[:, None]).clamp(0, 1)
    return background * (1 - share[:, None]) + foreground * share[:, None]


def _photographed(canvas: Canvas, images: Tensor) -> Tensor:
    """Less contrast, uneven light in half of the images, and a little noise."""
    draw = canvas.draw
    mean = images.mean((1, 2, 3), keepdim=True)
    images = (images - mean) * draw.uniform(0.65, 1, 1, 1, 1) + mean
    slope = (draw.uniform(-0.7, 0.7)).clamp(min=0)
    ramp = canvas.x * torch.cos(2 * canvas.angle) + canvas.y * torch.sin(2 * canvas.angle)
    lit = images * (1 + slope * ramp / canvas.size)[:, None]
    return (lit + 0.03 * draw.normal(1, canvas.size, canvas.size)).clamp(0, 1)


def _orientation(canvas: Canvas) -> Tensor:
    return (canvas.angle.flatten() / math.pi * ORIENTATIONS).round().long() % ORIENTATIONS


def _scale(canvas: Canvas) -> Tensor:
    octaves = torch.log(canvas.period.flatten() / SHORTEST_PERIOD) / math.log(LONGEST_PERIOD / SHORTEST_PERIOD)
    return (octaves * SCALES).long().clamp(0, SCALES - 1)
