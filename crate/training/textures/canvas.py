"""Coordinates, random numbers and small operations that every texture family draws with.

All fields are tensors of shape (images, size, size). Lengths are in pixels, or in periods of the texture where
they are called `u` and `v`; a family sees a rotated, stretched, sometimes warped plane and need not know it.
"""

import math

import torch
from torch import Tensor

# Periods that a texture's repeat may have, in pixels.
SHORTEST_PERIOD, LONGEST_PERIOD = 5.0, 20.0


class Draw:
    """Random numbers for a batch of images, one value an image, from one seeded generator."""

    def __init__(self, images: int, generator: torch.Generator):
        self.images, self.generator = images, generator

    @property
    def device(self) -> torch.device:
        return self.generator.device

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Uniform in [low, high), shaped (images, *shape); (images, 1, 1) without a shape."""
        size = (self.images, *(shape or (1, 1)))
        return torch.rand(size, generator=self.generator, device=self.device) * (high - low) + low

    def integer(self, low: int, high: int, *shape: int) -> Tensor:
        """Integers from low up to and without high, shaped as by `uniform`."""
        size = (self.images, *(shape or (1, 1)))
        return torch.randint(low, high, size, generator=self.generator, device=self.device)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal, shaped (images, *shape)."""
        return torch.randn((self.images, *shape), generator=self.generator, device=self.device)

    def sign(self) -> Tensor:
        """-1 or 1."""
        return torch.sign(self.uniform(-1, 1))


class Canvas:
    """The plane that a batch of textures is painted on."""

    def __init__(self, draw: Draw, size: int):
        self.draw, self.images, self.size = draw, draw.images, size
        axis = torch.arange(size, device=draw.device) - size / 2 + 0.5
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        #: Pixels from the centre of the image.
        self.x, self.y = x.expand(self.images, size, size), y.expand(self.images, size, size)
        #: Direction in which u grows, in [0, pi).
        self.angle = draw.uniform(0, math.pi)
        #: Pixels in one period.
        self.period = torch.exp(draw.uniform(math.log(SHORTEST_PERIOD), math.log(LONGEST_PERIOD)))
        #: Half the width of an edge, about a third of a pixel, in periods.
        self.softness = draw.uniform(0.2, 0.4) / self.period
        x, y = self._warped()
        x, y = x + draw.uniform(-20, 20), y + draw.uniform(-20, 20)
        stretch = torch.exp(draw.uniform(-0.2, 0.2))
        cos, sin = torch.cos(self.angle), torch.sin(self.angle)
        #: Periods along and across the direction.
        self.u = (x * cos + y * sin) * stretch / self.period
        self.v = (y * cos - x * sin) / stretch / self.period

    def _warped(self) -> tuple[Tensor, Tensor]:
        """Pixel coordinates; in a third of the images bent by slow waves, up to 0.8 periods high."""
        draw = self.draw
        height = ((draw.uniform(0, 1) - 0.66) * 3).clamp(min=0) * self.period * 0.8

        def wave() -> Tensor:
            along, across, phase = draw.uniform(-0.1, 0.1), draw.uniform(-0.1, 0.1), draw.uniform(0, 2 * math.pi)
            return height * torch.sin(along * self.x + across * self.y + phase)

        return self.x + wave(), self.y + wave()

    def zeros(self) -> Tensor:
        return torch.zeros_like(self.u)

    def off_centre(self, distance: float) -> tuple[Tensor, Tensor]:
        """Pixels from a point up to `distance` from the centre."""
        return self.x + self.draw.uniform(-distance, distance), self.y + self.draw.uniform(-distance, distance)

    def across_image(self) -> Tensor:
        """Pixels from the centre along the direction, never warped."""
        return self.x * torch.cos(self.angle) + self.y * torch.sin(self.angle)


def step(distance: Tensor, softness: Tensor | float) -> Tensor:
    """0 below zero, 1 above, with a soft edge."""
    return torch.sigmoid(distance / softness)


def fraction(value: Tensor) -> Tensor:
    return value - torch.floor(value)


def triangle(value: Tensor) -> Tensor:
    """A wave of period 1 from 1 (at whole numbers) to 0 and back."""
    return (fraction(value) - 0.5).abs() * 2


def cell_noise(i: Tensor, j: Tensor, salt: float | Tensor = 0.0) -> Tensor:
    """A number in [0, 1) for the cell (i, j), always the same."""
    return fraction(torch.sin(i * 127.1 + j * 311.7 + salt * 74.7) * 43758.5453)


def third(i: Tensor) -> Tensor:
    """The middle of one of three equal parts of [0, 1), by turns: neighbours never have the same colour."""
    return (torch.remainder(i, 3) + 0.5) / 3


def radius(x: Tensor, y: Tensor) -> Tensor:
    return torch.sqrt(x * x + y * y)


def square_cells(canvas: Canvas, zoom: float = 1.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A square lattice: position in the cell, each in [-0.5, 0.5), and the cell's column and row."""
    u, v = canvas.u * zoom * 0.75, canvas.v * zoom * 0.75
    i, j = torch.floor(u), torch.floor(v)
    return u - i - 0.5, v - j - 0.5, i, j


def hexagonal_cells(canvas: Canvas, zoom: float = 1.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A lattice with every second row moved by half a cell: as `square_cells`."""
    u, v = canvas.u * zoom * 0.75, canvas.v * zoom * 0.75 / 0.866
    j = torch.floor(v)
    u = u + 0.5 * torch.remainder(j, 2)
    i = torch.floor(u)
    return u - i - 0.5, (v - j - 0.5) * 0.866, i, j


def hexagons(canvas: Canvas) -> tuple[Tensor, Tensor, Tensor]:
    """Hexagonal tiles: distance to the tile's edge, and the tile's two coordinates."""
    wide = math.sqrt(3)
    u, v = canvas.u * 1.2, canvas.v * 1.2
    near = torch.round(u / wide), torch.round(v)
    far = torch.round(u / wide - 0.5) + 0.5, torch.round(v - 0.5) + 0.5
    nearer = radius(u - near[0] * wide, v - near[1]) < radius(u - far[0] * wide, v - far[1])
    i, j = (torch.where(nearer, a, b) for a, b in zip(near, far))
    x, y = (u - i * wide).abs(), (v - j).abs()
    return 0.5 - torch.maximum(y, x * 0.866 + y * 0.5), i * 2, j * 2


def voronoi(canvas: Canvas, jitter: float = 0.9) -> tuple[Tensor, Tensor, Tensor]:
    """Distances to the nearest and the second nearest of scattered points, and a number in [0, 1) for the nearest."""
    column, row = torch.floor(canvas.u), torch.floor(canvas.v)
    nearest = torch.full_like(canvas.u, 9.0)
    second, identity = nearest.clone(), canvas.zeros()
    for across in (-1, 0, 1):
        for down in (-1, 0, 1):
            i, j = column + across, row + down
            x = i + 0.5 + jitter * (cell_noise(i, j, 1.0) - 0.5)
            y = j + 0.5 + jitter * (cell_noise(i, j, 2.0) - 0.5)
            distance = radius(canvas.u - x, canvas.v - y)
            closer = distance < nearest
            second = torch.where(closer, nearest, torch.minimum(second, distance))
            identity = torch.where(closer, cell_noise(i, j, 3.0), identity)
            nearest = torch.where(closer, distance, nearest)
    return nearest, second, identity


def spectral_noise(
    canvas: Canvas,
    exponent: float | Tensor,
    band: tuple[Tensor, Tensor] | None = None,
    direction: Tensor | None = None,
    stretch: float | Tensor = 1.0,
) -> Tensor:
    """Gaussian noise of unit variance whose amplitude falls as frequency ** -exponent.

    `band` is a centre and a width in cycles per pixel; `stretch` times longer along than across `direction`.
    """
    size, device = canvas.size, canvas.x.device
    fy = torch.fft.fftfreq(size, device=device)[None, :, None]
    fx = torch.fft.rfftfreq(size, device=device)[None, None, :]
    if direction is not None:
        fx, fy = fx * torch.cos(direction) + fy * torch.sin(direction), fy * torch.cos(direction) - fx * torch.sin(direction)
    frequency = radius(fx, fy * stretch)
    amplitude = (frequency + 1 / size) ** (-exponent)
    if band is not None:
        amplitude = amplitude * torch.exp(-(((frequency - band[0]) / band[1]) ** 2) / 2)
    spectrum = torch.fft.rfft2(canvas.draw.normal(size, size)) * amplitude
    spectrum[:, 0, 0] = 0
    noise = torch.fft.irfft2(spectrum, s=(size, size))
    return noise / (noise.std((1, 2), keepdim=True) + 1e-6)


def ring_noise(canvas: Canvas) -> Tensor:
    """Noise of one wavelength, the canvas's period, in every direction."""
    return spectral_noise(canvas, 0.0, (1 / canvas.period, 0.25 / canvas.period))
