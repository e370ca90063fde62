# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: a corpus' chunks, cross-entropy, mixed precision, resumed from its checkpoint after any kill."""

import copy
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import DatasetError, ParameterError
from .beginning import begin_training
from .checkpoint import LONGEST_UNSAVED_S, load_checkpoint, load_parent, restoring, save_checkpoint
from .corpus_base import Corpus
from .descent import descend
from .evaluation import accuracy_of, logits_of
from .optimisers import make_optimiser
from .recipe import Recipe
from .stream import stream_chunks

_WARM_UP = 0.03  # share of the run
_FINAL_RATE = 0.01  # of the peak
_MOST_WORKERS = 12  # threads that prepare data for a GPU


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
    """The network with its best weights, in evaluation mode on the CPU; `parent_windows_seen` counts all its ancestors' too."""

    network: nn.Module
    windows_seen: int
    validation_accuracy: float
    parent_windows_seen: int = 0


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
    corpus: Corpus,
    seed: int,
    windows: int,
    checkpoint: Path,
    device: torch.device,
    threads: int = 1,
    report: Callable[[Progress], None] = lambda progress: None,
    parent: Path | None = None,
) -> TrainedNetwork:
    """Train one network; the same call continues a run that was killed, to the same weights on a CPU.

    Parameters
    ----------
    recipe : Recipe
    corpus : Corpus
        What it trains and validates on.
    seed : int
        Of initial weights and dropout; the corpus' own.
    windows : int
        Windows to see, rounded up to whole chunks of the corpus.
    checkpoint : Path
        Where the run is kept; read if it is there.
    device : torch.device
    threads : int
        CPU threads of PyTorch.
    report : callable
        Called after every chunk.
    parent : Path, optional
        Checkpoint to start from: of the same network, or of the float network that one with quantised weights is made from.

    Raises
    ------
    DatasetError
        If the checkpoint is of another run or damaged, or the parent is of another network.
    OutputError
        If the checkpoint cannot be written.
    ParameterError
        If a count is too small, or recipe, corpus and seed do not go together.
    """
    _check(recipe, corpus, seed)
    begin_training(seed, threads, windows=windows)
    network = recipe.network(len(corpus.labels))
    _check_length(network, min(corpus.lengths), recipe.name, corpus.name)
    before, parent_sha256 = (0, None) if parent is None else start_from(parent, network, recipe.name)
    network = network.to(device).train()
    validation = corpus.validation()
    chunks = corpus.chunks_for(windows)
    total = corpus.windows_in(chunks)
    optimiser, peak_rate = make_optimiser(recipe, network)
    run = _Run(network, optimiser, copy.deepcopy(network.state_dict()))
    identity = {
        "model": recipe.name,
        "batch": recipe.batch,
        "optimiser": recipe.optimiser,
        "windows": total,
        "representation": recipe.representation,
        "parent": parent_sha256,
        **corpus.identity,
    }
    if state := load_checkpoint(checkpoint, identity):
        run.restore(state, checkpoint)

    first, started, saved, loss = run.chunks_done, time.monotonic(), time.monotonic(), torch.zeros(())
    workers = min(os.cpu_count() or 1, _MOST_WORKERS) if device.type == "cuda" else 1
    for number, (x, y) in enumerate(stream_chunks(corpus, recipe.representation, first, chunks - first, workers), first):
        x, y = x.to(device), y.to(device)
        # A last batch of one window is left out: batch normalisation needs two.
        for start in range(0, len(x) - 1, recipe.batch):
            rate = peak_rate * learning_rate_scale((number + start / len(x)) / chunks)
            loss = _step(run, x[start : start + recipe.batch], y[start : start + recipe.batch], rate)

        run.chunks_done = done = number + 1
        validates = corpus.validates_after(done) or done == chunks
        if validates:
            with _mixed_precision(device):
                logits = logits_of(network, recipe.representation, validation, device)
            run.keep_if_best(accuracy_of(logits, validation))
        if validates or time.monotonic() - saved > LONGEST_UNSAVED_S:
            save_checkpoint(checkpoint, identity, run.state() | {"windows_seen": before + corpus.windows_in(done)})
            saved = time.monotonic()
        seen = corpus.windows_in(done)
        speed = (seen - corpus.windows_in(first)) / (time.monotonic() - started)
        last = run.best_accuracy if run.best_accuracy >= 0 else None
        report(Progress(seen, total, loss.item(), last, speed))

    network.load_state_dict(run.best_weights)
    return TrainedNetwork(network.cpu().eval(), total, run.best_accuracy, before)


def start_from(parent: Path, network: nn.Module, name: str) -> tuple[int, str]:
    """Give the network of a recipe's name the weights of its parent; return how many windows those have seen, and the file's SHA-256.

    The SHA-256 tells a run's parent from others in its identity. Raises DatasetError where the parent is no checkpoint, or of another
    network.
    """
    loaded = load_parent(parent)
    take = getattr(network, "load_parent", network.load_state_dict)
    try:
        take(loaded.weights)
    except (RuntimeError, KeyError, TypeError):
        raise DatasetError(f"The parent '{parent}' is not the network that {name} starts from.") from None
    return loaded.windows_seen, loaded.sha256


def _check(recipe: Recipe, corpus: Corpus, seed: int) -> None:
    if recipe.batch < 2:
        raise ParameterError(f"The 'batch' to train with must be at least 2 windows. Got {recipe.batch} instead.")
    if seed != corpus.seed:
        raise ParameterError(f"The 'seed' of a run must be that of its data, {corpus.seed}. Got {seed} instead.")
    if recipe.window is not None and corpus.lengths != (recipe.window,):
        lengths = ", ".join(map(str, corpus.lengths))
        raise ParameterError(
            f"The windows to train {recipe.name} with must have {recipe.window} samples. {corpus.name} has {lengths} instead."
        )


@torch.no_grad()
def _check_length(network: nn.Module, length: int, name: str, data: str) -> None:
    """Raise ParameterError where windows of `length` samples are too short for a network's layers."""
    try:
        network.eval()(torch.zeros(2, 2, length))
    except RuntimeError:  # the layer that fails says nothing of windows
        raise ParameterError(f"The windows to train {name} with are too short for its layers: {data} has {length} samples. Take longer ones.") from None


@dataclass
class _Run:
    """What changes while a network is trained, and what a checkpoint keeps of it."""

    network: nn.Module
    optimiser: torch.optim.Optimizer
    best_weights: dict[str, torch.Tensor]
    best_accuracy: float = -1.0
    chunks_done: int = 0

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "chunks_done": self.chunks_done,
            "best_accuracy": self.best_accuracy,
            "best_weights": self.best_weights,
        }

    def restore(self, state: dict[str, Any], checkpoint: Path) -> None:
        with restoring(checkpoint):
            self.network.load_state_dict(state["network"])
            self.optimiser.load_state_dict(state["optimiser"])
            torch.set_rng_state(state["random"])
            self.chunks_done, self.best_accuracy = state["chunks_done"], state["best_accuracy"]
            self.best_weights = state["best_weights"]

    def keep_if_best(self, accuracy: float) -> None:
        if accuracy >= self.best_accuracy:
            self.best_accuracy, self.best_weights = accuracy, copy.deepcopy(self.network.state_dict())


def _mixed_precision(device: torch.device) -> torch.autocast:
    """Training and validation in bfloat16 where that pays; what a card states is measured in float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=bf16_pays(device))


def _step(run: _Run, x: torch.Tensor, y: torch.Tensor, rate: float) -> torch.Tensor:
    """One step of the optimiser on a batch; returns its loss."""
    with _mixed_precision(x.device):
        logits = run.network(x)
    loss = nn.functional.cross_entropy(logits.float(), y)
    descend(loss, rate, run.optimiser, run.network.parameters())
    return loss.detach()
