"""ONNX by PyTorch's two exporters."""

import torch

from .torch_files import Vgg

NAMES = {"input_names": ["input"], "output_names": ["output"]}


def write_torchscript(path, layers, classifier=False):
    """The exporter that was PyTorch's default up to 2.8."""
    torch.onnx.export(Vgg(layers, classifier).eval(), (torch.zeros(1, 3, 224, 224),), path, dynamo=False, **NAMES)


def write_dynamo(path, layers, external=False):
    """The default since. `external`: kernels go to a second file, PATH.data; biases, being short, stay."""
    program = torch.onnx.export(Vgg(layers).eval(), (torch.zeros(1, 3, 224, 224),), dynamo=True, verbose=False, **NAMES)
    # Metadata of each node says what Python code it came from, by its path on the exporting machine.
    for node in program.model.graph:
        node.metadata_props.clear()
    program.save(path, external_data=external)
