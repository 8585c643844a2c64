"""Compares weights bit for bit, and says how they compare."""

import hashlib
import json

import numpy as np

from .read import INDEX, of_tensors, sharded


def same(found, expected):
    """Whether all layers are in both and all values have the same bits."""
    if found.keys() != expected.keys():
        print(f"    layers of one side only: {sorted(found.keys() ^ expected.keys())}")
        return False
    differing = total = 0
    for layer, pair in expected.items():
        for part, ours, theirs in zip(("kernel", "bias"), found[layer], pair):
            if ours.shape != theirs.shape:
                print(f"    {layer} {part}: shape {ours.shape}, expected {theirs.shape}")
                return False
            differing += np.count_nonzero(bits(ours) != bits(theirs))
            total += theirs.size
    print(f"    {len(expected)} layers, {total:,} values, {differing:,} differ")
    return differing == 0


def bits(values):
    """Those of float32, which holds every float16 and bfloat16."""
    return np.ascontiguousarray(values).astype(np.float32).view(np.uint32)


def same_folder(folder, expected, dtype):
    """Whether a converted model has these weights, in this type, and is what its index says of it."""
    metadata = json.loads((folder / INDEX).read_text())["metadata"]
    tensors = sharded(folder)
    faults = [f"{name} is {tensor.dtype}" for name, tensor in tensors.items() if tensor.dtype != dtype]
    names = {f"{layer}.{part}" for layer in expected for part in ("weight", "bias")}
    faults += [f"{name} is missing" for name in names - tensors.keys()]
    faults += [f"{name} is not expected" for name in tensors.keys() - names]
    for shard, facts in metadata["shards"].items():
        content = (folder / shard).read_bytes()
        if facts != {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}:
            faults.append(f"{shard} is not what the index says")
    if metadata["total_size"] != sum(tensor.nbytes for tensor in tensors.values()):
        faults.append("total_size is another")
    for fault in sorted(faults):
        print(f"    {fault}")
    return same(of_tensors(tensors), expected) and not faults
