#!/usr/bin/env python3
"""Makes the good inputs that fuzzing begins with: VGG16s of one or two channels, in every layout and every way to store.

    python seeds.py FOLDER

tests/reference/README.md says what to install. The corpora are committed; this is how their first files came about.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np
import torch

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[1] / "tests" / "reference"))

from generator import CONVOLUTIONS  # noqa: E402
from weight_files import hdf5_files, keras_files, onnx_files, safetensors_files, torch_files  # noqa: E402
from weight_files.layouts import BFLOAT16, HALF, rounded, torchvision  # noqa: E402


def layers(count, width=1):
    """Kernel (HWIO) and bias of the first convolutions; numbers that are short in every float."""
    found, inputs = {}, 3
    for name, _, _ in CONVOLUTIONS[:count]:
        kernel = np.arange(9 * inputs * width, dtype=np.float32).reshape(3, 3, inputs, width) / 16
        found[name] = kernel, np.full(width, 0.5, np.float32)
        inputs = width
    return found


TWO, ALL = layers(2), layers(13)


def safetensors(folder):
    write = safetensors_files.write
    write(folder / "torchvision", ALL)
    write(folder / "f16", rounded(TWO, HALF))
    write(folder / "bf16", rounded(TWO, BFLOAT16))
    write(folder / "f64", rounded(TWO, np.float64))
    safetensors_files.write_keras_names(folder / "keras", TWO)
    safetensors_files.write_timm(folder / "timm", TWO)


def hdf5(folder):
    def write(name, count=TWO, **options):
        hdf5_files.write(folder / name, count, **options)

    write("old_names")
    write("no_attributes", attributes=False)
    write("new_names", names=hdf5_files.NEW_NAMES)
    write("latest", libver="latest")
    write("latest_dense", layers(10), libver="latest")
    write("one_layer", layers(1))
    stored = {
        "gzip": {"compression": "gzip", "chunks": True},
        "gzip_shuffle_fletcher": {"compression": "gzip", "shuffle": True, "fletcher32": True},
        "lzf": {"compression": "lzf"},
        "chunks_uneven": {"chunks": (2, 2, 2, 1)},
        "growing": {"chunks": True, "maxshape": (None, 3, 3, 1)},
        "growing_twice": {"chunks": True, "maxshape": (None, None, 3, 1)},
        "f16": {"dtype": "<f2"},
        "f64_big_endian": {"dtype": ">f8"},
        "i32": {"dtype": "<i4"},
    }
    for name, options in stored.items():
        for suffix, libver in ("", None), ("_latest", "latest"):
            dataset(folder / f"{name}{suffix}", libver, options)
    odd(folder / "odd_links")
    keras_files.write(folder / "keras3.weights.h5", TWO)
    (folder / "keras3.weights.h5").rename(folder / "keras3")


def dataset(path, libver, options):
    """One layer, its kernel stored so."""
    kernel, bias = layers(1)["block1_conv1"]
    with h5py.File(path, "w", libver=libver) as file:
        group = file.create_group("block1_conv1")
        group.create_dataset("block1_conv1_W_1:0", data=kernel, **options)
        group.create_dataset("block1_conv1_b_1:0", data=bias)


def odd(path):
    """Links that are not followed, types that are not read, a dataset in its own header."""
    kernel, bias = layers(1)["block1_conv1"]
    with h5py.File(path, "w") as file:
        group = file.create_group("block1_conv1")
        group["block1_conv1_b_1:0"] = bias
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        space, kind = h5py.h5s.create_simple(kernel.shape), h5py.h5t.IEEE_F32LE
        h5py.h5d.create(group.id, b"block1_conv1_W_1:0", kind, space, plist).write(h5py.h5s.ALL, h5py.h5s.ALL, kernel)
        file["soft"], file["elsewhere"] = h5py.SoftLink("/block1_conv1"), h5py.ExternalLink("a.h5", "/")
        group["round"] = file["/"]
        file["text"] = ["a", "b"]
        file["pairs"] = np.zeros(1, [("x", "<f4"), ("y", "S3", (2,))])


def torch_seeds(folder):
    model = torch_files.Vgg(TWO)
    tensors = model.state_dict()
    torch_files.write(folder / "state_dict", ALL)
    torch_files.write_legacy(folder / "legacy", TWO)
    torch_files.write_nested(folder / "nested", TWO)
    torch_files.write_data_parallel(folder / "data_parallel", layers(1))
    torch_files.write_channels_last(folder / "channels_last", layers(2, 2))
    torch_files.write_half(folder / "half", layers(1))
    torch_files.write_bfloat16(folder / "bfloat16", layers(1))
    for protocol in 3, 4, 5:
        torch.save(tensors, folder / f"protocol_{protocol}", pickle_protocol=protocol)
    torch.save(dict(model.named_parameters()), folder / "parameters")
    torch.save({"model": tensors, "epoch": 3, "loss": 0.5, "names": ["a", ("b", None, True)]}, folder / "checkpoint")
    both = torch.arange(28, dtype=torch.float32)
    shared = {"features.0.weight": both[:27].view(1, 3, 3, 3), "features.0.bias": both[27:]}
    torch.save(shared, folder / "one_storage")
    torch.save(shared, folder / "one_storage_legacy", _use_new_zipfile_serialization=False)
    torch.save({name: values.double() for name, values in shared.items()}, folder / "double")
    torch.save({name: values.long() for name, values in shared.items()}, folder / "long")


def onnx(folder):
    onnx_files.write_torchscript(folder / "torchscript", TWO)
    onnx_files.write_dynamo(folder / "dynamo", TWO)
    onnx_files.write_torchscript(folder / "all_layers", ALL)
    keras_files.write_tf2onnx(folder / "tf2onnx", TWO)


def index(folder):
    files = {name: f"{name.split('.')[1]}.safetensors" for name in torchvision(ALL)}
    plain = {"metadata": {"total_size": 592}, "weight_map": files}
    (folder / "plain").write_text(json.dumps(plain))
    layer = "block1_conv1"
    full = {
        "metadata": {
            "total_size": 112, "format_version": 1, "name": "tiny", "description": "", "licence": "MIT", "source": "",
            "architecture": "vgg16", "preprocessing": "caffe", "shards": {"a.safetensors": {"sha256": "00", "bytes": 112}},
        },
        "weight_map": {f"{layer}.weight": "a.safetensors", f"{layer}.bias": "a.safetensors"},
    }  # fmt: skip
    (folder / "full").write_text(json.dumps(full))
    shards = {name: {"sha256": "", "bytes": size} for name, size in (("w", 108), ("b", 4))}
    separate = {"metadata": {"shards": shards}, "weight_map": {"0.weight": "w", "0.bias": "b"}}
    (folder / "separate_files").write_text(json.dumps(separate))


def content_range(folder):
    for name, text in {"part": "bytes 8-15/100", "unknown": "bytes 8-15/*", "unsatisfied": "bytes */100"}.items():
        (folder / name).write_bytes(text.encode() + b"\x08\x08")


def main():
    torch.manual_seed(0)
    targets = {"torch": torch_seeds}
    targets |= {make.__name__: make for make in (safetensors, hdf5, onnx, index, content_range)}
    for target, make in targets.items():
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)


if __name__ == "__main__":
    main()
