# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train joint-conv`` and the other joint models of modulation and emitter: two labels a window, and their own loop."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from ..errors import ParameterError
from .plain import plain_console
from .train_progress import refuse_unused, training_progress


def train_joint_model(
    model: str,
    data: str | None,
    seed: int,
    epochs: int | None,
    batch: int | None,
    out: Path,
    checkpoint: Path,
    device: str,
    threads: int,
    unused: dict[str, Any],
) -> None:
    """Train the joint model `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..datasets.amplifiers import WINDOW
    from ..training.joint_produce import produce_joint
    from ..training.joint_recipes import find_joint_recipe
    from ..training.loop import choose_device

    refuse_unused(f"The joint model {model} has steps of its own and", unused)
    recipe, chosen = find_joint_recipe(model), choose_device(device)
    recipe = recipe if batch is None else replace(recipe, batch=batch)
    if recipe.batch < 2:
        raise ParameterError(f"The 'batch' to train with must be at least 2 windows. Got {recipe.batch} instead.")
    if data is None:
        corpus = recipe.corpus(seed)
    elif recipe.simulated_only:
        raise ParameterError(f"The model {model} is made by its simulated data, and takes no --data. Train joint-conv or mmoe-cnn-transformer.")
    elif not data:
        raise ParameterError("The '--data' of a joint model must be a folder of recordings. Got an empty name instead; the folder here is '.'.")
    else:
        from ..datasets.joint_folder import load_joint_folder
        from ..training.joint_corpus_folder import FolderCorpus

        corpus = FolderCorpus(seed, windows=load_joint_folder(Path(data), WINDOW))
    wanted = recipe.epochs if epochs is None else epochs
    words = ["rfsec", "train", model, *(() if data is None else ("--data", Path(data).resolve().name)), "--seed", str(seed), "--epochs", str(wanted)]
    words += () if batch is None else ("--batch", str(batch))
    console = plain_console()
    with training_progress(console, f"{model} on {chosen.type}") as progress:
        progress.prepares("making the data")

        def report(standing) -> None:
            right = "".join(f", {head} {share:.1%}" for head, share in standing.accuracies.items())
            text = f"loss {standing.loss:.3f}{right}, {standing.windows_per_s:,.0f} windows/s"
            progress.stands(standing.windows_seen, standing.windows_total, "windows", text)

        card = produce_joint(recipe, corpus, shlex.join(words), wanted, out, checkpoint, chosen, threads, report)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    snrs = list(card.metrics.accuracy_by_snr)
    table = Table("right", *(Column(f"{snr} dB", justify="right") for snr in snrs), box=SIMPLE_HEAD)
    for head, one in card.metrics.by_head.items():
        table.add_row(head, *(f"{one.accuracy_by_snr[snr]:.1%}" for snr in snrs))
    table.add_row("all heads", *(f"{card.metrics.accuracy_by_snr[snr]:.1%}" for snr in snrs))
    console.print(table)
    console.print(f"Written: {out}", soft_wrap=True)
