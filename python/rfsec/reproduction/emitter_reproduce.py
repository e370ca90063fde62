# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproduces the siamese paper's table: finds or trains each row's encoders, measures them, writes page, CSV and picture."""

import shlex
from pathlib import Path

from ..errors import ModelError, ParameterError
from ..inference.catalog import list_encoders
from ..inference.encoder_session import EncoderSession
from .emitter_measure import measure_encoder
from .emitter_page import Results, page, table_csv
from .emitter_pictures import draw_conditions, draw_one_shot
from .emitter_rows import EmitterRow, choose_rows
from .files import make_folder, write_text
from .models import SHIPPED_SEED, checkpoint_path, model_path
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
    rows = choose_rows(options.only)
    for name, value, least in (("seeds", options.seeds, 1), ("test-windows-per-cell", options.per_cell, SMALLEST),
                               ("threads", options.threads, 1), ("emitters", emitters, 4)):
        if value < least:
            raise ParameterError(f"The '{name}' of this reproduction must be at least {least}. Got {value} instead.")
    make_folder(out)
    results, missing = {}, {}
    for row in rows:
        for seed in range(1, options.seeds + 1):
            path = _find(row, seed, out, options.training, report)
            if path is None:
                missing[f"{row.name}, seed {seed}"] = _command(row, seed, out)
                continue
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


def _command(row: EmitterRow, seed: int, out: Path) -> str:
    words = ["rfsec", "train", row.name, "--seed", str(seed), "--out", str(model_path(row, seed, out))]
    return shlex.join([*words, "--checkpoint", str(checkpoint_path(row, seed, out))])


def _find(row: EmitterRow, seed: int, out: Path, training: TrainingOptions | None, report: Report) -> Path | None:
    own = model_path(row, seed, out)
    if own.exists():
        return own
    shipped = list_encoders().get(row.name) if seed == SHIPPED_SEED else None
    if shipped or training is None:
        return shipped
    from ..training.encoder_produce import produce_encoder
    from ..training.encoder_recipes import find_encoder_recipe
    from ..training.loop import choose_device

    recipe = find_encoder_recipe(row.name)
    windows = recipe.default_windows if training.windows is None else training.windows
    produce_encoder(recipe, recipe.corpus(seed), windows, own, checkpoint_path(row, seed, out), choose_device(training.device),
                    training.threads, lambda one: report(f"training {row.name}, seed {seed}", one.windows_seen, one.windows_total))
    return own


def _open(path: Path, name: str, seed: int, threads: int) -> EncoderSession:
    session = EncoderSession(path, threads=threads)
    if (session.card.name, session.card.training.seed) != (name, seed):
        raise ModelError(f"{path}: the card must be of {name}, seed {seed}. It is of {session.card.name}, seed "
                         f"{session.card.training.seed}.")
    return session
