# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train kgnet`` and the other mappers of channels: the room's data, or a user's own, and their own loop."""

import shlex
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from .plain import plain_console
from .train_progress import refuse_unused, training_progress


def train_mapper_model(
    model: str,
    data: str | None,
    seed: int,
    epochs: int | None,
    out: Path,
    checkpoint: Path,
    device: str,
    threads: int,
    parent: Path | None,
    unused: dict[str, Any],
) -> None:
    """Train the mapper `model` and write it; `unused` are options of other models: ParameterError where one is given."""
    from ..datasets.channel_pairs import load_pairs
    from ..datasets.room import load_room
    from ..training.beginning import check_run
    from ..training.loop import choose_device
    from ..training.mapper_corpus import MapperCorpus
    from ..training.mapper_produce import produce_mapper
    from ..training.mapper_recipes import find_mapper_recipe, for_pairs

    refuse_unused(f"The mapper {model} has steps of its own and", unused)
    recipe, chosen = find_mapper_recipe(model), choose_device(device)
    wanted = recipe.epochs if epochs is None else epochs
    check_run(seed, threads, epochs=wanted)
    console = plain_console()
    with training_progress(console, f"{model} on {chosen.type}") as progress:

        def traced(done: int, of: int) -> None:
            progress.prepares("tracing the room", done, of)

        def report(standing) -> None:
            progress.stands(standing.epochs_done, standing.epochs, "epochs", f"loss {standing.loss:.5f}, {standing.rows_per_s:,.0f} rows/s")

        if data is None:
            source, channels = f"room {recipe.scenario}", load_room(recipe.scenario, traced)
        else:
            source, channels, recipe = f"pairs {Path(data).name}", load_pairs(Path(data)), for_pairs(recipe)
        words = ["rfsec", "train", model, *(() if data is None else ("--data", Path(data).name)), "--seed", str(seed), "--epochs", str(wanted),
                 *(() if parent is None else ("--parent", parent.name))]
        card = produce_mapper(MapperCorpus(recipe, channels, seed), source, shlex.join(words), wanted, out, checkpoint, chosen, threads, report,
                              parent)
    _show(console, card, out)


def _show(console: Console, card: Any, out: Path) -> None:
    table = Table(*(Column(name, justify="right") for name in ("SNR / dB", "bits wrong", "bits a carrier", "NMSE of features", "NMSE of H")),
                  box=SIMPLE_HEAD)
    for snr, one in card.metrics.by_snr.items():
        table.add_row(snr, f"{one.key_error_rate:.1e}", f"{one.key_generation_ratio:.2f}", f"{one.nmse:.1e}", f"{one.nmse_h:.1e}")
    console.print(table)
    console.print(f"Written: {out}", soft_wrap=True)
