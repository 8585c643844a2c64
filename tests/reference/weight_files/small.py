"""The small weight files: how each is written and what it holds."""

from functools import cache, partial

from generator import FULL, NARROW, weights

from . import hdf5_files, keras_files, onnx_files, safetensors_files, torch_files
from .layouts import BFLOAT16, HALF, rounded, until


@cache
def small():
    """By name: a function of the path that writes the file, and the weights a reader is to find in it."""
    narrow = weights(*NARROW)
    truncated = until(weights(*FULL), "block3_conv1")

    def file(write, layers=narrow, holds=None, **options):
        return partial(write, layers=layers, **options), holds or layers

    half, bfloat16 = rounded(narrow, HALF), rounded(narrow, BFLOAT16)
    stem = "vgg16_narrow16"
    return {
        f"{stem}_tf_kernels_notop.h5": file(hdf5_files.write),
        f"{stem}_tf_kernels_notop_noattrs.h5": file(hdf5_files.write, attributes=False),
        f"{stem}_kernel_style.h5": file(hdf5_files.write, names=hdf5_files.NEW_NAMES),
        f"{stem}_with_top.h5": file(hdf5_files.write, top=True),
        f"{stem}_chunked_gzip.h5": file(hdf5_files.write, filters=hdf5_files.chunked),
        f"{stem}_latest.h5": file(hdf5_files.write, libver="latest"),
        f"{stem}.weights.h5": file(keras_files.write),
        "vgg16_trunc_block3_conv1_tf_kernels_notop.h5": file(hdf5_files.write, truncated),
        f"{stem}.safetensors": file(safetensors_files.write),
        f"{stem}_f16.safetensors": file(safetensors_files.write, half),
        f"{stem}_keras_names.safetensors": file(safetensors_files.write_keras_names),
        f"{stem}_timm.safetensors": file(safetensors_files.write_timm),
        f"{stem}_sharded": file(safetensors_files.write_sharded),
        f"{stem}.pth": file(torch_files.write),
        f"{stem}_legacy.pth": file(torch_files.write_legacy),
        f"{stem}_with_classifier.pth": file(torch_files.write, classifier=True),
        f"{stem}_nested.pth": file(torch_files.write_nested),
        f"{stem}_dataparallel.pth": file(torch_files.write_data_parallel),
        f"{stem}_features_only.pth": file(torch_files.write_features),
        f"{stem}_channels_last.pth": file(torch_files.write_channels_last),
        f"{stem}_f16.pth": file(torch_files.write_half, holds=half),
        f"{stem}_bf16.pth": file(torch_files.write_bfloat16, holds=bfloat16),
        f"{stem}_torchscript.onnx": file(onnx_files.write_torchscript, classifier=True),
        f"{stem}_dynamo.onnx": file(onnx_files.write_dynamo),
        f"{stem}_external.onnx": file(onnx_files.write_dynamo, external=True),
        f"{stem}_tf2onnx.onnx": file(keras_files.write_tf2onnx),
    }
