# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train MODEL``: train a network on generated data and write it with its card."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..errors import ParameterError

_SHARE_PER_LINE = 0.02  # where there is no terminal for a bar, a line each time that much more is done


def train(
    model: Annotated[str, typer.Argument(help="conv-bigru or lstm-amp-phase.")],
    mode: Annotated[str, typer.Option(help="Data: compat (the published recipe) or corrected.")] = "compat",
    seed: Annotated[int, typer.Option(help="Seed of data, weights and dropout.")] = 1,
    windows: Annotated[int | None, typer.Option(help="Windows to see; default: the model's recipe.")] = None,
    out: Annotated[Path | None, typer.Option(help="ONNX file to write; default: runs/MODEL.onnx.")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="Where the run is kept and continued from.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Train MODEL, or go on where a killed run stopped: give the same command again."""
    if find_spec("torch") is None:
        raise ParameterError("Training needs PyTorch, which is not installed. Run script/bootstrap --dev.")
    from ..training.loop import Progress as Standing
    from ..training.loop import choose_device
    from ..training.produce import produce_model
    from ..training.recipes import find_recipe

    recipe = find_recipe(model)
    wanted = recipe.default_windows if windows is None else windows
    out = out or Path("runs", f"{model}.onnx")
    checkpoint = checkpoint or Path("runs", f"{model}-{mode}-seed{seed}.checkpoint")
    chosen = choose_device(device)
    console, shown = Console(), 0.0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[standing]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"{model} on {chosen.type}", total=None, standing="")

        def report(standing: Standing) -> None:
            nonlocal shown
            best = "" if standing.validation_accuracy is None else f", best {standing.validation_accuracy:.1%}"
            text = f"loss {standing.loss:.3f}{best}, {standing.windows_per_s:,.0f} windows/s"
            bar.update(task, completed=standing.windows_seen, total=standing.windows_total, standing=text)
            share = standing.windows_seen / standing.windows_total
            if not console.is_terminal and share >= shown + _SHARE_PER_LINE:
                shown = share
                console.print(f"{standing.windows_seen:,} of {standing.windows_total:,} windows: {text}")

        card = produce_model(recipe, mode, seed, wanted, out, checkpoint, chosen, threads, report)
    by_snr = "  ".join(f"{snr}: {share:.0%}" for snr, share in card.metrics.accuracy_by_snr.items())
    console.print(f"Accuracy by SNR (dB): {by_snr}")
    console.print(f"Accuracy over 0 to 18 dB: {card.metrics.accuracy_0_to_18_db:.1%} ({card.metrics.test_data})")
    console.print(f"Written: {out}")
