# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ONNX file stands for a row and a seed, and the command that makes it where there is none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import ModelError
from ..inference.card import Training
from ..inference.catalog import list_models
from ..inference.session import ModelSession
from .data import Data
from .table import Row

SHIPPED_SEED = 1
_SHORT = re.compile(r"(Saw )?\d+ (windows|epochs) of \d+ that the recipe asks for")  # how the note of a card begins whose training was cut short
QUANTISED = "-int8"  # what a model is shipped as where its float file is too large


class NamedRow(Protocol):
    """A row: `name` as ``rfsec train`` takes it, `file_stem` as its files are called."""

    name: str
    file_stem: str


@dataclass(frozen=True)
class Missing:
    """A row and seed without a model, and the command that trains it."""

    row: Row
    seed: int
    command: str


def model_path(row: NamedRow, seed: int, out: Path) -> Path:
    """Where the model of a row and seed is kept below the folder `out`."""
    return out / "models" / f"{row.file_stem}-seed{seed}.onnx"


def checkpoint_path(row: NamedRow, seed: int, out: Path) -> Path:
    """Where its training is kept and continued from."""
    return out / "checkpoints" / f"{row.file_stem}-seed{seed}.checkpoint"


def find_model_file(row: Row, seed: int, out: Path, data: Data) -> Path | None:
    """Return the model of a row and seed: the user's own in `out`, else the shipped one for seed 1 and generated data, else None."""
    own = model_path(row, seed, out)
    if own.exists():
        return own
    shipped = list_models() if seed == SHIPPED_SEED and data.file is None else {}
    return shipped.get(row.file_stem) or shipped.get(row.file_stem + QUANTISED)


def saw_all(training: Training, windows: int | None) -> bool:
    """Whether a card's model has seen as many windows as the user asks for, or, where that is None, as its recipe does."""
    return _SHORT.match(training.note) is None if windows is None else training.windows_seen >= windows


def lengths(trainings: Iterable[Training]) -> list[int]:
    """How many windows the models of a row saw, each number once: a mean over several of them has no spread."""
    return list(dict.fromkeys(training.windows_seen for training in trainings))


def seeds_text(trainings: Sequence[Training]) -> str:
    """How many models a row has, and where they differ in it, how many windows they saw."""
    seen = lengths(trainings)
    return f"{len(trainings)}" + (f", which saw {' and '.join(f'{one / 1e6:.2f}' for one in seen)} M windows" if len(seen) > 1 else "")


def open_model(path: Path, row: Row, seed: int, data: Data, threads: int) -> ModelSession:
    """Open a row's model.

    Raises
    ------
    ModelError
        If the file is no model, or its card is of another model, of other data, or of another seed: a spread over equal seeds would be none.
    """
    session = ModelSession(path, threads=threads)
    names = {name + suffix for name in (row.model, row.file_stem) for suffix in ("", QUANTISED)}
    if session.card.name not in names:
        raise ModelError(
            f"{path}: the card's name must be '{row.model}' for the row {row.name}. Got '{session.card.name}' instead."
        )
    if session.card.training.seed != seed:
        raise ModelError(
            f"{path}: the card's training seed must be {seed} for this file. Got {session.card.training.seed} instead."
        )
    data.check(session.card, path, row)
    return session
