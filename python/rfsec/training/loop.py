# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: data made on the fly, AdamW, cross-entropy, resumed from its checkpoint after any kill."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from ..datasets.rml2016a import LABELS, generate
from ..datasets.seeding import Purpose
from ..errors import ParameterError
from .checkpoint import load_checkpoint, save_checkpoint
from .evaluation import accuracy_of, logits_of
from .recipes import Recipe
from .stream import TrainingData, stream_chunks

_WARM_UP = 0.03  # share of the run
_FINAL_RATE = 0.01  # of the peak
_LARGEST_GRADIENT = 1.0
_CHUNKS_PER_CHECKPOINT = 10
_VALIDATION_WINDOWS_PER_CELL = 15


@dataclass(frozen=True)
class Progress:
    """Where a run stands; `validation_accuracy` is the last one measured, None before the first."""

    windows_seen: int
    windows_total: int
    loss: float
    validation_accuracy: float | None
    windows_per_s: float


@dataclass(frozen=True)
class TrainedNetwork:
    """The network with its best weights, in evaluation mode on the CPU."""

    network: nn.Module
    windows_seen: int
    validation_accuracy: float


def choose_device(name: str) -> torch.device:
    """Return the device for "auto", "cpu" or "cuda"; ParameterError where it is not there."""
    if name not in ("auto", "cpu", "cuda"):
        raise ParameterError(f"The 'device' to train on must be auto, cpu or cuda. Got {name!r} instead.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ParameterError("The 'device' cuda needs a GPU that PyTorch can use; there is none. Use --device cpu.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def bf16_pays(device: torch.device) -> bool:
    """Whether bfloat16 is faster than float32 here: on every GPU of today, and on CPUs with instructions for it."""
    return device.type == "cuda" or torch.cpu.get_capabilities().get("avx512_bf16", False)


def learning_rate_scale(done: float) -> float:
    """Return the learning rate as a share of its peak when the share `done` of the run is over."""
    if done < _WARM_UP:
        return done / _WARM_UP
    falling = (done - _WARM_UP) / (1 - _WARM_UP)
    return _FINAL_RATE + (1 - _FINAL_RATE) * (1 + math.cos(math.pi * falling)) / 2


def train_network(
    recipe: Recipe,
    mode: str,
    seed: int,
    windows: int,
    checkpoint: Path,
    device: torch.device,
    threads: int = 1,
    report: Callable[[Progress], None] = lambda progress: None,
) -> TrainedNetwork:
    """Train one network; the same call continues a run that was killed, to the same weights on a CPU.

    Parameters
    ----------
    recipe : Recipe
    mode : str
        Of the data, "compat" or "corrected".
    seed : int
        Of data, initial weights and dropout.
    windows : int
        Windows to see, rounded up to whole chunks.
    checkpoint : Path
        Where the run is kept; read if it is there.
    device : torch.device
    threads : int
        CPU threads of PyTorch.
    report : callable
        Called after every chunk.

    Raises
    ------
    DatasetError
        If the checkpoint is of another run or damaged.
    OutputError
        If the checkpoint cannot be written.
    ParameterError
        If `windows` or `threads` is below 1.
    """
    if windows < 1 or threads < 1:
        raise ParameterError(f"The 'windows' and 'threads' to train with must be at least 1. Got {windows}, {threads}.")
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    data = TrainingData(mode, seed, recipe.representation, recipe.lowest_snr_db)
    chunks = math.ceil(windows / data.chunk_windows)
    validation = generate(mode, data.snrs_db, _VALIDATION_WINDOWS_PER_CELL, seed, Purpose.VALIDATION)
    network = recipe.network(len(LABELS)).to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay)

    identity = {"model": recipe.name, "batch": recipe.batch, "chunks": chunks, **asdict(data)}
    first, best_accuracy, best_weights = 0, -1.0, copy.deepcopy(network.state_dict())
    if state := load_checkpoint(checkpoint, identity):
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        first, best_accuracy, best_weights = state["chunks_done"], state["best_accuracy"], state["best_weights"]

    started, loss = time.monotonic(), torch.zeros(())
    workers = threads if device.type == "cuda" else 1
    for number, (x, y) in enumerate(stream_chunks(data, first, chunks - first, workers), first):
        x, y = x.to(device), y.to(device)
        for start in range(0, len(x), recipe.batch):
            rate = recipe.peak_learning_rate * learning_rate_scale((number + start / len(x)) / chunks)
            for group in optimiser.param_groups:
                group["lr"] = rate
            with torch.autocast(device.type, torch.bfloat16, enabled=bf16_pays(device)):
                logits = network(x[start : start + recipe.batch])
            loss = nn.functional.cross_entropy(logits.float(), y[start : start + recipe.batch])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_GRADIENT)
            optimiser.step()

        done = number + 1
        if done % _CHUNKS_PER_CHECKPOINT == 0 or done == chunks:
            accuracy = accuracy_of(logits_of(network, recipe.representation, validation, device), validation)
            if accuracy >= best_accuracy:
                best_accuracy, best_weights = accuracy, copy.deepcopy(network.state_dict())
            save_checkpoint(
                checkpoint,
                identity,
                {
                    "network": network.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "random": torch.get_rng_state(),
                    "chunks_done": done,
                    "best_accuracy": best_accuracy,
                    "best_weights": best_weights,
                },
            )
        speed = (done - first) * data.chunk_windows / (time.monotonic() - started)
        last = best_accuracy if best_accuracy >= 0 else None
        report(Progress(done * data.chunk_windows, chunks * data.chunk_windows, loss.item(), last, speed))

    network.load_state_dict(best_weights)
    return TrainedNetwork(network.cpu().eval(), chunks * data.chunk_windows, best_accuracy)
