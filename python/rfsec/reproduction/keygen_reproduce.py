# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproduces a table or figure of the KGNet paper: finds or trains its mappers, measures them, writes page, CSV and picture."""

from pathlib import Path

from .files import make_folder, write_text
from .keygen_complexity import flops
from .keygen_mappings import Mapping, beside, of_session
from .keygen_measure import FEWEST_FOR_NIST, nist_shares, points
from .keygen_models import find_mapper_model, open_mapper, training_command
from .keygen_page import page, table_csv
from .keygen_picture import draw_points
from .keygen_probes import draw
from .keygen_results import Results
from .keygen_rows import KeygenTable
from .keygen_tables import find_table
from .named_models import check_at_least
from .train import Report, TrainingOptions

_FEWEST = 32  # positions


def reproduce_keygen(
    name: str, out: Path, only: list[str] | None, positions: int | None, threads: int, training: TrainingOptions | None, command: str, report: Report
) -> Results:
    """Reproduce a table into the folder `out`.

    Parameters
    ----------
    name : str
        In ``keygen_tables.TABLES``.
    out : Path
        Gets README.md, table.csv and a picture; models/ and checkpoints/ are read from, and written to where rows are trained.
    only : list of str or None
        Names of rows; None for all, and for what stands beside them.
    positions : int or None
        Test positions, at least 32, and 33 where bits are decorrelated (``kgnet-table3``); None for all.
    threads : int
        CPU threads of a model that is measured.
    training : TrainingOptions or None
        Train what has no model, or list it.
    command : str
        What the page shall say that made it.
    report : callable
        See ``reproduce.reproduce``.

    Raises
    ------
    ParameterError
        If the table, a row or an option is none that there is.
    ModelError, DatasetError
        If a model file or a checkpoint is damaged or another's.
    OutputError
        If `out` cannot be written to.
    """
    table, rows = find_table(name, only)
    if positions is not None:
        check_at_least(test_windows_per_cell=(positions, FEWEST_FOR_NIST if table.own == "nist" else _FEWEST))
    make_folder(out)
    results = Results(table)
    for row in rows:
        path = find_mapper_model(name, row, out, training, report)
        if path is None:
            results.missing[row.title] = training_command(name, row, out)
            continue
        session = open_mapper(path, row, threads)
        results.cards[row] = session.card
        results.points[row.title] = _measured(table, of_session(session), positions, f"measuring {row.name}", report)
        if table.own == "complexity":
            results.numbers[row.title] = {"parameters": session.card.parameters, "flops": flops(path)}
        if table.own == "nist":
            probes = draw(of_session(session).setting, table.snrs_db[0], positions)
            for what, shares in nist_shares(of_session(session), probes).items():
                results.numbers[what + row.title] = shares
    for title in () if only else table.beside:
        results.points[title] = _measured(table, beside(title), positions, f"measuring {title}", report)
    if table.drawn and any(results.points.values()):
        report("drawing", 0, None)
        draw_points(results, out / "curves.png")
    write_text(out / "table.csv", table_csv(results))
    write_text(out / "README.md", page(results, command))
    return results


def _measured(table: KeygenTable, mapping: Mapping, positions: int | None, what: str, report: Report) -> list:
    found = []
    for done, snr_db in enumerate(table.snrs_db):
        report(what, done, len(table.snrs_db))
        found += points(mapping, draw(mapping.setting, snr_db, positions), table.quantizers)
    return found
