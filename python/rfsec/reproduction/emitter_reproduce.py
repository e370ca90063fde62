# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproduces the siamese paper's table: finds or trains each row's encoders, measures them, writes page, CSV and picture."""

from pathlib import Path

from ..inference.catalog import list_encoders
from ..inference.encoder_session import EncoderSession
from .emitter_measure import measure_encoder
from .emitter_page import Results, page, table_csv
from .emitter_pictures import draw_conditions, draw_one_shot
from .emitter_rows import NAME, ROWS, EmitterRow
from .files import make_folder, write_text
from .models import saw_all
from .named_models import check_at_least, check_card, each_model, find_named
from .named_rows import named_rows
from .reproduce import Options
from .train import Report, TrainingOptions

SMALLEST = 2 * 8


def reproduce_emitters(out: Path, options: Options, emitters: int, command: str, report: Report) -> tuple[Results, dict[str, str]]:
    """Reproduce the table into the folder `out`; return its results, and the command for each row that has no model.

    Parameters
    ----------
    out : Path
        Gets README.md, table.csv and pictures; models/ and checkpoints/ as for every table.
    options : Options
        `per_cell` are windows of each recording.
    emitters : int
        Unseen emitters of each condition, at least 4.
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
    rows = named_rows(NAME, ROWS, options.only)
    check_at_least(seeds=(options.seeds, 1), test_windows_per_cell=(options.per_cell, SMALLEST), threads=(options.threads, 1),
                   emitters=(emitters, 4))
    make_folder(out)
    results, missing = {}, {}
    for row, seed, path in each_model(rows, options.seeds, out, missing, lambda row, seed: _find(row, seed, out, options.training, report)):
        session, what = _open(path, row.name, seed, options.threads), f"measuring {row.name}, seed {seed}"
        measured = measure_encoder(session, emitters, options.per_cell, lambda done, of, what=what: report(what, done, of))
        results.setdefault(row, []).append(measured)
    pictures = {}
    if results:
        report("drawing", 0, None)
        pictures = {"Equal error rate by condition": "conditions.png", "Identification": "identification.png"}
        draw_conditions(results, out / "conditions.png")
        draw_one_shot(results, out / "identification.png")
    write_text(out / "table.csv", table_csv(results))
    write_text(out / "README.md", page(results, missing, command, emitters, options.per_cell, pictures))
    return results, missing


def _find(row: EmitterRow, seed: int, out: Path, training: TrainingOptions | None, report: Report) -> Path | None:
    def train(path: Path, checkpoint: Path) -> None:
        from ..training.encoder_produce import produce_encoder
        from ..training.encoder_recipes import find_encoder_recipe
        from ..training.loop import choose_device

        recipe = find_encoder_recipe(row.name)
        windows = recipe.default_windows if training.windows is None else training.windows
        produce_encoder(recipe, recipe.corpus(seed), windows, path, checkpoint, choose_device(training.device), training.threads,
                        lambda one: report(f"training {row.name}, seed {seed}", one.windows_seen, one.windows_total))

    return find_named(row, seed, out, list_encoders(), train if training else None,
                      lambda path: saw_all(EncoderSession(path).card.training, training.windows))


def _open(path: Path, name: str, seed: int, threads: int) -> EncoderSession:
    session = EncoderSession(path, threads=threads)
    check_card(session.card, path, name, seed)
    return session
