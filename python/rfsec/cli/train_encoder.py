# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train rffi-80211`` and the other encoders of fingerprints: their own data, their own loop."""

from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from ..errors import ParameterError

_SHARE_PER_LINE = 0.05  # where there is no terminal for a bar, a line each time that much more is done


def train_encoder(
    model: str,
    seed: int,
    windows: int | None,
    out: Path | None,
    checkpoint: Path | None,
    device: str,
    threads: int,
    unused: dict[str, Any],
) -> None:
    """Train the encoder `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..training.encoder_produce import produce_encoder
    from ..training.encoder_recipes import find_encoder_recipe
    from ..training.loop import choose_device

    given = [name for name, value in unused.items() if value is not None]
    if given:
        raise ParameterError(f"The encoder {model} has data and steps of its own and takes no --{given[0].replace('_', '-')}. Leave it out.")
    recipe, chosen = find_encoder_recipe(model), choose_device(device)
    out = out or Path("runs", f"{model}.onnx")
    checkpoint = checkpoint or Path("runs", f"{model}-seed{seed}.checkpoint")
    console, shown = Console(), 0.0
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[standing]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"{model} on {chosen.type}", total=None, standing="")

        def report(standing) -> None:
            nonlocal shown
            text = f"loss {standing.loss:.3f}, {standing.windows_per_s:,.0f} windows/s"
            bar.update(task, completed=standing.windows_seen, total=standing.windows_total, standing=text)
            share = standing.windows_seen / standing.windows_total
            if not console.is_terminal and share >= shown + _SHARE_PER_LINE:
                shown = share
                console.print(f"{standing.windows_seen:,} of {standing.windows_total:,} windows: {text}")

        wanted = recipe.default_windows if windows is None else windows
        card = produce_encoder(recipe, recipe.corpus(seed), wanted, out, checkpoint, chosen, threads, report)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    table = Table("condition", *(Column(name, justify="right") for name in ("pairs right", "equal error", "area under ROC")),
                  box=SIMPLE_HEAD)
    for name, one in card.metrics.conditions.items():
        table.add_row(name, f"{one.pair_accuracy:.2%}", f"{one.equal_error_rate:.2%}", f"{one.area_under_roc:.4f}")
    console.print(table)
    console.print(f"Written: {out}", soft_wrap=True)
