# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec models``: what is shipped, what a card says, and whether a file can be run."""

import hashlib
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from ..errors import ModelError

models = typer.Typer(name="models", help="List, show and verify models.", invoke_without_command=True)
NameOrFile = Annotated[str, typer.Argument(help="Name of a shipped model, or an .onnx file.")]


@models.callback()
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@models.command("list")
def list_() -> None:
    """List the shipped models with what their cards say."""
    from ..inference.catalog import DEFAULT, list_models
    from ..inference.session import ModelSession

    table = Table(Column("model", no_wrap=True), "input", "window", "labels", Column("weights", justify="right"),
                  Column("accuracy, all SNRs", justify="right"), Column("0 to 18 dB", justify="right"))
    for name, path in list_models().items():
        card = ModelSession(path).card
        low, high = card.input.window_min, card.input.window_max
        best = card.metrics.accuracy_0_to_18_db
        table.add_row(f"{name} *" if name == DEFAULT else name, card.input.representation,
                      str(low) if low == high else f"{low} to {high}", ", ".join(str(len(head.labels)) for head in card.heads),
                      f"{card.parameters:,}", f"{card.metrics.accuracy:.1%}", "" if best is None else f"{best:.1%}")
    Console().print(table)
    Console().print("* is the default. 'rfsec models show NAME' prints a card: labels, accuracy at each SNR, limits.")


@models.command()
def show(model: NameOrFile = "default") -> None:
    """Print a model's card as JSON."""
    from ..inference.catalog import find_model
    from ..inference.session import ModelSession

    print(json.dumps(json.loads(ModelSession(find_model(model)).card.to_json()), indent=2, ensure_ascii=False))


@models.command()
def verify(names: Annotated[list[str] | None, typer.Argument(help="Names or files; all shipped models if none.")] = None) -> None:
    """Check card against graph and run each model; the first that fails is named."""
    from ..inference.catalog import find_model, list_models

    for name in names or list_models():
        path = find_model(name)
        typer.echo(f"{name}: {_verified(path)}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def _verified(path) -> str:
    import numpy as np

    from ..inference.session import ModelSession

    session = ModelSession(path)
    for length in sorted({session.card.input.window_min, session.card.input.window_max}):
        for batch in (1, 64):
            windows = np.random.default_rng(1).normal(size=(batch, 2, length)).astype(np.float32)
            for head, probabilities in zip(session.card.heads, session.run(windows)):
                if not np.allclose(probabilities.sum(axis=1), 1, atol=1e-4):
                    raise ModelError(f"{path}: the head '{head.name}' gives no probabilities for windows of {length} samples.")
    return "card and graph agree, and it runs"
