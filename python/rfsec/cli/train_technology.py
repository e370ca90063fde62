# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train technology-conv`` and the LSTMs of table IV: generated spectra, and their own loop."""

from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from .plain import plain_console
from .train_progress import refuse_unused, training_progress


def train_technology_model(
    model: str,
    seed: int,
    windows: int | None,
    epochs: int | None,
    out: Path,
    checkpoint: Path,
    device: str,
    threads: int,
    unused: dict[str, Any],
) -> None:
    """Train the classifier `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..training.loop import choose_device
    from ..training.recipes_technology import find_technology_recipe
    from ..training.technology_produce import produce_technology

    refuse_unused(f"The classifier {model} has data and steps of its own and", unused)
    recipe, chosen = find_technology_recipe(model), choose_device(device)
    wanted, rounds = recipe.windows if windows is None else windows, recipe.epochs if epochs is None else epochs
    console = plain_console()
    with training_progress(console, f"{model} on {chosen.type}") as progress:

        def made(done: int, of: int) -> None:
            progress.prepares("making the data", done, of)

        def report(standing) -> None:
            right = "" if standing.validation_accuracy is None else f", {standing.validation_accuracy:.1%}"
            text = f"loss {standing.loss:.3f}{right}, {standing.windows_per_s:,.0f} windows/s"
            progress.stands(standing.windows_seen, standing.windows_total, "windows", text)

        card = produce_technology(recipe, seed, wanted, rounds, out, checkpoint, chosen, threads, report, made)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    metrics = card.metrics
    for title, shares in (("SNR / dB", metrics.accuracy_by_snr), ("technology", metrics.accuracy_by_label)):
        table = Table(title, *(Column(name, justify="right") for name in shares), box=SIMPLE_HEAD)
        table.add_row("right", *(f"{share:.1%}" for share in shares.values()))
        console.print(table)
    console.print(f"Right: {metrics.accuracy:.1%} of the technologies. Accepted: {metrics.accepted_share:.1%}, "
                  f"{metrics.accepted_error_rate:.1%} of them wrong; of what is none of them {metrics.other_accepted_share:.1%}.")
    console.print(f"Written: {out}", soft_wrap=True)
