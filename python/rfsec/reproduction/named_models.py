# SPDX-License-Identifier: GPL-3.0-or-later
"""The models of tables whose rows are named as ``rfsec train`` names them: found, trained, opened, and checked."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..errors import ModelError, ParameterError
from ..inference.card import Card
from .models import SHIPPED_SEED, NamedRow, checkpoint_path, model_path


def check_at_least(**options: tuple[int, int]) -> None:
    """Raise ParameterError where an option of a reproduction, (value, least), is too small."""
    for name, (value, least) in options.items():
        if value < least:
            raise ParameterError(f"The '{name.replace('_', '-')}' of this reproduction must be at least {least}. Got {value} instead.")


def find_named(
    row: NamedRow,
    seed: int,
    out: Path,
    shipped: dict[str, Path],
    train: Callable[[Path, Path], None] | None,
    is_enough: Callable[[Path], bool],
) -> Path | None:
    """Return the model of a row and seed: the user's own in `out`, else the shipped one, else what `train` makes; None without it.

    `train` is given where to write the model, and where to keep its checkpoint. Where it is there, a shipped model that `is_enough` says
    was trained for too short a time is passed over.
    """
    own = model_path(row, seed, out)
    if own.exists():
        return own
    if seed == SHIPPED_SEED and row.name in shipped and (train is None or is_enough(shipped[row.name])):
        return shipped[row.name]
    if train is None:
        return None
    train(own, checkpoint_path(row, seed, out))
    return own


def each_model(
    rows: Sequence[NamedRow], seeds: int, out: Path, missing: dict[str, str], find: Callable[[NamedRow, int], Path | None]
) -> Iterator[tuple[NamedRow, int, Path]]:
    """Yield each row and seed with what `find` finds; where it finds none, `missing` gets the command that makes it."""
    for row in rows:
        for seed in range(1, seeds + 1):
            path = find(row, seed)
            if path is None:
                missing[f"{row.name}, seed {seed}"] = command_for(row, seed, out)
            else:
                yield row, seed, path


def command_for(row: NamedRow, seed: int, out: Path) -> str:
    """Return the command that makes the model of a row and seed where the table looks for it."""
    words = ["rfsec", "train", row.name, "--seed", str(seed), "--out", str(model_path(row, seed, out))]
    return shlex.join([*words, "--checkpoint", str(checkpoint_path(row, seed, out))])


def check_card(card: Card, path: Path, name: str, seed: int) -> None:
    """Raise ModelError where a card is of another model or seed: a spread over equal seeds would be none."""
    if (card.name, card.training.seed) != (name, seed):
        raise ModelError(f"{path}: the card must be of {name}, seed {seed}. It is of {card.name}, seed {card.training.seed}.")
