#!/usr/bin/env python3
"""Recomputes the files of this folder with Keras in float64. README.md has the specification.

    python generate.py                    write every file
    python generate.py NAME ...           only these: a file of golden/ without its ending,
                                          generator_check or narrow16_sharded
    python generate.py --check [NAME ...] write nothing, compare with the files instead
"""

import argparse
import json
import os
import sys
from functools import cache, partial
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from generator import (
    CONVOLUTIONS,
    FULL,
    NARROW,
    POOLED,
    image,
    sha256,
    splitmix64,
    weights,
)
from weight_files.safetensors_files import shards

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported
import keras
import tensorflow as tf

FOLDER = Path(__file__).parent
GOLDEN = FOLDER / "golden"
STORED_STEPS = (1, 2, 10, 100)


# The network


@cache
def network(seed, divisor, f16=False):
    """VGG16 in float64; with `f16` every weight is rounded to 16 bits first."""
    # An existing dtype policy ignores set_floatx: without the second call the run is silently float32.
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    model = keras.applications.VGG16(False, None, input_shape=(None, None, 3)) if divisor == 1 else narrow(divisor)
    for name, values in weights(seed, divisor).items():
        layer = model.get_layer(name)
        layer.set_weights([value.astype(np.float16) if f16 else value for value in values])
        assert layer.compute_dtype == layer.kernel.dtype == "float64"
    return model


def narrow(divisor):
    """VGG16 with every width divided."""
    model = keras.Sequential([keras.Input((None, None, 3))])
    for name, channels, _ in CONVOLUTIONS:
        model.add(keras.layers.Conv2D(channels // divisor, 3, padding="same", activation="relu", name=name))
        if name in POOLED:
            model.add(keras.layers.MaxPooling2D(2, 2))
    return model


def double(values):
    return tf.constant(values, tf.float64)


SCALINGS = {
    "none": lambda x: x,
    "caffe": lambda x: tf.reverse(x * 255, [-1]) - double([103.939, 116.779, 123.68]),
    "torch": lambda x: (x - double([0.485, 0.456, 0.406])) / double([0.229, 0.224, 0.225]),
}


@cache
def objective_and_gradient(seed, divisor, f16, layer, scaling):
    """The function of an image and a channel that is climbed."""
    whole = network(seed, divisor, f16)
    model = keras.Model(whole.inputs, whole.get_layer(layer).output)

    @tf.function(input_signature=[tf.TensorSpec([1, None, None, 3], tf.float64), tf.TensorSpec([], tf.int32)])
    def evaluate(x, channel):
        with tf.GradientTape() as tape:
            tape.watch(x)
            objective = tf.reduce_mean(tf.gather(model(SCALINGS[scaling](x)), channel, axis=-1))
        return objective, tape.gradient(objective, x)

    return evaluate


# What is stored


def squash(pixels):
    """RGBA as R's as.raster has it: all values stretched to 0..1 in double precision, then rounded half up."""
    x = pixels.astype(np.float64)
    rgb = np.floor(255 * ((x - x.min()) / (x.max() - x.min())) + 0.5).astype(np.uint8)
    return np.pad(rgb, ((0, 0), (0, 0), (0, 1)), constant_values=255)


def climb(case):
    """Every tensor of a case."""
    start = image(case["image_seed"], case["height"], case["width"])
    assert sha256(start) == case["image0_sha256"], "the start image is another one"
    function = objective_and_gradient(*(case[key] for key in ("weights_seed", "div", "f16", "layer", "scaling")))

    def evaluate(x):
        return function(x, tf.constant(case["channel"], tf.int32))

    tensors, objectives = {}, []
    x = double(start[None])
    for step in range(1, case["steps"] + 1):
        objective, gradient = evaluate(x)
        objectives.append(objective)
        if step == 1:
            tensors["grad0"] = gradient[0].numpy().astype(np.float32)
        x += case["lr"] * (tf.math.l2_normalize(gradient) if case["rule"] == "l2" else gradient)
        if step in STORED_STEPS:
            tensors[f"iter_{step}"] = x[0].numpy().astype(np.float32)
            tensors[f"rgba_{step}"] = squash(tensors[f"iter_{step}"])
    tensors["objective"] = np.array([*objectives, evaluate(x)[0]])
    # At the stored float32 image, so that it can be checked without climbing there.
    objective, gradient = evaluate(double(tensors["iter_10"][None]))
    tensors |= {"objective_at_iter_10": np.array([objective]), "grad_10": gradient[0].numpy().astype(np.float32)}
    return {name: tensor for name, tensor in tensors.items() if name in stored(case)}


def stored(case):
    """The tensors that are kept: what a test reads, fewer where they are large."""
    if case["dead"]:
        return {"objective", "grad0", "iter_100", "rgba_100"}
    kept = {"objective", "grad0", "iter_1", "iter_100", "rgba_100"}
    pixels = case["height"] * case["width"]
    if pixels <= 64 * 64:
        return kept | {"rgba_1", "iter_2", "iter_10", "rgba_10", "grad_10", "objective_at_iter_10"}
    if pixels < 150 * 150:
        kept |= {"iter_2"}
    if case["layer"] == "block1_conv2":  # float32 runs of the deeper layer have parted by then
        kept |= {"iter_10", "rgba_10"}
    return kept - {"grad0"} if case["rule"] == "l2" else kept  # it is the same as under "plain"


def activations(size):
    """Every convolution's name and output (HWC) on the square image of seed 7."""
    model = network(*FULL)
    names = [name for name, _, _ in CONVOLUTIONS]
    every = keras.Model(model.inputs, [model.get_layer(name).output for name in names])
    return zip(names, (output[0].numpy() for output in every(double(image(7, size, size)[None]))))


def summary(values):
    """Enough of a tensor to find a generator's mistake."""
    flat = values.ravel()
    bits = [f"{word:08x}" for word in flat.view(np.uint32)]
    ends = {"first3": flat[:3].tolist(), "first3_bits": bits[:3], "last_bits": bits[-1]}
    return {"shape": list(values.shape), **ends, "sha256_le_f32": sha256(values)}


def generator_check():
    record = {"splitmix64_seed_0_first4": [str(value) for value in splitmix64(0, 4)]}
    for seed, divisor in (FULL, NARROW):
        record[f"seed_{seed}_div_{divisor}"] = {
            f"{layer}/{kind}": summary(values)
            for layer, pair in weights(seed, divisor).items()
            for kind, values in zip(("kernel", "bias"), pair)
        }
    start = image(7, 64, 64)
    record["image_seed_7_64x64"] = {"first6": start.ravel()[:6].tolist(), "sha256_le_f32": sha256(start)}
    return record


# Writing and checking


def as_json(path, value, indent):
    return {path: json.dumps(value, indent=indent).encode()}


def as_golden(name, compute):
    return {GOLDEN / f"{name}.safetensors": save(compute())}


def narrow16_sharded():
    return {FOLDER / "narrow16_sharded" / name: content for name, content in shards(weights(*NARROW)).items()}


def makers():
    """By name, a function that gives paths and their bytes."""
    cases = json.loads((GOLDEN / "index.json").read_text())
    tensors = {Path(case["file"]).stem: partial(climb, case) for case in cases}
    tensors["activations_16x16"] = lambda: {name: output.astype(np.float32) for name, output in activations(16)}
    tensors["channel_means_64x64"] = lambda: {name: output.mean((0, 1)) for name, output in activations(64)}
    files = {name: partial(as_golden, name, compute) for name, compute in tensors.items()}
    files["generator_check"] = lambda: as_json(FOLDER / "generator_check.json", generator_check(), indent=1)
    files["narrow16_sharded"] = narrow16_sharded
    return files


def near(name, ours, stored):
    """Prints how far two tensors are apart; whether two float64 runs may be that far."""
    if (ours.dtype, ours.shape) != (stored.dtype, stored.shape):
        print(f"    {name}: {ours.dtype} {ours.shape}, stored {stored.dtype} {stored.shape}")
        return False
    delta = ours.astype(np.float64) - stored
    largest = np.abs(delta).max()
    relative = np.linalg.norm(delta) / (np.linalg.norm(stored.astype(np.float64)) or 1)
    good = {"uint8": largest <= 1, "float32": relative <= 1e-6, "float64": relative <= 1e-9}[ours.dtype.name]
    count = f"{np.count_nonzero(delta)} of {delta.size} differ"
    print(f"    {name}: {count}, by up to {largest:.1e}, relative L2 {relative:.1e}{'' if good else ': too far'}")
    return good


def check(path, computed):
    """Prints how a file compares; whether it is as it should be."""
    kept = path.read_bytes()
    print(f"{path.name}: {'identical' if computed == kept else 'differs'}")
    if computed == kept or path.suffix == ".json":
        return computed == kept
    ours, stored = load(computed), load(kept)
    if ours.keys() != stored.keys():
        print(f"    tensors of one file only: {sorted(ours.keys() ^ stored.keys())}")
        return False
    return all([near(name, ours[name], stored[name]) for name in sorted(ours)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files, write nothing")
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to compute (everything)")
    arguments = parser.parse_args()
    every = makers()
    if unknown := [name for name in arguments.names if name not in every]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(every)}")
    good = True
    for name in arguments.names or every:
        for path, computed in every[name]().items():
            if arguments.check:
                good &= check(path, computed)
            else:
                path.write_bytes(computed)
    sys.exit(0 if good else "Not what is stored.")


if __name__ == "__main__":
    main()
