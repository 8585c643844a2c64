"""What the Python contestants share: the conversation with the bench, vggscope's weight files, and its start image.

native.mjs describes the conversation.
"""

import json
import pathlib
import sys
import time

import numpy as np

LEARNING_RATE = 10.0
# VGG16: convolutions per block, each block but the last followed by a pooling.
BLOCKS = [2, 2, 3, 3, 3]
DTYPES = {"F16": np.float16, "F32": np.float32}


def layer_names(last):
    """The convolutions up to `last`, with None for each pooling between them."""
    for block, convolutions in enumerate(BLOCKS, start=1):
        for index in range(1, convolutions + 1):
            name = f"block{block}_conv{index}"
            yield name
            if name == last:
                return
        yield None
    raise ValueError(f"there is no layer {last}")


def read_layer(folder, name):
    """Weight (output, input, 3, 3) and bias of one convolution, as float32."""
    folder = pathlib.Path(folder)
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    data = (folder / index["weight_map"][f"{name}.weight"]).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])

    def tensor(key):
        entry = header[f"{name}.{key}"]
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + begin : 8 + length + end], DTYPES[entry["dtype"]])
        return values.reshape(entry["shape"]).astype(np.float32)

    return tensor("weight"), tensor("bias")


def start_image(size, seed):
    """vggscope's random start image, (size, size, 3): SplitMix64 from the seed, the top 24 bits of each number."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed) + np.arange(1, size * size * 3 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float32) / np.float32(2**24)).reshape(size, size, 3)


def say(**message):
    print(json.dumps(message), flush=True)


def mark(moment):
    """Lets the bench read this process's CPU time, and waits until it has."""
    say(mark=moment)
    sys.stdin.readline()


def answer(climber):
    """Answers every setting. `climber(layer, channels, size, seed)` gives what climbs together, a channel or several of
    them, the images of each, and functions: `objectives(images, channels)`, `step(images, channels)`, and `wait(images)`,
    which returns when the images are computed."""
    for line in sys.stdin:
        setting = json.loads(line)
        try:
            climb(climber, **setting)
        except Exception as error:  # the bench tells it and goes on with the others
            say(error=f"{type(error).__name__}: {error}".splitlines()[0])


def climb(climber, layer, channels, size, seed, warm, steps):
    batches, images, objectives, step, wait = climber(layer, channels, size, seed)
    first = [float(value) for batch in zip(images, batches) for value in np.atleast_1d(objectives(*batch).tolist())]

    def advance(count):
        for _ in range(count):
            for place, batch in enumerate(batches):
                images[place] = step(images[place], batch)
                wait(images[place])

    advance(warm)
    mark("start")
    started = time.perf_counter()
    advance(steps)
    wall = time.perf_counter() - started
    mark("end")
    say(wallMs=1000 * wall, objectives=first)
