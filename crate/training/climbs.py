"""Reads what `vggscope render` wrote, and says how far a first step goes."""

import csv
from dataclasses import dataclass
from pathlib import Path

#: Side of the notes' image in pixels.
SIDE = 150
#: The notes' learning rate.
LEARNING_RATE = 10.0
#: Wanted root mean square of the first step, in units of the start's range. Measured: with 0.03, noise of the start
#: still shows after 100 steps; with 0.12 it is gone.
FIRST_STEP = 0.12
#: No channel's gradient is taken to be smaller than this share of its layer's median, which bounds the factors.
LEAST_SHARE = 0.05


@dataclass
class FirstSteps:
    """What the first step of every channel found, in the order of channels."""

    #: Root mean square of the gradient over the image; exactly zero for a dead channel.
    gradients: list[float]
    dead: list[int]

    @staticmethod
    def read(path: Path, side: int = SIDE) -> "FirstSteps":
        """From the CSV of `vggscope render --iterations 1 --objectives` for an image of this side.

        The objective is a mean over positions, so a smaller image has larger gradients, in inverse proportion to its
        area: they are given as for an image of SIDE pixels.
        """
        with path.open(newline="") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: int(row["channel"]))
        dead = [int(row["channel"]) for row in rows if row["dead"] == "true"]
        share = (side / SIDE) ** 2 / (side * side * 3) ** 0.5
        size = [0.0 if row["dead"] == "true" else float(row["gradient_norm"]) * share for row in rows]
        return FirstSteps(size, dead)

    def median(self) -> float:
        """The middle one of the gradients that are not zero."""
        alive = sorted(size for size in self.gradients if size > 0)
        return alive[len(alive) // 2]

    def factors(self) -> list[float]:
        """By how much to multiply each channel so that LEARNING_RATE times its gradient is FIRST_STEP large."""
        median = self.median()
        usable = [max(size, LEAST_SHARE * median) if size > 0 else median for size in self.gradients]
        return [FIRST_STEP / (LEARNING_RATE * size) for size in usable]
