"""What a texture family is, and the list of them."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from .canvas import Canvas

#: A family paints the share of foreground in [0, 1] and, where it has more than one colour, which colour in [0, 1).
Painted = Tensor | tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Family:
    """One class of textures."""

    name: str
    paint: Callable[[Canvas], Painted]
    #: Whether the direction of the canvas can be told from the picture.
    oriented: bool
    #: Whether its period can.
    scaled: bool


FAMILIES: list[Family] = []


def family(*, oriented: bool = False, scaled: bool = True) -> Callable[[Callable[[Canvas], Painted]], Callable]:
    """Adds a painting function to the list, under its own name."""

    def add(paint: Callable[[Canvas], Painted]) -> Callable[[Canvas], Painted]:
        FAMILIES.append(Family(paint.__name__, paint, oriented, scaled))
        return paint

    return add
