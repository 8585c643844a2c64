"""TensorFlow on the CPU, the way the course notes run it: climb_tensorflow.py function|eager WEIGHTS"""

import functools
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

from climb import LEARNING_RATE, answer, layer_names, read_layer, say, start_image

mode, weights = sys.argv[1:]


@functools.cache
def functions(layer, size):
    """Objective and step of one layer; as tf.function each is compiled once."""
    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(size, size, 3))
    for name in filter(None, layer_names(layer)):
        weight, bias = read_layer(weights, name)
        model.get_layer(name).set_weights([weight.transpose(2, 3, 1, 0), bias])
    features = keras.Model(model.input, model.get_layer(layer).output)

    def objective(image, channel):
        return tf.reduce_mean(features(image)[:, :, :, channel])

    def step(image, channel):
        with tf.GradientTape() as tape:
            tape.watch(image)
            value = objective(image, channel)
        return image + LEARNING_RATE * tape.gradient(value, image)

    if mode == "function":
        objective, step = tf.function(objective), tf.function(step)
    # A Python number would be compiled into the function: a new one for each channel.
    constant = functools.cache(tf.constant)
    return (
        lambda image, channel: objective(image, constant(channel)).numpy(),
        lambda image, channel: step(image, constant(channel)),
        lambda image: image.numpy(),
    )


def climber(layer, channels, size, seed):
    images = [tf.constant(start_image(size, seed)[None])] * len(channels)
    return channels, images, *functions(layer, size)


say(about={"version": f"{tf.__version__}, Keras {keras.__version__}"})
answer(climber)
