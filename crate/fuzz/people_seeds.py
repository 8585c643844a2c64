#!/usr/bin/env python3
"""Makes inputs that fuzzing begins with, in the spellings that people's files have. Needs nothing but Python.

    python people_seeds.py FOLDER

The corpora are committed; this is how their files `people_*` came about.
"""

import json
import math
import pickle
import struct
import sys
import zipfile
from pathlib import Path

BLOCKS = [2, 2, 3, 3, 3]
WIDTHS = [1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 8, 8, 8]
INDICES = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
PLACES = [(block, place) for block, count in enumerate(BLOCKS, 1) for place in range(1, count + 1)]


def network(name, count=13, order="oihw", parameters=(".weight", ".bias")):
    """Shapes of the first convolutions; `name` gives a layer's name for its position."""
    shapes, inputs = {}, 3
    for position, width in enumerate(WIDTHS[:count]):
        kernel = (width, inputs, 3, 3) if order == "oihw" else (3, 3, inputs, width)
        shapes[name(position) + parameters[0]] = kernel
        shapes[name(position) + parameters[1]] = (width,)
        inputs = width
    return shapes


def indexed(prefix):
    return lambda position: f"{prefix}{INDICES[position]}"


def placed(spelling):
    return lambda position: spelling.format(*PLACES[position])


def numbers(shape):
    count = math.prod(shape)
    return struct.pack(f"<{count}e", *(number / 16 for number in range(count)))


def safetensors(shapes, other=None):
    header, data = {}, b""
    for name, shape in shapes.items():
        values = numbers(shape)
        place = [len(data), len(data) + len(values)]
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": place}
        data += values
    if other:
        header["packed"] = {"dtype": other, "shape": [4, 8], "data_offsets": [len(data), len(data) + 16]}
        data += bytes(16)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def pruned(shapes):
    found = {}
    for name, shape in shapes.items():
        if name.endswith("weight"):
            found |= {f"{name}_orig": shape, f"{name}_mask": shape}
        else:
            found[name] = shape
    return found


def safetensors_seeds():
    spelled = {
        "module": network(indexed("features.module."), 3),
        "slices": network(indexed("net.slice1."), 2),
        "conv1_1": network(placed("conv{}_{}"), 3),
        "block1_conv1_in_parts": network(placed("block{}.conv{}"), 3),
        "numpys_names": network(placed("conv{}_{}"), 3, "hwio", ("_W", "_b")),
        "by_order": network(lambda position: f"layer{position:02}.conv"),
        "pruned": pruned(network(indexed("features."), 2)),
        "two_networks": network(indexed("left.")) | network(indexed("right.")),
        "other_network": network(lambda position: f"block{position}.conv", 6),
        "normalised": network(indexed("features."), 8) | {f"features.{at}.running_mean": (1,) for at in range(8)},
    }
    seeds = {name: safetensors(shapes) for name, shapes in spelled.items()}
    return seeds | {"unknown_type": safetensors(network(indexed("features."), 2), "F4")}


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def integers(values):
    return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"


def strides(shape):
    return [math.prod(shape[position + 1 :]) for position in range(len(shape))]


def tensor(key, shape):
    count = b"J" + struct.pack("<I", math.prod(shape))
    storage = b"(" + text("storage") + b"ctorch\nHalfStorage\n" + text(key) + text("cpu") + count + b"tQ"
    arguments = storage + b"K\x00" + integers(shape) + integers(strides(shape)) + b"\x89" + b"ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + arguments + b"tR"


def state_dict(shapes):
    entries = (text(name) + tensor(str(key), shape) for key, (name, shape) in enumerate(shapes.items()))
    return b"}(" + b"".join(entries) + b"u"


def plain(value):
    """A value of Python's own as its pickle has it, without the frame."""
    return pickle.dumps(value, 2)[2:-1]


def checkpoint(path, shapes, beside):
    entries = b"".join(text(name) + value for name, value in beside.items())
    root = b"\x80\x04}(" + entries + text("state_dict") + state_dict(shapes) + b"u."
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", root)
        for key, shape in enumerate(shapes.values()):
            archive.writestr(f"a/data/{key}", numbers(shape))


BYSTANDERS = {
    "args": b"cargparse\nNamespace\n)R}" + text("lr") + b"K\x01sb",
    "tags": b"\x8f(" + text("a") + b"\x90",
    "frozen": b"(" + text("a") + b"\x91",
    "optimiser": b"ctorch.optim.sgd\nSGD\n)\x81}" + text("state") + b"}sb",
    "scalar": b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(" + text("f8") + b"K\x00K\x01tR"
    b"c_codecs\nencode\n(" + text("8") + text("latin1") + b"tRtR",
    "plain": plain([1, 2.5, None, ("a", True)]),
}
MODEL = {"model": b"ctorchvision.models.vgg\nVGG\n)\x81}" + text("_modules") + b"}sb"}


def torch_seeds(folder, hdf5):
    two = network(indexed("features."), 2)
    checkpoint(folder / "people_bystanders", two, BYSTANDERS)
    checkpoint(folder / "people_whole_model", two, MODEL)
    names = network(placed("conv{}_{}"), 2)
    checkpoint(folder / "people_conv1_1", pruned(names), {})
    for name, method in {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}.items():
        with zipfile.ZipFile(folder / f"people_keras_{name}", "w", method) as archive:
            archive.writestr("config.json", "{}")
            archive.writestr("model.weights.h5", hdf5)
    with zipfile.ZipFile(folder / "people_numpy", "w") as archive:
        archive.writestr("conv1_1_W.npy", b"\x93NUMPY\x01\x00")


def main():
    folder = Path(sys.argv[1])
    for name, seed in safetensors_seeds().items():
        (folder / "safetensors" / f"people_{name}").write_bytes(seed)
    hdf5 = (folder / "hdf5" / "one_layer").read_bytes()
    torch_seeds(folder / "torch", hdf5)


if __name__ == "__main__":
    main()
