# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec quantise MODEL``: write the int8 twin of a float model, with what it costs in accuracy."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from ..errors import ParameterError
from .out_files import check_model_out
from .plain import plain_console


def quantise(
    model: Annotated[str, typer.Argument(help="Name of a shipped model, or an .onnx file.")],
    out: Annotated[Path, typer.Option(help="ONNX file to write.")],
    seed: Annotated[int | None, typer.Option(help="Seed of the calibration windows; 1 if not given. A joint model has its own.")] = None,
    data: Annotated[Path | None, typer.Option(help="The file of windows, or of a joint model the folder, that MODEL was trained on.")] = None,
) -> None:
    """Write MODEL with 8-bit weights to OUT, measured on the test set that MODEL's card names."""
    if find_spec("onnx") is None:
        raise ParameterError("Quantising needs the package onnx, which is not installed. Run script/bootstrap --dev.")
    from ..inference.catalog import find_model
    from ..inference.session import ModelSession
    from ..training.quantise_int8 import quantise_model

    source, console = find_model(model), plain_console()
    check_model_out(out, source, data)
    before = ModelSession(source).card.metrics
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Measuring", total=None)
        card = quantise_model(source, out, seed, lambda done, total: bar.update(task, completed=done, total=total), data)
    sizes = f"{source.stat().st_size / 1e6:.2f} to {out.stat().st_size / 1e6:.2f} MB"
    console.print(f"Accuracy: {before.accuracy:.2%} to {card.metrics.accuracy:.2%} ({card.metrics.test_data}); {sizes}", soft_wrap=True)
    console.print(f"Written: {out}", soft_wrap=True)
