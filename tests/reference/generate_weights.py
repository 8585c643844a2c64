#!/usr/bin/env python3
"""Makes weight files of every format from a seed, and checks converted ones. README.md lists them and what to install.

    python generate_weights.py small --out DIR      write the small files of weights/
    python generate_weights.py small --check        write nothing, compare their values with the files of weights/
    python generate_weights.py bad --out DIR        write the broken files of bad/
    python generate_weights.py bad --check          write nothing, compare with the files of bad/
    python generate_weights.py full --format FORMAT --out PATH [--seed 2024]
                                                    write a file of real size, 14,714,688 numbers, as h5, h5-noattrs,
                                                    keras3 (PATH ends in .weights.h5), safetensors, safetensors-f16,
                                                    sharded (PATH is a folder), pth, pth-legacy or onnx
    python generate_weights.py read-back PATH [--seed 2024]
                                                    load such a file into the VGG16 of keras.applications (.h5) or of
                                                    torchvision (.pth, .safetensors, a folder of shards), compare
    python generate_weights.py check-folder DIR --against SEED_OR_PATH --dtype f32|f16
                                                    compare a model that vggscope converted with a seed's weights of
                                                    real size, or with what the format's own library reads from PATH

Values are compared bit for bit. The exit status says whether all are as they should be.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from generator import FULL, weights

FOLDER = Path(__file__).parent
DTYPES = {"f32": np.float32, "f16": np.float16}

# Each command imports what it needs: PyTorch and TensorFlow take seconds, and TensorFlow is best kept out of a process
# that exports to ONNX.


def small(arguments):
    from weight_files.small import small

    if arguments.check:
        return check_small(small())
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, (write, _) in small().items():
        write(arguments.out / name)
    return True


def check_small(files):
    """By values: memory addresses and the time are among the bytes."""
    from weight_files.compare import same
    from weight_files.read import read

    good = True
    with TemporaryDirectory() as folder:
        for name, (write, holds) in files.items():
            print(name)
            write(Path(folder, name))
            good &= same(read(FOLDER / "weights" / name), holds) and same(read(Path(folder, name)), holds)
    return good


def bad(arguments):
    from weight_files.bad import bad

    kept = {path.relative_to(FOLDER / "bad"): path for path in FOLDER.glob("bad/**/*") if path.is_file()}
    files = {Path(name): content for name, content in bad().items()}
    if arguments.check:
        names = files.keys() | kept.keys()
        differing = [name for name in names if name not in kept or files.get(name) != kept[name].read_bytes()]
        print(f"{len(names)} files,", f"not as stored: {sorted(map(str, differing))}" if differing else "all identical")
        return not differing
    for name, content in files.items():
        (arguments.out / name).parent.mkdir(parents=True, exist_ok=True)
        (arguments.out / name).write_bytes(content)
    return True


def full(arguments):
    from weight_files.full import FORMATS

    if arguments.format not in FORMATS:
        sys.exit(f"Formats: {', '.join(FORMATS)}")
    FORMATS[arguments.format](arguments.out, weights(arguments.seed, 1))
    return True


def read_back(arguments):
    from weight_files.compare import same
    from weight_files.layouts import rounded
    from weight_files.read import read
    from weight_files.read_back import read_back

    stored = read(arguments.path)["block1_conv1"][0].dtype
    return same(read_back(arguments.path), rounded(weights(arguments.seed, 1), stored))


def check_folder(arguments):
    from weight_files.compare import same_folder
    from weight_files.layouts import rounded
    from weight_files.read import read

    against, dtype = arguments.against, DTYPES[arguments.dtype]
    expected = weights(int(against), 1) if against.isdigit() else read(against)
    return same_folder(arguments.folder, rounded(expected, dtype), dtype)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run):
        added = commands.add_parser(name)
        added.set_defaults(run=run)
        return added

    for name, run in (("small", small), ("bad", bad)):
        what = command(name, run).add_mutually_exclusive_group(required=True)
        what.add_argument("--out", type=Path, metavar="DIR")
        what.add_argument("--check", action="store_true")
    added = command("full", full)
    added.add_argument("--format", required=True)
    added.add_argument("--out", required=True, type=Path, metavar="PATH")
    added.add_argument("--seed", type=int, default=FULL[0])
    added = command("read-back", read_back)
    added.add_argument("path", type=Path, metavar="PATH")
    added.add_argument("--seed", type=int, default=FULL[0])
    added = command("check-folder", check_folder)
    added.add_argument("folder", type=Path, metavar="DIR")
    added.add_argument("--against", required=True, metavar="SEED_OR_PATH")
    added.add_argument("--dtype", required=True, choices=DTYPES)
    arguments = parser.parse_args()
    sys.exit(0 if arguments.run(arguments) else "Not as it should be.")


if __name__ == "__main__":
    main()
