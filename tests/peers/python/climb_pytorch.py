"""PyTorch, as its own performance guide has it: climb_pytorch.py cpu|cuda WEIGHTS

On the CPU channels last and one image after the other, which is the fastest there; on CUDA all of them as one batch,
in 32-bit floats.
"""

import functools
import os
import sys

# Threads that wait for work would count as CPU time.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
import torch.nn.functional as F

from climb import LEARNING_RATE, answer, layer_names, read_layer, say, start_image

device, weights = sys.argv[1:]
on_gpu = device == "cuda"
layout = torch.contiguous_format if on_gpu else torch.channels_last
# The same arithmetic as ours: TF32 keeps ten bits of each factor.
torch.backends.cudnn.allow_tf32 = False
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.benchmark = True


@functools.cache
def network(layer):
    """Weight and bias of each convolution, None for a pooling."""

    def put(name):
        weight, bias = (torch.from_numpy(values).to(device) for values in read_layer(weights, name))
        return weight.contiguous(memory_format=layout), bias

    return [put(name) if name else None for name in layer_names(layer)]


def climber(layer, channels, size, seed):
    parts = network(layer)

    def objectives(images, channels):
        x = images
        for part in parts:
            x = F.relu(F.conv2d(x, *part, padding=1)) if part else F.max_pool2d(x, 2, 2)
        return x[torch.arange(len(channels)), channels].mean((1, 2))

    def step(images, channels):
        images = images.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(objectives(images, channels).sum(), images)
        return (images + LEARNING_RATE * gradient).detach()

    start = torch.from_numpy(start_image(size, seed)).to(device).permute(2, 0, 1)[None]
    batches = [channels] if on_gpu else [[channel] for channel in channels]
    starts = [start.repeat(len(batch), 1, 1, 1).contiguous(memory_format=layout) for batch in batches]
    wait = torch.cuda.synchronize if on_gpu else lambda: None
    return batches, starts, objectives, step, lambda image: wait()


if on_gpu and not torch.cuda.is_available():
    say(unavailable=f"PyTorch {torch.__version__} finds no CUDA device")
    sys.exit()
about = {"version": torch.__version__}
if on_gpu:
    about["device"] = torch.cuda.get_device_name()
say(about=about)
answer(climber)
