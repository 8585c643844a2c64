"""Colours: 24 classes of palettes, of four colours each."""

import torch
from torch import Tensor

from .canvas import Draw

# 0-7: shades of one of eight hues; 8-15: such a hue and its complement; 16-21: one of six hues and that a third of the
# circle on; 22: greys; 23: any colours.
PALETTES = 24
_COMPLEMENT, _THIRD, _GREY, _ANY = 8, 16, 22, 23


def palettes(draw: Draw, classes: Tensor) -> Tensor:
    """Colours (images, 4, 3), RGB in [0, 1], for palette classes (images,): background, foreground, two more."""
    thirds, grey, free = (classes >= _THIRD) & (classes < _GREY), classes == _GREY, classes == _ANY
    shades = classes < _COMPLEMENT
    hue = torch.where(thirds, (classes - _THIRD) / 6, (classes % 8) / 8)
    apart = torch.where(thirds, 1 / 3, torch.where(shades | grey | free, 0.0, 0.5))
    # The background has the first hue, the foreground the second, a third colour the first again, the last either.
    second = torch.cat([draw.integer(0, 1, 1), draw.integer(1, 2, 1), draw.integer(0, 1, 1), draw.integer(0, 2, 1)], 1)
    hues = hue[:, None] + apart[:, None] * second + draw.uniform(-0.035, 0.035, 4)
    hues = torch.where(free[:, None], draw.uniform(0, 1, 4), hues)
    saturations = torch.where(grey[:, None], draw.uniform(0, 0.06, 4), draw.uniform(0.5, 1, 4))
    values = draw.uniform(0.4, 1, 4)
    # In one hue only lightness tells the colours apart.
    values = torch.where((shades | grey)[:, None], _steps(draw), values)
    values[:, 1:] = _told_apart(values[:, 1:], values[:, :1])
    return hsv_to_rgb(hues % 1, saturations, values)


def _steps(draw: Draw) -> Tensor:
    """Lightness of four colours that differ: the background dark or light, then three steps in any order."""
    steps = draw.uniform(0, 1, 3).argsort(1) * 0.2 + draw.uniform(0.42, 0.54, 3)
    from_dark = torch.cat([draw.uniform(0.05, 0.22, 1), steps], 1)
    return torch.where(draw.uniform(0, 1, 1) < 0.5, from_dark, 1.02 - from_dark)


def _told_apart(foreground: Tensor, background: Tensor) -> Tensor:
    """Moves lightness that is nearly the background's away from it: a texture that cannot be seen has no class."""
    away = torch.where(background > 0.6, background - 0.3, background + 0.3)
    return torch.where((foreground - background).abs() < 0.2, away, foreground)


def hsv_to_rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """RGB in a last dimension of three; everything in [0, 1]."""
    sector = torch.stack([(offset + hue * 6) % 6 for offset in (5.0, 3.0, 1.0)], -1)
    colourless = torch.minimum(sector, 4 - sector).clamp(0, 1)
    return value[..., None] * (1 - saturation[..., None] * colourless)
