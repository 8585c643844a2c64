"""Broken weight files, each by one change to a good one. Names say what is broken.

Weights are those of seed 3 with every width divided by 32. The good twin of each format is among the files: a loader that
refuses it as well proves nothing.
"""

import io
import json
import struct
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import numpy_helper

from generator import weights

from . import hdf5_files, onnx_files, safetensors_files, torch_files
from .layouts import BFLOAT16, torchvision

SEED, DIVISOR = 3, 32
HTML = (
    b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1>"
    b"<p>The requested URL was not found on this server.</p></body></html>\n"
)


def bad():
    """Bytes by path inside the folder."""
    layers = weights(SEED, DIVISOR)
    return {
        **no_weights(),
        **safetensors_headers(),
        **safetensors_offsets(layers),
        **safetensors_tensors(layers),
        **shards(layers),
        **hdf5(layers),
        **pickles(),
        **checkpoints(written(torch_files.write, "good_twin.pth", layers)),
        **models(written(onnx_files.write_torchscript, "good_twin.onnx", layers)),
    }


def written(write, name, *arguments, **options):
    """The bytes a writer puts into a file of that name."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        write(path, *arguments, **options)
        return path.read_bytes()


def no_weights():
    """What lies where a weight file should: nothing, a server's error page, a pointer."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 58860632\n"
    endings = "safetensors", "h5", "pth", "onnx"
    empty = {f"zero_length.{ending}": b"" for ending in endings}
    return empty | {f"html_error_page.{ending}": HTML for ending in endings} | {"git_lfs_pointer.safetensors": pointer}


# Safetensors, byte by byte: eight bytes say how long the header is, JSON says what is where, then come the values.


def with_header(header, values=b""):
    return struct.pack("<Q", len(header)) + header + values


def safetensors_headers():
    one = '"features.0.weight":{"dtype":"F32","shape":[1],"data_offsets":[%s]}'
    headers = {
        "header_not_json": (b"this is not json at all {{{", 64),
        "header_json_array": (b"[1,2,3]", 64),
        "header_not_utf8": (b'{"\xff\xfe": 1}', 64),
        "header_deep_nesting": (b"[" * 20_000 + b"]" * 20_000, 0),
        "empty_no_tensors": (b"{}", 0),
        "duplicate_key": (f"{{{one % '0,4'},{one % '4,8'}}}".encode(), 8),
    }
    files = {f"{name}.safetensors": with_header(header, bytes(size)) for name, (header, size) in headers.items()}
    return files | {"header_len_zero.safetensors": struct.pack("<Q", 0) + bytes(64)}


def entries(tensors):
    """The header as an object, and the values behind it. bfloat16 is among the types, which the library's numpy side lacks."""
    header, values = {}, b""
    for name, tensor in tensors.items():
        place = [len(values), len(values) + tensor.nbytes]
        header[name] = {"dtype": DTYPES[tensor.dtype.name], "shape": list(tensor.shape), "data_offsets": place}
        values += tensor.tobytes()
    return header, values


DTYPES = {"float32": "F32", "bfloat16": "BF16", "int64": "I64"}


def safetensors(header, values):
    return with_header(json.dumps(header).encode(), values)


def safetensors_offsets(layers):
    """Changes to what the header says of the values, and to the file as a whole."""
    header, values = entries(torchvision(layers))
    good = safetensors(header, values)
    name = "features.2.weight"
    outputs, inputs, *_ = header[name]["shape"]
    (begin, end), last = header[name]["data_offsets"], header["features.28.bias"]["data_offsets"]

    def changed(tensor, **fields):
        return safetensors(header | {tensor: header[tensor] | fields}, values)

    files = {
        "good_twin": good,
        "truncated_data": good[: len(good) // 2],
        "truncated_header": good[:200],
        "truncated_lenfield": good[:5],
        "header_len_too_big": struct.pack("<Q", len(good) * 10) + good[8:2000],
        "header_len_u64_max": struct.pack("<Q", 2**64 - 1) + good[8:2000],
        "trailing_garbage": good + b"garbage" * 10,
        "offsets_overlap": changed(name, data_offsets=[begin - 64, end - 64]),
        "offsets_past_end": changed("features.28.bias", data_offsets=[place + 4096 for place in last]),
        "offsets_reversed": changed(name, data_offsets=[end, begin]),
        "offsets_negative": changed(name, data_offsets=[-4, end]),
        "offsets_size_mismatch": changed(name, data_offsets=[begin, end - 4]),
        "shape_product_overflow": changed(name, shape=[2**32, 2**32, 3, 3]),
        "wrong_shape_hwio_not_oihw": changed(name, shape=[3, 3, inputs, outputs]),
        "wrong_rank": changed(name, shape=[outputs, inputs * 9]),
        "dtype_unknown": changed("features.2.weight", dtype="F77"),
    }
    return {f"{name}.safetensors": content for name, content in files.items()}


def safetensors_tensors(layers):
    """Sound files with the wrong tensors."""
    tensors = torchvision(layers)

    def with_tensor(name, tensor):
        return tensors | {name: tensor}

    def with_value(name, index, value):
        tensor = tensors[name].copy()
        tensor[index] = value
        return with_tensor(name, tensor)

    def without(*names):
        return {name: tensor for name, tensor in tensors.items() if name not in names}

    second, third = tensors["features.2.weight"].shape, tensors["features.5.weight"].shape
    files = {
        "wrong_kernel_5x5": with_tensor("features.2.weight", np.zeros((*second[:2], 5, 5), np.float32)),
        "wrong_in_channels": with_tensor("features.5.weight", np.zeros((third[0], third[1] + 2, 3, 3), np.float32)),
        "dtype_bf16": {name: truncated_to_bfloat16(tensor) for name, tensor in tensors.items()},
        "dtype_i64": {name: np.round(tensor * 100).astype(np.int64) for name, tensor in tensors.items()},
        "nan_tensor": with_value("features.7.weight", (1, 2, 1, 1), np.nan),
        "inf_tensor": with_value("features.10.bias", 3, np.inf),
        "missing_layer_features7": without("features.7.weight", "features.7.bias"),
        "missing_bias_features12": without("features.12.bias"),
    }
    return {f"{name}.safetensors": safetensors(*entries(tensors)) for name, tensors in files.items()}


def truncated_to_bfloat16(tensor):
    """The upper halves of the float32 values: no rounding, so that a test can make them by a shift."""
    return (tensor.view(np.uint32) >> 16).astype(np.uint16).view(BFLOAT16)


def shards(layers):
    """Folders: one in which the index names shards that are missing, one in which it names files elsewhere."""
    files = {f"sharded_missing_shard/{name}": content for name, content in safetensors_files.shards(layers).items()}
    for number in range(4, 14):
        del files[f"sharded_missing_shard/model-{number:05}-of-00013.safetensors"]
    weight_map = {"features.0.weight": "../../../../etc/passwd", "features.0.bias": "/etc/passwd"}
    index = json.dumps({"metadata": {"total_size": 4}, "weight_map": weight_map}, indent=1)
    return files | {"sharded_path_traversal/model.safetensors.index.json": index.encode()}


def hdf5(layers):
    def with_kernel(layer, change):
        kernel, bias = layers[layer]
        return file(layers | {layer: (change(kernel), bias)})

    def file(layers):
        return written(hdf5_files.write, "weights.h5", layers)

    good = file(layers)
    files = {
        "good_twin": good,
        "truncated": good[: len(good) * 6 // 10],
        "truncated_superblock": good[:40],
        "bad_signature": b"\x89HDX" + good[4:4096],
        "missing_layer_block2_conv2": file(layers | {"block2_conv2": ()}),
        "wrong_shape": with_kernel("block1_conv2", lambda kernel: kernel[:, :, :-1]),
        "wrong_dtype_i64": with_kernel("block1_conv1", lambda kernel: kernel.astype(np.int64)),
        "big_endian_kernel": with_kernel("block1_conv1", lambda kernel: kernel.astype(">f4")),
    }
    return {f"{name}.h5": content for name, content in files.items()}


# PyTorch. The pickles are written by hand and never loaded here. All that one could do is leave a file that says so.


def pickles():
    command = b"echo FIXTURE_PICKLE_WAS_EXECUTED > FIXTURE_PICKLE_WAS_EXECUTED"
    expression = b"__import__('os').system('" + command + b"')"

    def call(function, argument):
        """GLOBAL, BINUNICODE, TUPLE1, REDUCE."""
        module, name = function.split(b".")
        return b"\x80\x02c" + module + b"\n" + name + b"\nX" + struct.pack("<I", len(argument)) + argument + b"\x85R."

    def short(text):
        return b"\x8c" + bytes([len(text)]) + text

    system = call(b"os.system", command)
    without_global = b"\x80\x04" + short(b"posix") + short(b"system") + b"\x93" + short(command) + b"\x85R."
    return {
        "malicious_raw_pickle.pth": system,
        "malicious_os_system.pth": checkpoint(system),
        "malicious_posix_stack_global.pth": checkpoint(without_global),
        "malicious_builtin_eval.pth": checkpoint(call(b"__builtin__.eval", expression)),
        "pickle_truncated.pth": checkpoint(system[:6]),
        "pickle_no_stop.pth": checkpoint(b"\x80\x02}q\x00"),
        "zip_without_data_pkl.pth": zipped({"readme.txt": b"no pickle here"}),
    }


def checkpoint(pickle):
    return zipped({"archive/data.pkl": pickle, "archive/byteorder": b"little", "archive/version": b"3\n"})


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return file.getvalue()


def checkpoints(good):
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    short = {name: content[:8] if name.endswith("/data/2") else content for name, content in members.items()}
    return {"good_twin.pth": good, "truncated.pth": good[: len(good) * 6 // 10], "short_storage.pth": zipped(short)}


def models(good):
    def changed(change):
        model = onnx.load_from_string(good)
        change(model.graph, {tensor.name: tensor for tensor in model.graph.initializer})
        return model.SerializeToString()

    def retyped(tensors, name, change):
        tensors[name].CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensors[name]).copy()), name))

    def nan(values):
        values[1, 2, 1, 1] = np.nan
        return values

    def missing_bias(graph, tensors):
        """A sound model: the bias of a Conv may be left out."""
        graph.initializer.remove(tensors["features.12.bias"])
        next(node for node in graph.node if "features.12.bias" in node.input).input.remove("features.12.bias")

    def external(graph, tensors):
        tensor = tensors["features.0.weight"]
        onnx.external_data_helper.set_external_data(tensor, "../../../../etc/passwd", 0, len(tensor.raw_data))
        tensor.ClearField("raw_data")

    return {
        "good_twin.onnx": good,
        "truncated.onnx": good[: len(good) * 6 // 10],
        "missing_bias.onnx": changed(missing_bias),
        "external_path_traversal.onnx": changed(external),
        "nan_tensor.onnx": changed(lambda _, tensors: retyped(tensors, "features.7.weight", nan)),
        "dtype_i64.onnx": changed(
            lambda _, tensors: retyped(
                tensors, "features.0.weight", lambda values: np.round(values * 100).astype(np.int64)
            )
        ),
    }
