# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproduces a table of the joint paper: finds or trains each row's models, measures them, writes page, CSV and pictures."""

from pathlib import Path

from ..errors import ModelError
from ..inference.catalog import list_models
from ..inference.session import ModelSession
from .files import make_folder, write_text
from .joint_measure import LABELS, measure_joint
from .joint_page import Results, page, table_csv
from .joint_pictures import draw_confusion, draw_emitters, draw_weights
from .joint_rows import EMITTER, MODULATION, TABLES, JointRow
from .models import saw_all
from .named_models import check_at_least, check_card, each_model, find_named
from .named_rows import named_rows
from .reproduce import Options
from .train import Report, TrainingOptions


def reproduce_joint(name: str, out: Path, options: Options, command: str, report: Report) -> tuple[Results, dict[str, str]]:
    """Reproduce a table into the folder `out`; return its results, and the command for each row that has no model.

    Parameters
    ----------
    name : str
        In ``joint_rows.TABLES``.
    out : Path
        Gets README.md, table.csv and pictures; models/ and checkpoints/ as for every table.
    options : Options
        `per_cell` are test windows of each recording at each SNR.
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
    results, missing = {}, {}
    for row, seed, path in each_model(rows, options.seeds, out, missing, lambda row, seed: _find(row, seed, out, options.training, report)):
        session, what = _open(path, row.name, seed, options.threads), f"measuring {row.name}, seed {seed}"
        measured = measure_joint(session, path, table.elsewhere and len(session.card.heads) > 1, options.per_cell,
                                 lambda done, of, what=what: report(what, done, of))
        results.setdefault(row, []).append(measured)
    pictures = {}
    if results:
        report("drawing", 0, None)
        pictures = {"Emitters by SNR": "emitters.png"} if any(EMITTER in runs[0].test.by_snr for runs in results.values()) else {}
        if pictures:
            draw_emitters(results, out / "emitters.png")
        if all(row.emitter_weight is not None for row in results):
            pictures["Both heads by the weights of their losses"] = "weights.png"
            draw_weights(results, out / "weights.png")
        for head in (EMITTER, MODULATION):
            if any(head in runs[0].test.lowest for runs in results.values()):
                pictures[f"Confusion of the {head}"] = f"confusion-{head}.png"
                draw_confusion(results, head, out / f"confusion-{head}.png")
    write_text(out / "table.csv", table_csv(results))
    write_text(out / "README.md", page(table, results, missing, command, pictures))
    return results, missing


def _find(row: JointRow, seed: int, out: Path, training: TrainingOptions | None, report: Report) -> Path | None:
    def train(path: Path, checkpoint: Path) -> None:
        from ..training.joint_produce import produce_joint
        from ..training.joint_recipes import find_joint_recipe
        from ..training.loop import choose_device

        recipe = find_joint_recipe(row.name)
        corpus = recipe.corpus(seed)
        epochs = recipe.epochs if training.windows is None else -(-training.windows // len(corpus.training))
        produce_joint(recipe, corpus, f"rfsec train {row.name} --seed {seed} --epochs {epochs}", epochs, path, checkpoint,
                      choose_device(training.device), training.threads,
                      lambda one: report(f"training {row.name}, seed {seed}", one.windows_seen, one.windows_total))

    return find_named(row, seed, out, list_models(), train if training else None,
                      lambda path: saw_all(ModelSession(path).card.training, training.windows))


def _open(path: Path, name: str, seed: int, threads: int) -> ModelSession:
    session = ModelSession(path, threads=threads)
    check_card(session.card, path, name, seed)
    for head in session.card.heads:
        if tuple(head.labels) != LABELS.get(head.name):
            raise ModelError(f"{path}: the labels of '{head.name}' must be those of the simulated amplifiers. This model has others: train it without --data.")
    return session
