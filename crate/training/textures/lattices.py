"""Textures that repeat one motif on a lattice."""

import math

import torch

from .canvas import Canvas, cell_noise, hexagonal_cells, hexagons, radius, square_cells, step, third, triangle
from .family import family


@family()
def honeycomb(c: Canvas):
    edge, _, _ = hexagons(c)
    return step(0.1 - edge, c.softness)


@family()
def hexagon_tiles(c: Canvas):
    edge, i, j = hexagons(c)
    return step(edge - 0.06, c.softness), cell_noise(i, j)


@family()
def triangle_tiles(c: Canvas):
    directions = (0, math.pi / 3, 2 * math.pi / 3)
    a, b, d = (torch.floor(c.u * math.cos(t) + c.v * math.sin(t)) for t in directions)
    return torch.remainder(a + b + d, 2), cell_noise(a, b, d * 0.37)


@family()
def dots(c: Canvas):
    x, y, _, _ = square_cells(c)
    return step(c.draw.uniform(0.2, 0.38) - radius(x, y), c.softness)


@family()
def coloured_dots(c: Canvas):
    x, y, i, j = hexagonal_cells(c)
    return step(c.draw.uniform(0.2, 0.38) - radius(x, y), c.softness), third(i + 2 * j)


@family()
def rings(c: Canvas):
    x, y, _, _ = square_cells(c)
    return step(0.1 - (radius(x, y) - 0.32).abs(), c.softness)


@family()
def eyes(c: Canvas):
    x, y, _, _ = hexagonal_cells(c, 0.6)
    r = radius(x, y)
    return 0.5 + 0.5 * torch.cos(r * 2 * math.pi * c.draw.uniform(2.5, 4)) * (r < 0.5)


@family(oriented=True)
def bricks(c: Canvas):
    v = c.v * 1.6
    j = torch.floor(v)
    u = c.u * 0.8 + 0.5 * torch.remainder(j, 2)
    mortar = torch.minimum(step(0.86 - triangle(v), 2.5 * c.softness), step(0.93 - triangle(u), 2 * c.softness))
    return mortar, cell_noise(torch.floor(u), j)


@family()
def basket_weave(c: Canvas):
    x, y, i, j = square_cells(c, 0.5)
    turned = torch.remainder(i + j, 2)
    return step(torch.sin(torch.where(turned > 0, x, y) * 6 * math.pi), 0.3) * 0.8 + 0.2 * turned


@family()
def weave(c: Canvas):
    x, y, i, j = square_cells(c)
    turned = torch.remainder(i + j, 2)
    along, across = torch.where(turned > 0, x, y), torch.where(turned > 0, y, x)
    return torch.cos(along * math.pi) * torch.where(across.abs() < 0.38, 1.0, 0.15), 0.3 + 0.4 * turned


@family()
def scales(c: Canvas):
    shade, colour = c.zeros(), c.zeros()
    v = c.v * 2
    for nearer in (1, 0, -1):  # a nearer row covers the one behind it
        j = torch.floor(v) + nearer
        u = c.u + 0.5 * torch.remainder(j, 2)
        i = torch.floor(u)
        r = radius(u - i - 0.5, (v - j) / 2)
        inside = r < 0.56
        shade = torch.where(inside, step(0.46 - r, 0.7 * c.softness), shade)
        colour = torch.where(inside, cell_noise(i, j), colour)
    return shade, colour


@family()
def pluses(c: Canvas):
    x, y, _, _ = square_cells(c)
    width = c.draw.uniform(0.07, 0.13)

    def bar(across, along):
        return step(width - across.abs(), c.softness) * step(0.38 - along.abs(), c.softness)

    return torch.maximum(bar(x, y), bar(y, x))


@family()
def stars(c: Canvas):
    x, y, i, j = hexagonal_cells(c, 0.7)
    return step(0.3 * (1 + 0.45 * torch.cos(5 * torch.atan2(y, x))) - radius(x, y), c.softness), cell_noise(i, j)


@family()
def flowers(c: Canvas):
    x, y, i, j = hexagonal_cells(c, 0.6)
    r = radius(x, y)
    petals = step(0.26 + 0.16 * torch.cos(6 * torch.atan2(y, x)) - r, c.softness)
    return petals * (1 - 0.7 * step(0.1 - r, c.softness)), cell_noise(i, j)


@family()
def glyphs(c: Canvas):
    x, y, i, j = square_cells(c, 0.5)
    column, row = torch.floor((x + 0.5) * 5), torch.floor((y + 0.5) * 5)
    inked = cell_noise(column + i * 5, row + j * 7, 3.0) > 0.5
    return (inked & (column < 4) & (row < 4)).float()


@family()
def nested_squares(c: Canvas):
    x, y, _, _ = square_cells(c, 0.5)
    return step(torch.cos(6 * math.pi * torch.maximum(x.abs(), y.abs())), 0.3)


@family()
def crescents(c: Canvas):
    x, y, _, _ = square_cells(c, 0.8)
    return step(0.36 - radius(x, y), c.softness) * step(radius(x - 0.16, y) - 0.28, c.softness)


@family()
def truchet_arcs(c: Canvas):
    x, y, i, j = square_cells(c)
    x = torch.where(cell_noise(i, j) > 0.5, x, -x)
    arcs = torch.minimum((radius(x + 0.5, y + 0.5) - 0.5).abs(), (radius(x - 0.5, y - 0.5) - 0.5).abs())
    return step(0.13 - arcs, c.softness)
