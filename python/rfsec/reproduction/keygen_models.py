# SPDX-License-Identifier: GPL-3.0-or-later
"""The models of the KGNet paper's tables: found, or trained."""

import shlex
from dataclasses import replace
from pathlib import Path

from ..errors import ModelError
from ..inference.card import Training
from ..inference.catalog import list_mappers
from ..inference.mapper_session import MapperSession
from .keygen_probes import SEED
from .keygen_rows import MapperRow
from .models import saw_all
from .train import Report, TrainingOptions


def find_mapper_model(table: str, row: MapperRow, out: Path, training: TrainingOptions | None, report: Report) -> Path | None:
    """Return a row's model: the user's own in `out`, else the shipped one, else one that is trained; None where none shall be.

    With `training`, a recipe's epochs are cut to as few as its windows make, at least 1, and a shipped model that saw less is passed over.
    """
    own = out / "models" / f"{row.name}.onnx"
    if own.exists():
        return own
    shipped = list_mappers().get(row.name)
    if training is None or (shipped and _saw_all(MapperSession(shipped).card.training, training.windows)):
        return shipped
    from ..datasets.room import load_room
    from ..training.loop import choose_device
    from ..training.mapper_corpus import MapperCorpus
    from ..training.mapper_produce import produce_mapper
    from ..training.mapper_recipes import find_mapper_recipe

    recipe = replace(find_mapper_recipe(row.recipe), name=row.name, **row.changes)
    report("tracing the room", 0, None)
    corpus = MapperCorpus(recipe, load_room(recipe.scenario), SEED)
    most = recipe.epochs if training.windows is None else max(1, training.windows // len(corpus.train))
    produce_mapper(
        corpus,
        f"room {recipe.scenario}",
        training_command(table, row, out, training.windows),
        min(recipe.epochs, most),
        own,
        out / "checkpoints" / f"{row.name}.checkpoint",
        choose_device(training.device),
        training.threads,
        lambda one: report(f"training {row.name}", one.epochs_done, one.epochs),
    )
    return own


def _saw_all(training: Training, windows: int | None) -> bool:
    """Whether a mapper saw as many channels as the user asks for; no mapper sees more than its recipe's epochs."""
    return saw_all(training, None) or saw_all(training, windows)


def training_command(table: str, row: MapperRow, out: Path, windows: int | None = None) -> str:
    """Return the command that makes a row's model: of its recipe's epochs, or of as many as `windows` make."""
    fewer = [] if windows is None else ["--windows", str(windows)]
    return shlex.join(["rfsec", "reproduce", table, "--train", *fewer, "--only", row.name, "--out", str(out)])


def open_mapper(path: Path, row: MapperRow, threads: int) -> MapperSession:
    """Open a row's model; ModelError where its card is of another, or it was not trained in the room with the table's seed."""
    session = MapperSession(path, threads=threads)
    card = session.card
    if (card.name, card.training.seed, card.channels[:5]) != (row.name, SEED, "room "):
        raise ModelError(f"{path}: the card must be of {row.name}, seed {SEED}, trained in the room. It is of {card.name}, seed "
                         f"{card.training.seed}, {card.channels}.")
    return session
