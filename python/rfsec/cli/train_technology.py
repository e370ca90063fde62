# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train technology-conv`` and the LSTMs of table IV: generated spectra, and their own loop."""

from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from ..errors import ParameterError

_SHARE_PER_LINE = 0.05  # where there is no terminal for a bar, a line each time that much more is done


def train_technology_model(
    model: str,
    seed: int,
    windows: int | None,
    epochs: int | None,
    out: Path | None,
    checkpoint: Path | None,
    device: str,
    threads: int,
    unused: dict[str, Any],
) -> None:
    """Train the classifier `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..training.loop import choose_device
    from ..training.recipes_technology import find_technology_recipe
    from ..training.technology_produce import produce_technology

    given = [name for name, value in unused.items() if value is not None]
    if given:
        raise ParameterError(f"The classifier {model} has data and steps of its own and takes no --{given[0].replace('_', '-')}. Leave it out.")
    recipe, chosen = find_technology_recipe(model), choose_device(device)
    wanted = recipe.windows if windows is None else windows
    if wanted < 2 * len(recipe.labels):
        raise ParameterError(f"The 'windows' to train {model} with must be at least {2 * len(recipe.labels)}. Got {wanted} instead.")
    out = out or Path("runs", f"{model}.onnx")
    checkpoint = checkpoint or Path("runs", f"{model}-seed{seed}.checkpoint")
    console, shown = Console(), 0.0
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[standing]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"{model} on {chosen.type}", total=None, standing="making the data")

        def made(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, standing="making the data")

        def report(standing) -> None:
            nonlocal shown
            right = "" if standing.validation_accuracy is None else f", {standing.validation_accuracy:.1%}"
            text = f"loss {standing.loss:.3f}{right}, {standing.windows_per_s:,.0f} windows/s"
            bar.update(task, completed=standing.windows_seen, total=standing.windows_total, standing=text)
            share = standing.windows_seen / standing.windows_total
            if not console.is_terminal and share >= shown + _SHARE_PER_LINE:
                shown = share
                console.print(f"{standing.windows_seen:,} of {standing.windows_total:,} windows: {text}")

        card = produce_technology(recipe, seed, wanted, recipe.epochs if epochs is None else epochs, out, checkpoint, chosen, threads, report, made)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    metrics = card.metrics
    for title, shares in (("SNR / dB", metrics.accuracy_by_snr), ("technology", metrics.accuracy_by_label)):
        table = Table(title, *(Column(name, justify="right") for name in shares), box=SIMPLE_HEAD)
        table.add_row("right", *(f"{share:.1%}" for share in shares.values()))
        console.print(table)
    console.print(f"Right: {metrics.accuracy:.1%} of the technologies. Accepted: {metrics.accepted_share:.1%}, {metrics.accepted_error_rate:.1%} of them wrong; "
                  f"of what is none of them {metrics.other_accepted_share:.1%}.")
    console.print(f"Written: {out}", soft_wrap=True)
