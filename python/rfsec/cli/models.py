# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec models``: what is shipped, what a card says, and whether a file can be run."""

import hashlib
import json
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from ..errors import ModelError
from .models_mappers import check_mapper, list_mappers_shown
from .models_technologies import check_technologies, list_technologies_shown

if TYPE_CHECKING:
    from ..inference.encoder_session import EncoderSession
    from ..inference.session import ModelSession

LENGTHS = 7  # that verify tries, from the shortest to the longest that a card allows

models = typer.Typer(name="models", help="List, show and verify models.", invoke_without_command=True)
NameOrFile = Annotated[str, typer.Argument(help="Name of a shipped model, or an .onnx file.")]


@models.callback()
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@models.command("list")
def list_() -> None:
    """List the shipped models with what their cards say."""
    from ..inference.catalog import DEFAULT, DEFAULT_BURSTS, list_models
    from ..inference.session import ModelSession

    sessions = sorted(map(ModelSession, list_models().values()), key=lambda one: one.card.training.data)
    for data, group in groupby(sessions, key=lambda one: one.card.training.data):
        table = Table(Column("model", overflow="fold"), *(Column(name, no_wrap=True) for name in ("input", "window")),
                      *(Column(name, justify="right", no_wrap=True) for name in ("labels", "weights", "MB", "right")),
                      Column("0–18 dB", justify="right"), title=f"trained on {data}", title_justify="left", box=SIMPLE_HEAD, padding=0)
        for one in group:
            table.add_row(*_row(one, one.card.name in (DEFAULT, DEFAULT_BURSTS)))
        Console().print(table)
    Console().print("* is the default, of windows and of bursts; right: at all SNRs. "
                    "'rfsec models show NAME' prints a card: labels, accuracy at each SNR, limits.")
    _list_encoders()
    list_mappers_shown()
    list_technologies_shown()


def _list_encoders() -> None:
    from ..inference.catalog import list_encoders
    from ..inference.encoder_session import EncoderSession

    names = ("weights", "EER", "at worst")
    table = Table(*(Column(name, no_wrap=True) for name in ("encoder", "input")),
                  *(Column(name, justify="right", no_wrap=True) for name in names),
                  title="fingerprints of emitters", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0),
                  pad_edge=False)
    for session in map(EncoderSession, list_encoders().values()):
        card = session.card
        rates = [one.equal_error_rate for one in card.metrics.conditions.values()]
        table.add_row(card.name, card.input.representation, f"{card.parameters:,}", f"{rates[0]:.1%}", f"{max(rates):.1%}")
    if table.row_count:
        Console().print(table)
        Console().print("EER: equal error rate of pairs of single windows of one recording, and under the worst condition of the card.")


def _row(session, default: bool) -> list[str]:
    card = session.card
    low, high = card.input.window_min, card.input.window_max
    best = card.metrics.accuracy_0_to_18_db
    return [f"{card.name} *" if default else card.name, card.input.representation, str(low) if low == high else f"{low}–{high}",
            ", ".join(str(len(head.labels)) for head in card.heads), f"{card.parameters:,}",
            f"{session.path.stat().st_size / 1e6:.2f}", f"{card.metrics.accuracy:.1%}", "" if best is None else f"{best:.1%}"]


@models.command()
def show(model: NameOrFile = "default") -> None:
    """Print a model's card as JSON."""
    from ..inference.any_session import open_session
    from ..inference.catalog import find_any

    text = json.dumps(json.loads(open_session(find_any(model)).card.to_json()), indent=2, ensure_ascii=False)
    # Another may have made the card: what commands a terminal is spelled as JSON spells it.
    print("".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text))


@models.command()
def verify(names: Annotated[list[str] | None, typer.Argument(help="Names or files; all shipped models if none.")] = None) -> None:
    """Check card against graph and run each model; the first that fails is named."""
    from ..inference.any_session import open_session
    from ..inference.catalog import find_any, list_encoders, list_mappers, list_models, list_technologies
    from ..inference.encoder_session import EncoderSession
    from ..inference.mapper_session import MapperSession
    from ..inference.session import ModelSession
    from ..inference.technology_session import TechnologySession

    checks = {ModelSession: _check_model, EncoderSession: _check_encoder, MapperSession: check_mapper, TechnologySession: check_technologies}
    for name in names or (*list_models(), *list_encoders(), *list_mappers(), *list_technologies()):
        session = open_session(find_any(name))
        checks[type(session)](session)
        typer.echo(f"{name}: card and graph agree, and it runs, sha256 {hashlib.sha256(session.path.read_bytes()).hexdigest()}")


def _check_encoder(session: "EncoderSession") -> None:
    import numpy as np

    values = np.random.default_rng(1).normal(size=(8, session.card.input.channels, session.card.input.length)).astype(np.float32)
    if not np.isfinite(session.embed(values)).all():
        raise ModelError(f"{session.path}: the encoder gives fingerprints that are not finite.")


def _check_model(session: "ModelSession") -> None:
    import numpy as np

    from ..inference.representations import represent

    shortest, longest = session.card.input.window_min, session.card.input.window_max
    for length in sorted({*np.linspace(shortest, longest, LENGTHS).round().astype(int).tolist()}):
        for batch in (1, 8):
            noise = np.random.default_rng(1).normal(size=(batch, 2 * length)).astype(np.float32).view(np.complex64)
            windows = represent(session.card.input.representation, noise)
            for head, probabilities in zip(session.card.heads, session.run(windows)):
                if not np.allclose(probabilities.sum(axis=1), 1, atol=1e-4):
                    raise ModelError(f"{session.path}: the head '{head.name}' gives no probabilities for windows of {length} samples.")
