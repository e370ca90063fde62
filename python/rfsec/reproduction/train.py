# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the model of a row, and names the command that does."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..datasets.families import find_family
from ..errors import DatasetError, ParameterError
from ..inference.session import ModelSession
from ..training.classical_recipes import CLASSICAL
from .data import Data
from .models import QUANTISED, checkpoint_path, find_model_file, model_path, saw_all
from .table import Row

Report = Callable[[str, float, float | None], None]


@dataclass(frozen=True)
class TrainingOptions:
    """How rows are trained that have no model, or only a shipped one that saw less than is asked for.

    Attributes
    ----------
    windows : int or None
        Windows that a network sees, at least 1; None for its recipe's number. A classical model is fitted to no more than its recipe's.
    device : str
        "auto", "cpu" or "cuda".
    threads : int
        CPU threads.

    Raises
    ------
    ParameterError
        If `windows` or `threads` is outside its range, or there is no such device.
    """

    windows: int | None = None
    device: str = "auto"
    threads: int = 1

    def __post_init__(self) -> None:
        if self.windows is not None and self.windows < 1:
            raise ParameterError(f"The 'windows' to train rows with must be at least 1. Got {self.windows} instead.")
        from ..training.beginning import check_threads
        from ..training.loop import choose_device

        check_threads(self.threads)
        choose_device(self.device)


def training_command(row: Row, seed: int, out: Path, data: Data) -> str:
    """Return the command that makes the model of a row and seed where the table looks for it, after that of its parent where that is not there."""
    path, parent = model_path(row, seed, out), _parent(row)
    file = [] if data.file is None else ["--data", str(data.file)]
    if row.model.endswith(QUANTISED):
        source = find_model_file(parent, seed, out, data)
        words = ["rfsec", "quantise", str(source or model_path(parent, seed, out)), "--seed", str(seed), "--out", str(path), *file]
        return shlex.join(words) if source else f"{training_command(parent, seed, out, data)} && {shlex.join(words)}"
    words = ["rfsec", "train", row.model, "--seed", str(seed), "--out", str(path), *file]
    if row.model in CLASSICAL:
        return shlex.join(words)
    words += ["--checkpoint", str(checkpoint_path(row, seed, out))]
    if row.windows_per_cell is not None:
        words += ["--windows-per-cell", str(row.windows_per_cell)]
    for name, value in row.changes.items():
        words += [f"--{name}", str(value)]
    if parent is None:
        return shlex.join(words)
    words += ["--parent", str(checkpoint_path(parent, seed, out))]
    return shlex.join(words) if _is_trained(parent, seed, out) else f"{training_command(parent, seed, out, data)} && {shlex.join(words)}"


def find_trained(row: Row, seed: int, out: Path, data: Data, options: TrainingOptions) -> Path | None:
    """Return the model of a row and seed where none has to be trained: the user's own, or a shipped one that saw all that is asked for."""
    found = find_model_file(row, seed, out, data)
    own = found == model_path(row, seed, out)
    return found if found is None or own or saw_all(ModelSession(found).card.training, options.windows) else None


def train_model(row: Row, seed: int, out: Path, data: Data, options: TrainingOptions, report: Report) -> Path:
    """Make the model of a row and seed, or go on where a killed run stopped; return its file.

    `report` is told what is done, how much of it, and of how much. The parent that a row is quantised or starts from is made first
    where there is none. See ``training.produce.produce_model`` and ``training.quantise_int8.quantise_model`` for the errors.
    """
    from ..training.classical import LSTM, produce_classical
    from ..training.corpus import make_corpus
    from ..training.loop import choose_device
    from ..training.produce import produce_model, usual_windows
    from ..training.quantise_int8 import quantise_model
    from ..training.recipes import find_recipe

    path, what, parent = model_path(row, seed, out), f"training {row.name}, seed {seed}", _parent(row)
    file = None if data.file is None else str(data.file)
    if row.model.endswith(QUANTISED):
        source = find_trained(parent, seed, out, data, options) or train_model(parent, seed, out, data, options, report)
        quantise_model(source, path, seed, lambda done, total: report(f"quantising {row.name}, seed {seed}", done, total), data.file)
    elif row.model in CLASSICAL:
        most = CLASSICAL[row.model].default_windows
        produce_classical(row.model, seed, min(options.windows or most, most), path, lambda stage: report(f"{what}: {stage}", 0, None),
                          make_corpus(LSTM, seed, file))
    else:
        if parent is not None and not _is_trained(parent, seed, out):
            train_model(parent, seed, out, data, options, report)
        recipe = replace(find_recipe(row.model), **row.changes)
        corpus = make_corpus(recipe, seed, file, windows_per_cell=row.windows_per_cell)
        if file is not None and row.windows_per_cell is not None:
            _check_enough(file, row, corpus.epoch_windows, recipe.lowest_snr_db)
        produce_model(
            recipe,
            corpus,
            seed,
            usual_windows(recipe, corpus) if options.windows is None else options.windows,
            path,
            checkpoint_path(row, seed, out),
            choose_device(options.device),
            options.threads,
            lambda progress: report(what, progress.windows_seen, progress.windows_total),
            None if parent is None else checkpoint_path(parent, seed, out),
        )
    return path


def _check_enough(file: str, row: Row, windows: int, lowest_snr_db: int) -> None:
    """Raises DatasetError where a file's training part has fewer windows of each label at each SNR than the row is about."""
    family = find_family(row.dataset)
    cells = len(family.labels) * sum(snr >= lowest_snr_db for snr in family.snrs_db)
    if windows < row.windows_per_cell * cells:
        raise DatasetError(f"The row {row.name} is trained on {row.windows_per_cell} windows of each label at each SNR, and the training part of "
                           f"the data set '{file}' has {windows // cells}. Leave the row out with --only.")


def _is_trained(row: Row, seed: int, out: Path) -> bool:
    """Whether a row's training came to its end in `out`: a run that was killed leaves a checkpoint and no model."""
    return model_path(row, seed, out).exists() and checkpoint_path(row, seed, out).exists()


def _parent(row: Row) -> Row | None:
    """The float row of a quantised one, and the one that a row starts from."""
    if row.model.endswith(QUANTISED):
        return replace(row, model=row.model.removesuffix(QUANTISED))
    return replace(row, name=row.parent, model=row.parent, parent="") if row.parent else None
