"""What Keras writes by itself, and tf2onnx for it.

In a process of its own: TensorFlow and PyTorch's exporter both bring an LLVM, and the second one aborts the process.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from generator import POOLED


def write(path, layers):
    """By `save_weights` of Keras 3, which names the groups after the layers' classes."""
    apart(save_weights, path, layers)


def write_tf2onnx(path, layers):
    """Input NHWC and a Transpose before the first Conv; kernels OIHW, those of the last layer first in the file."""
    apart(convert, path, layers)


def apart(function, *arguments):
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def save_weights(path, layers):
    network(layers).save_weights(path)


def convert(path, layers):
    import tf2onnx

    tf2onnx.convert.from_keras(network(layers), output_path=str(path))


def network(layers):
    """VGG16's convolutions in Keras, of any widths."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    x = first = keras.Input((None, None, 3), name="input_layer")
    for name, (_, bias) in layers.items():
        x = keras.layers.Conv2D(len(bias), 3, padding="same", activation="relu", name=name)(x)
        if name in POOLED:
            x = keras.layers.MaxPooling2D(2, 2, name=f"{name[:6]}_pool")(x)
    model = keras.Model(first, x, name="vgg16")
    for name, pair in layers.items():
        model.get_layer(name).set_weights(pair)
    return model
