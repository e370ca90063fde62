# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train rffi-80211`` and the other encoders of fingerprints: their own data, their own loop."""

from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from .plain import plain_console
from .train_progress import refuse_unused, training_progress


def train_encoder(
    model: str,
    seed: int,
    windows: int | None,
    out: Path,
    checkpoint: Path,
    device: str,
    threads: int,
    unused: dict[str, Any],
) -> None:
    """Train the encoder `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..training.encoder_produce import produce_encoder
    from ..training.encoder_recipes import find_encoder_recipe
    from ..training.loop import choose_device

    refuse_unused(f"The encoder {model} has data and steps of its own and", unused)
    recipe, chosen = find_encoder_recipe(model), choose_device(device)
    corpus = recipe.corpus(seed)
    wanted, console = recipe.default_windows if windows is None else windows, plain_console()
    with training_progress(console, f"{model} on {chosen.type}") as progress:

        def report(standing) -> None:
            text = f"loss {standing.loss:.3f}, {standing.windows_per_s:,.0f} windows/s"
            progress.stands(standing.windows_seen, standing.windows_total, "windows", text)

        card = produce_encoder(recipe, corpus, wanted, out, checkpoint, chosen, threads, report)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    table = Table("condition", *(Column(name, justify="right") for name in ("pairs right", "equal error", "area under ROC")),
                  box=SIMPLE_HEAD)
    for name, one in card.metrics.conditions.items():
        table.add_row(name, f"{one.pair_accuracy:.2%}", f"{one.equal_error_rate:.2%}", f"{one.area_under_roc:.4f}")
    console.print(table)
    console.print(f"Written: {out}", soft_wrap=True)
