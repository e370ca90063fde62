# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train kgnet`` and the other mappers of channels: the room's data, or a user's own, and their own loop."""

import shlex
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from ..errors import ParameterError

_SHARE_PER_LINE = 0.05  # where there is no terminal for a bar, a line each time that much more is done


def train_mapper_model(
    model: str,
    data: str | None,
    seed: int,
    epochs: int | None,
    out: Path | None,
    checkpoint: Path | None,
    device: str,
    threads: int,
    unused: dict[str, Any],
) -> None:
    """Train the mapper `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..datasets.channel_pairs import load_pairs
    from ..datasets.room import load_room
    from ..training.loop import choose_device
    from ..training.mapper_corpus import MapperCorpus
    from ..training.mapper_produce import produce_mapper
    from ..training.mapper_recipes import find_mapper_recipe, for_pairs

    given = [name for name, value in unused.items() if value is not None]
    if given:
        raise ParameterError(f"The mapper {model} has steps of its own and takes no --{given[0].replace('_', '-')}. Leave it out.")
    recipe, chosen = find_mapper_recipe(model), choose_device(device)
    out = out or Path("runs", f"{model}.onnx")
    checkpoint = checkpoint or Path("runs", f"{model}-seed{seed}.checkpoint")
    console, shown = Console(), 0.0
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[standing]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"{model} on {chosen.type}", total=None, standing="")

        def traced(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, standing="tracing the room")

        def report(standing) -> None:
            nonlocal shown
            text = f"loss {standing.loss:.5f}, {standing.rows_per_s:,.0f} rows/s"
            bar.update(task, completed=standing.epochs_done, total=standing.epochs, standing=text)
            share = standing.epochs_done / standing.epochs
            if not console.is_terminal and share >= shown + _SHARE_PER_LINE:
                shown = share
                console.print(f"{standing.epochs_done:,} of {standing.epochs:,} epochs: {text}")

        if data is None:
            source, channels = f"room {recipe.scenario}", load_room(recipe.scenario, traced)
        else:
            source, channels, recipe = f"pairs {Path(data).name}", load_pairs(Path(data)), for_pairs(recipe)
        wanted = recipe.epochs if epochs is None else epochs
        words = ["rfsec", "train", model, *(() if data is None else ("--data", data)), "--seed", str(seed), "--epochs", str(wanted)]
        card = produce_mapper(MapperCorpus(recipe, channels, seed), source, shlex.join(words), wanted, out, checkpoint, chosen, threads, report)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    table = Table(*(Column(name, justify="right") for name in ("SNR / dB", "bits wrong", "bits a carrier", "NMSE of features", "NMSE of H")),
                  box=SIMPLE_HEAD)
    for snr, one in card.metrics.by_snr.items():
        table.add_row(snr, f"{one.key_error_rate:.1e}", f"{one.key_generation_ratio:.2f}", f"{one.nmse:.1e}", f"{one.nmse_h:.1e}")
    console.print(table)
    console.print(f"Written: {out}", soft_wrap=True)
