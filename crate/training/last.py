"""Keeps the last iterate of every channel, and deletes the rest: all are a gigabyte a layer.

    python last.py FOLDER OUT.npy

FOLDER has one .npy a channel, (iterations, height, width, 3), from `vggscope render --iterates`; OUT is (channels, height,
width, 3), by rising channel.
"""

import argparse
import shutil
from pathlib import Path

import numpy


def last_iterates(folder: Path) -> numpy.ndarray:
    """By the names of the files, which are of one length."""
    return numpy.stack([numpy.load(file, mmap_mode="r")[-1] for file in sorted(folder.glob("*.npy"))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    numpy.save(arguments.out, last_iterates(arguments.folder))
    shutil.rmtree(arguments.folder)


if __name__ == "__main__":
    main()
