"""Edges, discs, spirals: one figure an image."""

import math

import torch

from .canvas import Canvas, radius, step
from .family import family


@family()
def concentric_rings(c: Canvas):
    r = radius(*c.off_centre(12)) / c.period
    return step(torch.sin(2 * math.pi * r), 3 * c.softness)


@family(scaled=False)
def rays(c: Canvas):
    x, y = c.off_centre(10)
    return step(torch.sin(torch.atan2(y, x) * c.draw.integer(4, 13) + c.angle), c.draw.uniform(0.1, 0.5))


@family()
def spiral(c: Canvas):
    x, y = c.off_centre(8)
    arms = c.draw.sign() * c.draw.integer(2, 5)
    return step(torch.sin(2 * math.pi * radius(x, y) / c.period + arms * torch.atan2(y, x) + c.angle), 0.3)


@family(scaled=False)
def logarithmic_spiral(c: Canvas):
    x, y = c.off_centre(8)
    winding = c.draw.sign() * torch.atan2(y, x) + c.draw.uniform(0.6, 1.3) * torch.log(radius(x, y) + 1)
    return step(torch.sin(c.draw.integer(4, 9) * winding), 0.3)


@family(oriented=True, scaled=False)
def gradient(c: Canvas):
    return 0.5 + c.u * c.period / c.size * 0.7


@family(oriented=True, scaled=False)
def edge(c: Canvas):
    return step(c.across_image() + c.draw.uniform(-14, 14), c.draw.uniform(0.3, 1.2))


@family(scaled=False)
def corner(c: Canvas):
    x, y = c.off_centre(12)
    other = c.angle + c.draw.uniform(1, 2.2)
    first = step(x * torch.cos(c.angle) + y * torch.sin(c.angle), 0.6)
    return first * step(x * torch.cos(other) + y * torch.sin(other), 0.6)


@family()
def disc(c: Canvas):
    return step(c.period * 1.3 - radius(*c.off_centre(14)), 0.6)


@family(oriented=True)
def bar(c: Canvas):
    return step(c.period * 0.3 - (c.across_image() + c.draw.uniform(-12, 12)).abs(), 0.5)


@family()
def moire(c: Canvas):
    def rings_around(side: int):
        r = radius(c.x + side * 16, c.y + c.draw.uniform(-9, 9))
        return step(torch.sin(2 * math.pi * r / c.period * 1.3), 0.4)

    return 0.5 * rings_around(1) + 0.5 * rings_around(-1)
