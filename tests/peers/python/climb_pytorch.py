"""PyTorch, as its own performance guide has it (channels last): climb_pytorch.py cpu|cuda WEIGHTS"""

import functools
import os
import sys

# Threads that wait for work would count as CPU time.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
import torch.nn.functional as F

from climb import LEARNING_RATE, answer, layer_names, read_layer, say, start_image

device, weights = sys.argv[1:]


@functools.cache
def network(layer):
    """Weight and bias of each convolution, None for a pooling."""

    def put(name):
        weight, bias = (torch.from_numpy(values).to(device) for values in read_layer(weights, name))
        return weight.contiguous(memory_format=torch.channels_last), bias

    return [put(name) if name else None for name in layer_names(layer)]


def climber(layer, channels, size, seed):
    parts = network(layer)

    def objective(image, channel):
        x = image
        for part in parts:
            x = F.relu(F.conv2d(x, *part, padding=1)) if part else F.max_pool2d(x, 2, 2)
        return x[:, channel].mean()

    def step(image, channel):
        image = image.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(objective(image, channel), image)
        return (image + LEARNING_RATE * gradient).detach()

    start = torch.from_numpy(start_image(size, seed)).to(device).permute(2, 0, 1)[None]
    start = start.contiguous(memory_format=torch.channels_last)
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    return [start] * len(channels), objective, step, lambda image: wait()


if device == "cuda" and not torch.cuda.is_available():
    say(unavailable=f"PyTorch {torch.__version__} finds no CUDA device")
    sys.exit()
about = {"version": torch.__version__}
if device == "cuda":
    about["device"] = torch.cuda.get_device_name()
say(about=about)
answer(climber)
