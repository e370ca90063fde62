# SPDX-License-Identifier: GPL-3.0-or-later
"""From a recipe to a shipped model: train, calibrate, measure on data that no training saw, export with the card."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ..inference.card import ModelCard
from .card_of import card_of, limits_of
from .corpus_base import Corpus
from .evaluation import logits_of
from .export import export_onnx
from .half_weights import HALVED, halved
from .judge import judge
from .loop import Progress, TrainedNetwork, train_network
from .recipes import RECIPES, Recipe


def produce_model(
    recipe: Recipe,
    corpus: Corpus,
    seed: int,
    windows: int,
    out: Path,
    checkpoint: Path,
    device: torch.device,
    threads: int,
    report: Callable[[Progress], None] = lambda progress: None,
    parent: Path | None = None,
) -> ModelCard:
    """Train `recipe` on `corpus`, then write `out` with the card that is returned.

    See `train_network` for parameters and errors, `export_onnx` for those of writing.
    """
    trained = train_network(recipe, corpus, seed, windows, checkpoint, device, threads, report, parent)
    network = (halved(trained.network) if recipe.halves else trained.network).to(device)
    calibration, test = (
        (logits_of(network, recipe.representation, parts, device), parts) for parts in (corpus.calibration(), corpus.test())
    )
    head, metrics = judge(calibration, test, corpus.labels, bursts=recipe.conditioned_bandwidth is not None)
    card = describe(recipe, corpus, seed, trained, head, metrics, hardware_name(device, threads), parent)
    export_onnx(network.cpu(), card, out)
    return card


def usual_windows(recipe: Recipe, corpus: Corpus) -> int:
    """Return the windows to see where the user names no number: of a smaller training set, as many epochs."""
    return recipe.default_windows if recipe.epochs is None else recipe.epochs * corpus.epoch_windows


def hardware_name(device: torch.device, threads: int) -> str:
    """Return what trained the model, as the card states it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {threads} of {os.cpu_count()} threads"


def describe(
    recipe: Recipe,
    corpus: Corpus,
    seed: int,
    trained: TrainedNetwork,
    head: dict[str, Any],
    metrics: dict[str, Any],
    hardware: str,
    parent: Path | None = None,
) -> ModelCard:
    """Return the card of a trained network."""
    seen = trained.windows_seen
    return card_of(
        recipe.name,
        recipe.description,
        recipe,
        corpus,
        {
            "command": command_of(recipe, corpus, seed, seen, parent),
            "windows_seen": seen,
            "hardware": hardware,
            "note": note_of(recipe, corpus, seen, trained.parent_windows_seen) + HALVED * recipe.halves,
        },
        head,
        metrics,
        parameters=sum(parameter.numel() for parameter in trained.network.parameters()),
        limits=[*limits_of(recipe, corpus, metrics), *recipe.limits],
    )


def command_of(recipe: Recipe, corpus: Corpus, seed: int, windows: int, parent: Path | None = None) -> str:
    """Return the command that repeats a run exactly."""
    usual = RECIPES.get(recipe.name, recipe)
    words = [f"rfsec train {recipe.name}", corpus.options, f"--seed {seed}", f"--windows {windows}"]
    words += [f"--batch {recipe.batch}"] if recipe.batch != usual.batch else []
    words += [f"--optimiser {recipe.optimiser}"] if recipe.optimiser != usual.optimiser else []
    words += [f"--parent {shlex.quote(parent.name)}"] if parent else []
    return " ".join(word for word in words if word)


def note_of(recipe: Recipe, corpus: Corpus, seen: int, before: int = 0) -> str:
    """Return what was seen of what the recipe asks for, of which data, and how; `before` by the parent that it started from."""
    asked = usual_windows(recipe, corpus)
    shortfall = "" if seen >= asked else f" of {asked} that the recipe asks for"
    start = f" Started from a parent that had seen {before} windows." if before else ""
    return (
        f"Saw {seen} windows{shortfall}, {corpus.note}{start} Each window is turned by a random phase. Optimiser: "
        f"{recipe.optimiser}, batches of {recipe.batch}, warm-up and cosine."
    )
