"""Labelled images that are computed, never photographed: textures of 61 families in 24 kinds of palette.

The idea is that of FractalDB (Kataoka et al. 2020, "Pre-training without Natural Images") and of "Learning to See by
Looking at Noise" (Baradad et al. 2021): a network can learn useful filters from images that come from formulas.
"""

from . import lattices, lines, natural, shapes  # noqa: F401  (each adds its families, in this order)
from .family import FAMILIES, Family
from .images import ORIENTATIONS, SCALES, Labelled, balanced_batch
from .palettes import PALETTES

__all__ = ["FAMILIES", "ORIENTATIONS", "PALETTES", "SCALES", "Family", "Labelled", "balanced_batch"]
