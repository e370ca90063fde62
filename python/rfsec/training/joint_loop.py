# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop of joint models: one loss a head, balanced, mixed precision, resumed from its checkpoint after any kill."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ..datasets.joint_windows import JointWindows
from ..inference.representations import represent
from .beginning import begin_training
from .checkpoint import LONGEST_UNSAVED_S, load_checkpoint, restoring, save_checkpoint
from .descent import descend
from .joint_corpus import JointCorpus
from .joint_recipe import JointRecipe
from .loop import bf16_pays, learning_rate_scale

_EVALUATED_AT_ONCE = 128


@dataclass(frozen=True)
class JointProgress:
    """Where a run stands; `accuracies` are the last ones on the validation set by head, empty before the first."""

    windows_seen: int
    windows_total: int
    loss: float
    accuracies: dict[str, float]
    windows_per_s: float


@torch.no_grad()
def joint_logits(network: nn.Module, windows: JointWindows, device: torch.device) -> list[np.ndarray]:
    """Return the float32 logits [n, labels] of each head; leaves the network in its own mode."""
    was_training = network.training
    network.eval()
    parts = []
    for start in range(0, len(windows), _EVALUATED_AT_ONCE):
        x = torch.from_numpy(represent("iq", windows.x[start : start + _EVALUATED_AT_ONCE]))
        parts.append([logits.float().cpu().numpy() for logits in network(x.to(device))])
    network.train(was_training)
    return [np.concatenate(head) for head in zip(*parts, strict=True)]


def train_joint(
    recipe: JointRecipe,
    corpus: JointCorpus,
    epochs: int,
    checkpoint: Path,
    device: torch.device,
    threads: int = 1,
    report: Callable[[JointProgress], None] = lambda progress: None,
) -> nn.Module:
    """Train one network; the same call continues a run that was killed, to the same weights on a CPU.

    Parameters
    ----------
    recipe : JointRecipe
    corpus : JointCorpus
        Its seed is that of the initial weights as well.
    epochs : int
        At least 1. The weights are those of the epoch with the best mean accuracy of all heads on the validation part.
    checkpoint : Path
        Where the run is kept; read if it is there.
    device : torch.device
    threads : int
        CPU threads of PyTorch, at least 1.
    report : callable
        Called after every chunk.

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
    begin_training(corpus.seed, threads, epochs=epochs)
    run = _Run(recipe, tuple(len(corpus.labels[head]) for head in recipe.heads), device)
    chunks = epochs * corpus.chunks
    identity = {"model": recipe.name, "epochs": epochs, "batch": recipe.batch, **corpus.identity}
    if state := load_checkpoint(checkpoint, identity):
        run.restore(state, checkpoint)
    validation, total = corpus.part("validation"), epochs * len(corpus.training)
    first, started, saved, loss, seen = run.chunks_done, time.monotonic(), time.monotonic(), 0.0, 0
    for number in range(first, chunks):
        part = corpus.chunk(number)
        x = torch.from_numpy(represent("iq", part.x)).to(device)
        y = [torch.from_numpy(getattr(part, head).astype(np.int64)).to(device) for head in recipe.heads]
        batches = torch.arange(len(x), device=device).tensor_split(max(1, round(len(x) / recipe.batch)))
        for step, batch in enumerate(batches):
            rate = recipe.learning_rate * learning_rate_scale((number + step / len(batches)) / chunks)
            loss = run.step(x[batch], [labels[batch] for labels in y], rate)
        run.chunks_done, seen = number + 1, seen + len(x)
        ends_epoch = (number + 1) % corpus.chunks == 0
        if ends_epoch:
            run.end_epoch(joint_logits(run.network, validation, device), validation)
        if ends_epoch or time.monotonic() - saved > LONGEST_UNSAVED_S:
            save_checkpoint(checkpoint, identity, run.state())
            saved = time.monotonic()
        done = min(total, round(total * (number + 1) / chunks))
        report(JointProgress(done, total, loss, run.accuracies, seen / (time.monotonic() - started)))
    run.network.load_state_dict(run.best_weights)
    return run.network.cpu().eval()


class _Run:
    """What changes while a joint network is trained."""

    def __init__(self, recipe: JointRecipe, labels: tuple[int, ...], device: torch.device) -> None:
        self.heads = recipe.heads
        self.network = recipe.network(labels).to(device).train()
        self.balance = recipe.balance(len(labels)).to(device)
        # The balance's own parameters, where it has any, are no weights that should decay.
        groups = [{"params": self.network.parameters()}, {"params": self.balance.parameters(), "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.best_weights, self.best_accuracy = copy.deepcopy(self.network.state_dict()), -1.0
        self.accuracies: dict[str, float] = {}
        self.losses, self.steps, self.chunks_done = torch.zeros(len(labels)), 0, 0

    def step(self, x: torch.Tensor, y: list[torch.Tensor], rate: float) -> float:
        """One step of the optimiser on a batch; returns the mean loss of the heads."""
        with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16_pays(x.device)):
            logits = self.network(x)
        losses = torch.stack([nn.functional.cross_entropy(one.float(), labels) for one, labels in zip(logits, y, strict=True)])
        descend(self.balance(losses), rate, self.optimiser, self.network.parameters())
        self.losses, self.steps = self.losses + losses.detach().cpu(), self.steps + 1
        return losses.mean().item()

    def end_epoch(self, logits: list[np.ndarray], validation: JointWindows) -> None:
        """Balance by the epoch's losses, and keep the weights where they are the best so far."""
        self.balance.end_epoch((self.losses / self.steps).to(next(self.network.parameters()).device))
        self.losses, self.steps = torch.zeros_like(self.losses), 0
        self.accuracies = {
            head: float(np.mean(values.argmax(1) == getattr(validation, head)))
            for head, values in zip(self.heads, logits, strict=True)
        }
        accuracy = sum(self.accuracies.values()) / len(self.accuracies)
        if accuracy >= self.best_accuracy:
            self.best_accuracy, self.best_weights = accuracy, copy.deepcopy(self.network.state_dict())

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "balance": self.balance.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "losses": self.losses,
            **{name: getattr(self, name) for name in ("steps", "chunks_done", "accuracies", "best_accuracy", "best_weights")},
        }

    def restore(self, state: dict[str, Any], checkpoint: Path) -> None:
        with restoring(checkpoint):
            self.network.load_state_dict(state["network"])
            self.balance.load_state_dict(state["balance"])
            self.optimiser.load_state_dict(state["optimiser"])
            torch.set_rng_state(state["random"])
            for name in ("losses", "steps", "chunks_done", "accuracies", "best_accuracy", "best_weights"):
                setattr(self, name, state[name])
