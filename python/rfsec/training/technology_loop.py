# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop of classifiers of spectra: batches of one length each, resumed from its checkpoint after any kill."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..datasets.seeding import Purpose, seed_sequence
from ..datasets.technology_spectra import SpectraParts, sha256_of
from .beginning import begin_training
from .checkpoint import load_checkpoint, restoring, save_checkpoint
from .descent import descend
from .loop import learning_rate_scale
from .recipes_technology import TechnologyRecipe

_EVALUATED_BINS = 1 << 16  # bins of one evaluated batch
_STATE = ("epochs_done", "best_accuracy", "best_weights")


@dataclass(frozen=True)
class TechnologyProgress:
    """Where a run stands; the accuracy is the last one on the validation set, None before the first."""

    windows_seen: int
    windows_total: int
    loss: float
    validation_accuracy: float | None
    windows_per_s: float


@torch.no_grad()
def spectra_logits(network: nn.Module, parts: SpectraParts, device: torch.device) -> list[torch.Tensor]:
    """Return the logits [n, labels] of each part, on the CPU; leaves the network in its own mode."""
    was_training = network.training
    network.eval()
    found = [torch.cat([network(rows.to(device)).cpu() for rows in torch.from_numpy(part.x).split(max(1, _EVALUATED_BINS // part.x.shape[2]))])
             for part in parts]
    network.train(was_training)
    return found


def train_technology(
    recipe: TechnologyRecipe,
    training: SpectraParts,
    validation: SpectraParts,
    seed: int,
    epochs: int,
    checkpoint: Path,
    device: torch.device,
    threads: int = 1,
    report: Callable[[TechnologyProgress], None] = lambda progress: None,
) -> nn.Module:
    """Train one network; the same call continues a run that was killed, to the same weights on a CPU.

    Parameters
    ----------
    recipe : TechnologyRecipe
    training, validation : tuple of LabelledSpectra
        Of the recipe's labels.
    seed : int
        Of weights, order and mirrors.
    epochs : int
        At least 1. The weights are those of the epoch with the best validation.
    checkpoint : Path
        Where the run is kept; read if it is there.
    device : torch.device
    threads : int
        CPU threads of PyTorch, at least 1.
    report : callable
        Called after every batch.

    Returns
    -------
    nn.Module
        In evaluation mode, on the CPU.

    Raises
    ------
    DatasetError
        If the checkpoint is of another run or damaged.
    OutputError
        If the checkpoint cannot be written.
    ParameterError
        If a count is too small.
    """
    begin_training(seed, threads, epochs=epochs)
    network = recipe.network(len(recipe.labels)).to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    windows = sum(map(len, training))
    identity = {"model": recipe.name, "epochs": epochs, "batch": recipe.batch, "seed": seed, "data": sha256_of(training)}
    now = {"epochs_done": 0, "best_accuracy": -1.0, "best_weights": copy.deepcopy(network.state_dict())}
    if state := load_checkpoint(checkpoint, identity):
        with restoring(checkpoint):
            network.load_state_dict(state["network"])
            optimiser.load_state_dict(state["optimiser"])
            torch.set_rng_state(state["random"])
            now = {name: state[name] for name in _STATE}
    started, seen, accuracy = time.monotonic(), 0, None
    first = now["epochs_done"]
    for epoch in range(first, epochs):
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, seed, epoch, (8, 2)))
        batches = _batches(training, recipe.batch, rng)
        for number, (part, rows) in enumerate(batches):
            rate = recipe.learning_rate * learning_rate_scale((epoch + number / len(batches)) / epochs)
            x = torch.from_numpy(part.x[rows]).to(device)
            x = x.flip(2) if rng.random() < 0.5 else x  # a mirrored band is as good a one
            loss = nn.functional.cross_entropy(network(x), torch.from_numpy(part.label[rows].astype(np.int64)).to(device))
            descend(loss, rate, optimiser, network.parameters())
            seen += len(rows)
            report(TechnologyProgress(first * windows + seen, epochs * windows, loss.item(), accuracy, seen / (time.monotonic() - started)))
        right = [logits.argmax(1).numpy() == part.label for logits, part in zip(spectra_logits(network, validation, device), validation)]
        accuracy = float(np.concatenate(right).mean())
        now["epochs_done"] = epoch + 1
        if accuracy >= now["best_accuracy"]:
            now |= {"best_accuracy": accuracy, "best_weights": copy.deepcopy(network.state_dict())}
        save_checkpoint(checkpoint, identity, {"network": network.state_dict(), "optimiser": optimiser.state_dict(),
                                               "random": torch.get_rng_state(), **now})
    network.load_state_dict(now["best_weights"])
    return network.cpu().eval()


def _batches(parts: SpectraParts, size: int, rng: np.random.Generator) -> list[tuple]:
    """Divide each part into batches of about `size`, in a random order over all."""
    found = []
    for part in parts:
        count = max(1, round(len(part) / size))
        found += [(part, rows) for rows in np.array_split(rng.permutation(len(part)), count)]
    return [found[index] for index in rng.permutation(len(found))]
