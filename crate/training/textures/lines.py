"""Gratings, grids and other textures of straight lines."""

import math

import torch

from .canvas import Canvas, cell_noise, fraction, square_cells, step, third, triangle
from .family import family


@family(oriented=True)
def sine_grating(c: Canvas):
    return 0.5 + 0.5 * torch.sin(2 * math.pi * c.u)


@family(oriented=True)
def stripes(c: Canvas):
    return step(triangle(c.u) - c.draw.uniform(0.35, 0.65), 2 * c.softness)


@family(oriented=True)
def thin_lines(c: Canvas):
    return step(triangle(c.u) - c.draw.uniform(0.75, 0.85), 2 * c.softness)


@family(oriented=True)
def coloured_stripes(c: Canvas):
    return step(triangle(c.u) - 0.5, 2 * c.softness), third(torch.round(c.u))


@family()
def plaid(c: Canvas):
    bands = step(triangle(c.u) - 0.5, 2 * c.softness) + step(triangle(c.v) - 0.5, 2 * c.softness)
    return 0.4 * bands + 0.2 * step(triangle(c.u * 0.5) - 0.8, c.softness)


@family()
def checks(c: Canvas):
    return step(torch.sin(math.pi * c.u) * torch.sin(math.pi * c.v), 3 * c.softness)


@family(oriented=True)
def diamonds(c: Canvas):
    return step(triangle(c.u) + triangle(c.v * 0.5) - 1, 3 * c.softness)


@family()
def square_grid(c: Canvas):
    return torch.maximum(step(triangle(c.u) - 0.8, 2 * c.softness), step(triangle(c.v) - 0.8, 2 * c.softness))


@family()
def triangular_grid(c: Canvas):
    directions = (0, math.pi / 3, 2 * math.pi / 3)
    lines = [step(triangle(c.u * math.cos(a) + c.v * math.sin(a)) - 0.8, 2 * c.softness) for a in directions]
    return torch.stack(lines).amax(0)


@family(oriented=True)
def waves(c: Canvas):
    return step(torch.sin(2 * math.pi * (c.u + 0.35 * torch.sin(math.pi * c.v))), 0.35)


@family(oriented=True)
def zigzag(c: Canvas):
    return step(torch.sin(2 * math.pi * (c.u + 0.6 * triangle(c.v * 0.5))), 0.35)


@family(oriented=True)
def herringbone(c: Canvas):
    side = torch.remainder(torch.floor(c.v * 0.5), 2) * 2 - 1
    return step(torch.sin(2 * math.pi * (c.u + side * c.v)), 0.35) * 0.85 + 0.07 * (side + 1)


@family()
def hatching(c: Canvas):
    angle = c.draw.uniform(0.5, 1.2)
    crossed = c.u * torch.cos(angle) + c.v * torch.sin(angle)
    return torch.maximum(step(triangle(c.u) - 0.75, 2 * c.softness), step(triangle(crossed) - 0.75, 2 * c.softness))


@family(oriented=True)
def teeth(c: Canvas):
    return step(fraction(c.u) - triangle(c.v), 1.5 * c.softness)


@family()
def quasicrystal(c: Canvas):
    directions = [math.pi * k / 5 for k in range(5)]
    total = sum(torch.cos(2 * math.pi * (c.u * math.cos(a) + c.v * math.sin(a))) for a in directions)
    return (0.5 + 0.5 * total / math.sqrt(5)).clamp(0, 1)


@family()
def egg_crate(c: Canvas):
    return 0.5 + 0.25 * (torch.sin(2 * math.pi * c.u) + torch.sin(2 * math.pi * c.v))


@family()
def argyle(c: Canvas):
    a, b = c.u * 0.7 + c.v * 0.4, c.u * 0.7 - c.v * 0.4
    filled = torch.remainder(torch.floor(a) + torch.floor(b), 2)
    seams = torch.maximum(step(triangle(a + 0.25) - 0.9, c.softness), step(triangle(b + 0.25) - 0.9, c.softness))
    return filled * 0.7 + 0.3 * seams, cell_noise(torch.floor(a), torch.floor(b))


@family()
def maze(c: Canvas):
    x, y, i, j = square_cells(c)
    x = torch.where(cell_noise(i, j) > 0.5, x, -x)
    return step(0.14 - (x - y).abs() * 0.707, c.softness)
