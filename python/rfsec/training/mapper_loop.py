# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop of mappers: epochs of a corpus, squared errors or their roots, resumed from its checkpoint after any kill."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from .beginning import begin_training
from .checkpoint import LONGEST_UNSAVED_S, load_checkpoint, restoring, save_checkpoint
from .loop import bf16_pays, learning_rate_scale, start_from
from .mapper_corpus import MapperCorpus
from .mapper_optimisers import make_mapper_optimisers

_LEAST_ERROR = 1e-6  # the root has no slope at nothing
_EXACT_FROM = 0.8  # share of the run from which on no bfloat16 is used: its rounding is an error of 0.4%


@dataclass(frozen=True)
class MapperProgress:
    """Where a run stands."""

    epochs_done: int
    epochs: int
    loss: float
    rows_per_s: float


@dataclass(frozen=True)
class TrainedMapper:
    """The network in evaluation mode on the CPU; `parent_rows_seen` counts all its ancestors' too."""

    network: nn.Module
    parent_rows_seen: int = 0


def train_mapper(
    corpus: MapperCorpus,
    epochs: int,
    checkpoint: Path,
    device: torch.device,
    threads: int = 1,
    report: Callable[[MapperProgress], None] = lambda progress: None,
    parent: Path | None = None,
) -> TrainedMapper:
    """Train the network of a corpus' recipe; the same call continues a run that was killed, to the same weights on a CPU.

    Parameters
    ----------
    corpus : MapperCorpus
    epochs : int
        At least 1.
    checkpoint : Path
        Where the run is kept; read if it is there.
    device : torch.device
    threads : int
        CPU threads of PyTorch, at least 1.
    report : callable
        Called after every epoch.
    parent : Path, optional
        Checkpoint of the same network to start from.

    Raises
    ------
    DatasetError
        If the checkpoint is of another run or damaged, or the parent is of another network.
    OutputError
        If the checkpoint cannot be written.
    ParameterError
        If a count is too small.
    """
    begin_training(corpus.seed, threads, epochs=epochs)
    recipe = corpus.recipe
    network = recipe.network(2 * corpus.channels.band1.shape[1])
    before, parent_sha256 = (0, None) if parent is None else start_from(parent, network, recipe.name)
    network = network.to(device).train()
    optimisers = make_mapper_optimisers(recipe, network)
    identity = {"model": recipe.name, "epochs": epochs, "batch": recipe.batch, "seed": corpus.seed, "data": corpus.sha256(),
                "parent": parent_sha256}
    first = 0
    if state := load_checkpoint(checkpoint, identity):
        with restoring(checkpoint):
            network.load_state_dict(state["best_weights"])
            for one, its_state in zip(optimisers, state["optimisers"], strict=True):
                one.load_state_dict(its_state)
            first = state["epochs_done"]
    started = saved = time.monotonic()
    for number in range(first, epochs):
        x, y, weights = (torch.from_numpy(part).to(device) for part in corpus.epoch(number))
        total, rough = torch.zeros((), device=device), bf16_pays(device) and number < _EXACT_FROM * epochs
        for start in range(0, len(x), recipe.batch):
            for group in (group for one in optimisers for group in one.param_groups):
                group["lr"] = group["peak_lr"] * learning_rate_scale((number + start / len(x)) / epochs)
            with torch.autocast(device.type, torch.bfloat16, enabled=rough):
                mapped = network(x[start : start + recipe.batch])
            errors = (mapped.float() - y[start : start + recipe.batch]).square().mean(dim=1)
            errors = errors * weights[start : start + recipe.batch]
            loss = (errors + _LEAST_ERROR).sqrt().mean() if recipe.roots else errors.mean()
            network.zero_grad()
            loss.backward()
            for one in optimisers:
                one.step()
            total += loss.detach() * len(x[start : start + recipe.batch])
        if number + 1 == epochs or time.monotonic() - saved > LONGEST_UNSAVED_S:
            state = {"best_weights": network.state_dict(), "optimisers": [one.state_dict() for one in optimisers], "epochs_done": number + 1,
                     "windows_seen": before + (number + 1) * len(x)}
            save_checkpoint(checkpoint, identity, state)
            saved = time.monotonic()
        speed = (number + 1 - first) * len(x) / (time.monotonic() - started)
        report(MapperProgress(number + 1, epochs, total.item() / len(x), speed))
    return TrainedMapper(network.cpu().eval(), before)
