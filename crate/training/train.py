"""Trains the network on computed textures.

    python train.py --out checkpoint.pt                     from nothing, sized for two CPU cores and three hours
    python train.py --out checkpoint.pt --long              the same at fifty times the length, for a GPU
    python train.py --out checkpoint.pt --from FILE         blocks 4 and 5 on from a checkpoint, or from convolutions
                                                            in a safetensors file
    python train.py --out checkpoint.pt --resume            on from the checkpoint that is there

Seeds are fixed. Two runs on one machine agree; other machines round differently and part.
"""

import argparse
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file

from augment import augmented
from evaluate import accuracy, held_out
from network import PlainNetwork, TrainingNetwork, unfold
from objective import loss
from textures import FAMILIES, Labelled, balanced_batch
from textures.canvas import Draw

SEED = 20240
IMAGE = 64
#: Labelled images and pure noise images in one step, split among the replicas.
BATCH, NOISE = 48, 4
#: Images of each family that are made at a time.
POOL = 16
WARM_UP = 0.06
SAVE_SECONDS = 240


@dataclass(frozen=True)
class Stage:
    """So many images at crops of one size."""

    size: int
    images: int


FROM_NOTHING = (Stage(32, 110_000), Stage(48, 80_000), Stage(64, 16_000))
ONWARD = (Stage(48, 12_500), Stage(64, 5_500))
#: Blocks 1 to 3 of a network that is trained on stay as they are: the deeper blocks need the work, and it takes half.
FROZEN_ONWARD = 7
LONGER = 50


class Source:
    """An endless stream of fresh labelled images; none comes twice."""

    def __init__(self, seed: int, device: torch.device):
        self.draw_from = torch.Generator(device).manual_seed(seed)
        self.pool, self.used = balanced_batch(POOL, IMAGE, self.draw_from), 0

    def next(self, count: int, size: int) -> Labelled:
        if self.used + count > len(self.pool.family):
            self.pool, self.used = balanced_batch(POOL, IMAGE, self.draw_from), 0
        rows = torch.arange(self.used, self.used + count, device=self.draw_from.device)
        self.used += count
        return augmented(self.pool.pick(rows), size, Draw(count, self.draw_from))


class Replica:
    """One copy of the network that shares the parameters, with its own images: one a CPU core, or one on the GPU."""

    def __init__(self, shared: TrainingNetwork, seed: int):
        self.network = TrainingNetwork().to(next(shared.parameters()).device)
        self.network.load_state_dict(shared.state_dict())
        self.network.freeze(shared.frozen)
        for mine, parameter in zip(self.network.parameters(), shared.parameters()):
            mine.data = parameter.data
        self.source = Source(seed, next(shared.parameters()).device)

    def backward(self, labelled: int, noise: int, size: int) -> tuple[float, float]:
        """Fills the gradients of one share of a batch; gives the loss and the share of families told right."""
        if self.source.draw_from.device.type == "cpu":
            torch.set_num_threads(1)
        batch = self.source.next(labelled, size)
        white = Draw(noise, self.source.draw_from).uniform(0, 1, 3, size, size)
        outputs = self.network(torch.cat([batch.images, white]), labelled)
        self.network.zero_grad()
        value = loss(outputs, batch)
        value.backward()
        told = outputs.heads["block5_conv3"][1]["family"].argmax(1)
        return value.item(), (told == batch.family).float().mean().item()


class Trainer:
    """The network, its replicas and its optimiser."""

    def __init__(self, network: TrainingNetwork, learning_rate: float, replicas: int, seed: int):
        self.network, self.peak = network, learning_rate
        self.replicas = [Replica(network, seed + number) for number in range(replicas)]
        self.workers = ThreadPoolExecutor(replicas)
        trained = [p for p in network.parameters() if p.requires_grad]
        kernels, others = [p for p in trained if p.ndim > 1], [p for p in trained if p.ndim == 1]
        groups = [{"params": kernels, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=learning_rate, betas=(0.9, 0.99))

    def step(self, size: int, progress: float) -> tuple[float, float]:
        """One update; `progress` in [0, 1] sets the learning rate."""
        count = len(self.replicas)
        shares = (BATCH // count, NOISE // count, size)
        results = list(self.workers.map(lambda replica: replica.backward(*shares), self.replicas))
        for parameters in zip(self.network.parameters(), *(r.network.parameters() for r in self.replicas)):
            if parameters[0].requires_grad:
                parameters[0].grad = sum(p.grad for p in parameters[1:]) / count
        for group in self.optimiser.param_groups:
            group["lr"] = self.peak * schedule(progress)
        self.optimiser.step()
        self._gather_statistics()
        return tuple(sum(values) / count for values in zip(*results))

    @torch.no_grad()
    def _gather_statistics(self) -> None:
        """Running means and variances: the replicas' mean."""
        for shared, *copies in zip(self.network.buffers(), *(r.network.buffers() for r in self.replicas)):
            shared.copy_(sum(copies) / len(copies) if shared.is_floating_point() else copies[0])


def schedule(progress: float) -> float:
    """A linear warm-up, then half a cosine down to a hundredth."""
    if progress < WARM_UP:
        return progress / WARM_UP
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP)))


def start(arguments: argparse.Namespace, device: torch.device) -> TrainingNetwork:
    torch.manual_seed(SEED)
    if arguments.start is None:
        return TrainingNetwork().to(device)
    if arguments.start.suffix == ".pt":
        network = TrainingNetwork().to(device)
        network.load_state_dict(torch.load(arguments.start, map_location=device)["network"])
        network.freeze(FROZEN_ONWARD)
        return network
    plain = PlainNetwork.from_tensors({name: t.to(device) for name, t in load_file(arguments.start).items()})
    images = balanced_batch(4, IMAGE, torch.Generator(device).manual_seed(SEED)).images
    network = unfold(plain, images)
    network.freeze(FROZEN_ONWARD)
    return network


def train(arguments: argparse.Namespace) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stages = FROM_NOTHING if arguments.start is None else ONWARD
    factor = LONGER if arguments.long else 1
    network = start(arguments, device)
    saved = torch.load(arguments.out, map_location=device) if arguments.resume else None
    if saved:
        network.load_state_dict(saved["network"])
    seen = saved["seen"] if saved else 0
    # A resumed run draws new images, from a seed of its own.
    trainer = Trainer(network, arguments.learning_rate, 1 if device.type == "cuda" else 2, SEED + 2 + seen)
    if saved:
        trainer.optimiser.load_state_dict(saved["optimiser"])
    total = sum(stage.images for stage in stages) * factor
    last, began, report = time.monotonic(), time.monotonic(), [0.0, 0.0, 0]

    def save() -> None:
        state = {"network": network.state_dict(), "optimiser": trainer.optimiser.state_dict(), "seen": seen}
        unfinished = Path(f"{arguments.out}.part")
        torch.save(state, unfinished)
        unfinished.replace(arguments.out)

    end = 0
    for stage in stages:
        end += stage.images * factor
        while seen < end:
            value, told = trainer.step(stage.size, seen / total)
            seen += BATCH
            report = [report[0] + value, report[1] + told, report[2] + 1]
            if report[2] == 20:
                print(
                    f"{time.monotonic() - began:6.0f} s  {seen:7d} of {total} images at {stage.size} px"
                    f"  loss {report[0] / 20:.3f}  families {report[1] / 20:.3f}",
                    flush=True,
                )
                report = [0.0, 0.0, 0]
            if time.monotonic() - last > SAVE_SECONDS:
                save()
                last = time.monotonic()
    save()
    torch.set_num_threads(2)
    print(f"held-out images told right among {len(FAMILIES)} families: {accuracy(network, held_out(device)):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, help="a checkpoint or folded convolutions to go on from")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
