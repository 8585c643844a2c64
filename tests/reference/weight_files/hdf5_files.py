"""HDF5 in the layout of Keras 1 and 2."""

import h5py
import numpy as np

from generator import POOLED, unit

OLD_NAMES = "{}_W_1:0", "{}_b_1:0"  # Keras 1, and the files that keras-applications publishes
NEW_NAMES = "{}/kernel:0", "{}/bias:0"  # Keras 2

# Above the convolutions of the published file that has them. A loader is to skip them.
TOP = {
    name: (unit(seed, 16 * size).astype(np.float32).reshape(16, size), np.zeros(size, np.float32))
    for seed, (name, size) in enumerate([("fc1", 8), ("fc2", 8), ("predictions", 10)])
}


def write(path, layers, names=OLD_NAMES, attributes=True, top=False, libver=None, filters=None):
    """A group a layer. `attributes`: also the root's backend and version. `filters`: see `chunked`."""
    groups = dict(sequence(layers)) | (TOP if top else {})
    # Old h5py wrote fixed-length strings, today's writes variable-length ones.
    strings = (lambda texts: np.array(texts, "S")) if names is OLD_NAMES else (lambda texts: [*map(str.encode, texts)])
    with h5py.File(path, "w", libver=libver) as file:
        file.attrs["layer_names"] = strings(list(groups))
        if attributes:
            file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.0.6"
        for layer, tensors in groups.items():
            group = file.create_group(layer)
            datasets = dict(zip([name.format(layer) for name in names], tensors))
            # Of a layer without weights Keras 2 stored an empty list, which numpy takes for one of floats.
            group.attrs["weight_names"] = strings(list(datasets)) if datasets else []
            for name, values in datasets.items():
                group.create_dataset(name, data=values, **(filters(name, values) if filters else {}))


def sequence(layers):
    """Every layer's name and tensors in the order of the network, those without weights among them."""
    yield "input_1", ()
    for name, pair in layers.items():
        yield name, pair
        if name in POOLED:
            yield f"{name[:6]}_pool", ()


def chunked(name, values):
    """Compressed; kernels shuffled too, and in chunks that do not divide the shape, so that those at the edge stick out."""
    if values.ndim == 1:
        return {"compression": "gzip"}
    _, _, inputs, outputs = values.shape
    return {"compression": "gzip", "shuffle": True, "chunks": (2, 3, min(inputs, 12), outputs * 5 // 8)}
