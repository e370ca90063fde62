# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop of encoders: chunks of rows, one objective after the other, resumed from its checkpoint after any kill."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .beginning import begin_training
from .checkpoint import LONGEST_UNSAVED_S, load_checkpoint, restoring, save_checkpoint
from .descent import descend
from .elsewhere import made_elsewhere
from .encoder_corpus import EncoderCorpus
from .encoder_recipe import EncoderRecipe, Stage
from .loop import learning_rate_scale


@dataclass(frozen=True)
class EncoderProgress:
    """Where a run stands."""

    windows_seen: int
    windows_total: int
    loss: float
    windows_per_s: float


@dataclass(frozen=True)
class TrainedEncoder:
    """The network in evaluation mode, with the objective that it was trained for last."""

    network: nn.Module
    objective: nn.Module
    windows_seen: int


def train_encoder(
    recipe: EncoderRecipe,
    corpus: EncoderCorpus,
    windows: int,
    checkpoint: Path,
    device: torch.device,
    threads: int = 1,
    report: Callable[[EncoderProgress], None] = lambda progress: None,
) -> TrainedEncoder:
    """Train one encoder; the same call continues a run that was killed, to the same weights on a CPU.

    Parameters
    ----------
    recipe : EncoderRecipe
    corpus : EncoderCorpus
        Its seed is that of the initial weights as well.
    windows : int
        Rows to see, at least 1, rounded up to whole chunks like the first; later ones may have fewer rows that can be used, or more.
    checkpoint : Path
        Where the run is kept; read if it is there.
    device : torch.device
    threads : int
        CPU threads of PyTorch, at least 1.
    report : callable
        Called after every chunk.

    Raises
    ------
    DatasetError
        If the checkpoint is of another run or damaged.
    OutputError
        If the checkpoint cannot be written.
    ParameterError
        If a count is too small.
    """
    begin_training(corpus.seed, threads, windows=windows)
    rows, _ = corpus.chunk(0)
    usual = len(rows)
    chunks = max(len(recipe.stages), -(-windows // usual))
    identity = {"model": recipe.name, "chunks": chunks, "batch": recipe.batch, "seed": corpus.seed, "data": repr(corpus)}
    run = _Run(recipe.network(rows.shape[1:]).to(device), recipe, corpus.emitters, device)
    ends = [round(chunks * share) for share in _ends(recipe.stages)]
    if state := load_checkpoint(checkpoint, identity):
        run.restore(state, checkpoint)
    else:
        run.begin(0)

    begun, started, saved = run.chunks_done, time.monotonic(), time.monotonic()
    seen, loss = run.windows_seen, 0.0
    for number, (rows, emitters) in enumerate(made_elsewhere(corpus.chunk, begun, chunks - begun, 1), begun):
        stage = next(index for index, end in enumerate(ends) if number < end)
        if stage != run.stage:
            run.begin(stage)
        low = ends[stage - 1] if stage else 0
        x, y = torch.from_numpy(rows).to(device), torch.from_numpy(emitters).to(device)
        batches = torch.arange(len(x), device=device).tensor_split(max(1, round(len(x) / recipe.batch)))
        for step, batch in enumerate(batches):
            done = (number - low + step / len(batches)) / (ends[stage] - low)
            loss = run.step(x[batch], y[batch], recipe.learning_rate * learning_rate_scale(done))
        run.chunks_done, run.windows_seen = number + 1, run.windows_seen + len(x)
        if number + 1 == chunks or time.monotonic() - saved > LONGEST_UNSAVED_S:
            save_checkpoint(checkpoint, identity, run.state())
            saved = time.monotonic()
        speed = (run.windows_seen - seen) / (time.monotonic() - started)
        report(EncoderProgress(run.windows_seen, run.windows_seen + (chunks - number - 1) * usual, loss, speed))
    return TrainedEncoder(run.network.cpu().eval(), run.objective.cpu(), run.windows_seen)


def _ends(stages: tuple[Stage, ...]) -> list[float]:
    total = sum(stage.share for stage in stages)
    return [sum(stage.share for stage in stages[: index + 1]) / total for index in range(len(stages))]


class _Run:
    """What changes while an encoder is trained."""

    def __init__(self, network: nn.Module, recipe: EncoderRecipe, emitters: int, device: torch.device) -> None:
        self.network, self.recipe, self.emitters, self.device = network.train(), recipe, emitters, device
        self.stage, self.chunks_done, self.windows_seen = -1, 0, 0

    def begin(self, stage: int) -> None:
        """Begin a stage: its objective, and an optimiser of what it trains."""
        self.stage, chosen = stage, self.recipe.stages[stage]
        self.objective = chosen.objective(self.recipe.size, self.emitters).to(self.device)
        self.network.requires_grad_(not chosen.last_only)
        if chosen.last_only:
            self.network.last.reset_parameters()
            self.network.last.requires_grad_(True)
        self.trained = [one for one in (*self.network.parameters(), *self.objective.parameters()) if one.requires_grad]
        self.optimiser = torch.optim.Adam(self.trained, self.recipe.learning_rate, weight_decay=self.recipe.weight_decay)

    def step(self, x: torch.Tensor, y: torch.Tensor, rate: float) -> float:
        """One step of the optimiser on a batch; returns its loss."""
        loss = self.objective(self.network(x), y)
        descend(loss, rate, self.optimiser, self.trained)
        return loss.item()

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "objective": self.objective.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "stage": self.stage,
            "chunks_done": self.chunks_done,
            "windows_seen": self.windows_seen,
        }

    def restore(self, state: dict[str, Any], checkpoint: Path) -> None:
        with restoring(checkpoint):
            self.begin(state["stage"])
            self.network.load_state_dict(state["network"])
            self.objective.load_state_dict(state["objective"])
            self.optimiser.load_state_dict(state["optimiser"])
            torch.set_rng_state(state["random"])
            self.chunks_done, self.windows_seen = state["chunks_done"], state["windows_seen"]
