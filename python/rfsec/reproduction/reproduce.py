# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproduces a table: finds or trains each row's models, measures them, and writes CSV, pictures and the page."""

from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ParameterError
from .catalog import find_table
from .csv_files import by_snr_csv, table_csv
from .data import Data, covered
from .draw import draw_pictures
from .extra import extra_columns
from .files import make_folder, write_text
from .measure import RowResult, measure
from .models import Missing, find_model_file, open_model
from .named_rows import named_rows
from .page import page
from .result import TableResult
from .speed import ROUNDS, windows_per_s
from .train import Report, TrainingOptions, find_trained, train_model, training_command


@dataclass(frozen=True)
class Options:
    """What the user asked for beside the table.

    Attributes
    ----------
    seeds : int
        Models a row, of seeds 1, 2, ..., at least 1.
    per_cell : int
        Test windows, of what the table says, at least 1. Those of modulations are the `data`'s own.
    only : list of str or None
        Names of rows; None for all.
    threads : int
        CPU threads of a model that is measured.
    training : TrainingOptions or None
        Train what has no model, or list it.
    """

    seeds: int = 1
    per_cell: int = 100
    only: list[str] | None = None
    threads: int = 1
    training: TrainingOptions | None = None


def reproduce(name: str, out: Path, options: Options, data: Data, command: str, report: Report) -> TableResult:
    """Reproduce the table `name` into the folder `out`.

    Parameters
    ----------
    name : str
        See ``catalog.TABLES``.
    out : Path
        Gets README.md, table.csv, accuracy_by_snr.csv and pictures; models/ and checkpoints/ are read from, and written to
        where rows are trained.
    options : Options
    data : Data
        Its rows are trained and measured on these; those of other data are left out.
    command : str
        What the page shall say that made it.
    report : callable
        Told what is being done, how much of it is done, and of how much (None: not known).

    Raises
    ------
    ParameterError
        If the table, a row or an option is none that there is.
    ModelError, DatasetError
        If a model file or a checkpoint is damaged or another's, or no row is about `data`.
    OutputError
        If `out` cannot be written to.
    """
    table = find_table(name)
    rows = covered(data, named_rows(name, table.rows, options.only))
    for option, value in (("seeds", options.seeds), ("threads", options.threads)):
        if value < 1:
            raise ParameterError(f"The '{option}' of a reproduction must be at least 1. Got {value} instead.")
    make_folder(out)
    results, missing = [], []
    for row in rows:
        runs = []
        for seed in range(1, options.seeds + 1):
            training = options.training
            path = find_trained(row, seed, out, data, training) if training else find_model_file(row, seed, out, data)
            if path is None and training:
                path = train_model(row, seed, out, data, training, report)
            if path is None:
                missing.append(Missing(row, seed, training_command(row, seed, out, data)))
                continue
            session = open_model(path, row, seed, data, options.threads)
            what = f"measuring {row.name}, seed {seed}"
            report(what, 0, None)
            runs.append(measure(row, seed, session, data, lambda done, of, what=what: report(what, done, of)))
        if runs:
            results.append(RowResult(row, tuple(runs)))
    if table.timed and results:
        paths = {one.row.name: one.runs[0].path for one in results}
        rates = windows_per_s(paths, lambda done: report("timing", done, ROUNDS))
        results = [replace(one, windows_per_s=rates[one.row.name]) for one in results]

    result = TableResult(table, command, data, results, missing)
    report("drawing", 0, None)
    extra = extra_columns(result)
    pictures = draw_pictures(result, out)
    write_text(out / "table.csv", table_csv(result, extra))
    write_text(out / "accuracy_by_snr.csv", by_snr_csv(result))
    write_text(out / "README.md", page(result, pictures, extra))
    return result
