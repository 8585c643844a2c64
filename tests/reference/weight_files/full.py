"""The formats in which files of real size can be made."""

from functools import partial

from . import hdf5_files, keras_files, onnx_files, safetensors_files, torch_files
from .layouts import HALF, rounded


def write_half(path, layers):
    safetensors_files.write(path, rounded(layers, HALF))


FORMATS = {
    "h5": hdf5_files.write,
    "h5-noattrs": partial(hdf5_files.write, attributes=False),
    "keras3": keras_files.write,
    "safetensors": safetensors_files.write,
    "safetensors-f16": write_half,
    "sharded": safetensors_files.write_sharded,
    "pth": torch_files.write,
    "pth-legacy": torch_files.write_legacy,
    "onnx": onnx_files.write_torchscript,
}
