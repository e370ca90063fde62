# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproduces table IV and figure 15 of the LSTM paper: finds or trains each row's classifiers, measures them, writes page and pictures."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..datasets.seeding import Purpose
from ..datasets.technology_spectra import LABELS, SpectraParts, labels_of, snrs_of, technology_spectra
from ..inference.catalog import list_technologies
from ..inference.technology_card import TechnologyCard
from ..inference.technology_scores import TechnologyScores, score
from ..inference.technology_session import TechnologySession
from .files import make_folder, write_text
from .models import saw_all
from .named_models import check_at_least, check_card, each_model, find_named
from .named_rows import named_rows
from .pictures.confusion import draw_matrices
from .reproduce import Options
from .technology_page import Results, page, table_csv
from .technology_rows import TABLES, TechnologyRow
from .train import Report, TrainingOptions

TEST_SEED, TEST_PER_LABEL = 2001, 400  # no training's, nor the seed of any card's test
_AT_ONCE = 64


@dataclass(frozen=True)
class TechnologyResult:
    """One classifier measured."""

    card: TechnologyCard
    scores: TechnologyScores


def reproduce_technologies(name: str, out: Path, options: Options, command: str, report: Report) -> tuple[Results, dict[str, str]]:
    """Reproduce a table into the folder `out`; return its results, and the command for each row that has no model.

    Parameters
    ----------
    name : str
        In ``technology_rows.TABLES``.
    out : Path
        Gets README.md, table.csv and, of figure 15, confusion.png and confusion-most-likely.png; models/ and checkpoints/ as for
        every table.
    options : Options
        `per_cell` are test windows of each label; all rows are measured on the same.
    command : str
        What the page shall say that made it.
    report : callable
        See ``reproduce.reproduce``.

    Raises
    ------
    ParameterError
        If a row or an option is none that there is.
    ModelError, DatasetError
        If a model file or a checkpoint is damaged or another's.
    OutputError
        If `out` cannot be written to.
    """
    table = TABLES[name]
    rows = named_rows(name, table.rows, options.only)
    check_at_least(seeds=(options.seeds, 1), test_windows_per_cell=(options.per_cell, 1), threads=(options.threads, 1))
    make_folder(out)
    test = technology_spectra(Purpose.EVALUATION, TEST_SEED, options.per_cell * len(LABELS), report=partial(report, "making test spectra"))
    results: Results = {}
    missing = {}
    for row, seed, path in each_model(rows, options.seeds, out, missing, lambda row, seed: _find(row, seed, out, options.training, report)):
        report(f"measuring {row.name}, seed {seed}", 0, None)
        results.setdefault(row, []).append(_measured(_open(path, row.name, seed, options.threads), test))
    pictures = {}
    if results and table.confusions:
        report("drawing", 0, None)
        matrices = {row.title: sum(run.scores.accepted for run in runs) for row, runs in results.items()}
        draw_matrices(matrices, (*LABELS[:-1], "other / unknown"), out / "confusion.png")
        pictures = {"Confusion with the threshold: what is decided of each technology, and of what is none": "confusion.png"}
        raw = {row.title: _square(sum(run.scores.confusion for run in runs)) for row, runs in results.items()}
        draw_matrices(raw, LABELS[:-1], out / "confusion-most-likely.png")
        pictures |= {"Confusion of the most likely technology, as figure 15": "confusion-most-likely.png"}
    write_text(out / "table.csv", table_csv(results))
    write_text(out / "README.md", page(table, results, missing, command, options.per_cell, pictures))
    return results, missing


def _measured(session: TechnologySession, test: SpectraParts) -> TechnologyResult:
    rows = [session.probabilities(part.x[first : first + _AT_ONCE]) for part in test for first in range(0, len(part), _AT_ONCE)]
    head = session.card.heads[0]
    return TechnologyResult(session.card, score(np.concatenate(rows), labels_of(test), snrs_of(test), head.labels, head.reject_threshold))


def _square(confusion: np.ndarray) -> np.ndarray:
    """Without what a model took for "other"."""
    return confusion[:, : len(confusion)]


def _find(row: TechnologyRow, seed: int, out: Path, training: TrainingOptions | None, report: Report) -> Path | None:
    def train(path: Path, checkpoint: Path) -> None:
        from ..training.loop import choose_device
        from ..training.recipes_technology import find_technology_recipe
        from ..training.technology_produce import produce_technology

        recipe, what = find_technology_recipe(row.name), f"training {row.name}, seed {seed}"
        epochs = recipe.epochs if training.windows is None else -(-training.windows // recipe.windows)
        produce_technology(recipe, seed, recipe.windows, epochs, path, checkpoint,
                           choose_device(training.device), training.threads,
                           lambda one: report(what, one.windows_seen, one.windows_total))

    return find_named(row, seed, out, list_technologies(), train if training else None,
                      lambda path: saw_all(TechnologySession(path).card.training, training.windows))


def _open(path: Path, name: str, seed: int, threads: int) -> TechnologySession:
    session = TechnologySession(path, threads=threads)
    check_card(session.card, path, name, seed)
    return session
