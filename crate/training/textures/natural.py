"""Cells, leaves, noise and other irregular textures."""

import math

import torch

from .canvas import Canvas, fraction, radius, ring_noise, spectral_noise, step, voronoi
from .family import family

# Enough scattered shapes to cover an image, and the farthest from its centre that one may lie, in pixels.
LEAVES, STROKES, BLOBS, SCATTER = 70, 26, 14, 36


@family()
def voronoi_cells(c: Canvas):
    nearest, _, identity = voronoi(c)
    return torch.ones_like(nearest), identity


@family()
def cracks(c: Canvas):
    nearest, second, _ = voronoi(c)
    return step(0.1 - (second - nearest), c.softness)


@family()
def cobbles(c: Canvas):
    nearest, second, identity = voronoi(c)
    return (1 - 1.3 * nearest).clamp(0, 1) * step(second - nearest - 0.08, c.softness), identity


def _layers(c: Canvas, inside):
    """Shapes laid over each other, their sizes spread as a power law; `inside` tells where one of a radius lies."""
    draw, shade, colour = c.draw, c.zeros(), c.draw.uniform(0, 1).expand_as(c.u)
    for _ in range(LEAVES):
        x, y = c.off_centre(SCATTER)
        size = torch.minimum(3.5 / draw.uniform(0, 1) ** 0.6, (c.period * 0.9).clamp(min=7))
        covered = inside(x, y, size)
        colour = torch.where(covered, draw.uniform(0, 1), colour)
        shade = torch.where(covered, draw.uniform(0, 0.5), shade)
    return 1 - shade, colour


@family()
def dead_leaves(c: Canvas):
    return _layers(c, lambda x, y, size: radius(x, y) < size)


@family()
def dead_rectangles(c: Canvas):
    def inside(x, y, size):
        angle = c.draw.uniform(0, math.pi)
        along = x * torch.cos(angle) + y * torch.sin(angle)
        across = y * torch.cos(angle) - x * torch.sin(angle)
        return (along.abs() < size) & (across.abs() < size * c.draw.uniform(0.4, 1))

    return _layers(c, inside)


@family(scaled=False)
def pink_noise(c: Canvas):
    return (spectral_noise(c, c.draw.uniform(0.8, 1.6)) * 0.22 + 0.5).clamp(0, 1)


@family(scaled=False)
def white_noise(c: Canvas):
    return (spectral_noise(c, c.draw.uniform(-0.3, 0.4)) * 0.25 + 0.5).clamp(0, 1)


@family()
def labyrinth(c: Canvas):
    return step(ring_noise(c), 0.15)


@family()
def leopard(c: Canvas):
    return step(ring_noise(c) - 0.9, 0.2)


@family(oriented=True)
def marble(c: Canvas):
    return 0.5 + 0.5 * torch.sin(2 * math.pi * (c.u * 0.7 + 0.45 * spectral_noise(c, 1.8)))


@family(oriented=True)
def wood(c: Canvas):
    return fraction(c.u * 0.8 + 0.3 * spectral_noise(c, 1.6, direction=c.angle, stretch=4.0))


@family(oriented=True)
def fur(c: Canvas):
    band = (1.5 / c.period, 0.5 / c.period)
    hair = spectral_noise(c, 0.3, band, direction=c.angle, stretch=c.draw.uniform(5, 9))
    return (hair * 0.25 + 0.5).clamp(0, 1)


@family()
def contour_lines(c: Canvas):
    return step(torch.sin(2 * math.pi * spectral_noise(c, 2.2) * 18 / c.period), 0.3)


@family()
def brush_strokes(c: Canvas):
    painted, length = c.zeros(), c.period * 0.9
    for _ in range(STROKES):
        x, y = c.off_centre(SCATTER)
        angle = c.draw.uniform(0, math.pi)
        along = x * torch.cos(angle) + y * torch.sin(angle)
        across = y * torch.cos(angle) - x * torch.sin(angle)
        painted = torch.maximum(painted, step(1.3 - radius((along.abs() - length).clamp(min=0), across), 0.4))
    return painted


@family()
def blobs(c: Canvas):
    height, size = c.zeros(), c.period.clamp(max=12) * 0.55
    for _ in range(BLOBS):
        x, y = c.off_centre(SCATTER)
        height = height + torch.exp(-(radius(x, y) ** 2) / size**2)
    return step(height - 0.5, 0.06)
