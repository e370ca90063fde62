# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce TABLE``: a table of a paper measured again, beside the paper's figures."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from ..errors import ParameterError
from .reproduce_joint import show_joint
from .reproduce_keygen import show_keys
from .reproduce_technology import show_magnitude_fft, show_technologies

_NEEDED = ("matplotlib", "onnx", "sklearn")


def reproduce(
    table: Annotated[
        str,
        typer.Argument(
            help="signet-table2, signet-table3, signet-table4, signet-fig7, lstm-fig3, lstm-fig9, "
            "lstm-fig12 (with 13 and 14), lstm-table4, lstm-fig15, lstm-fig16, lstm-fig17, lstm-table6, siamese-table2, mmoe-table3, mmoe-table4, mmoe-fig6, mmoe-fig7, "
            "kgnet-fig3 to kgnet-fig10, kgnet-fig12, or kgnet-table2 to kgnet-table4."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for the page, CSV and pictures; its models/ are taken before the shipped ones.")
    ],
    seeds: Annotated[int, typer.Option(help="Models a row, of seeds 1, 2, ...")] = 1,
    train: Annotated[
        bool, typer.Option("--train", help="Train what has no model, instead of listing it. May take days.")
    ] = False,
    windows: Annotated[int | None, typer.Option(help="With --train: windows to see; default: each model's recipe.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this row; may be given more than once.")] = None,
    test_windows_per_cell: Annotated[
        int | None,
        typer.Option(
            help="Test windows of each label at each SNR (100), of each recording of an emitter (192) or of an amplifier at each SNR (15), of each technology (400), "
            "or test positions of a mapper (all)."
        ),
    ] = None,
    emitters: Annotated[int | None, typer.Option(help="siamese-table2: emitters never trained on, of each condition (64).")] = None,
    device: Annotated[str, typer.Option(help="With --train: auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Measure every row of TABLE, and write README.md, table.csv and pictures to the folder --out."""
    needed = (*_NEEDED, "torch") if train else _NEEDED
    for name in needed:
        if find_spec(name) is None:
            raise ParameterError(f"A reproduction needs {name}, which is not installed. Run script/bootstrap --dev.")
    from ..reproduction import emitter_rows, joint_rows, keygen_tables, magnitude_fft, technology_rows
    from ..reproduction.reproduce import Options
    from ..reproduction.reproduce import reproduce as run
    from ..reproduction.train import TrainingOptions

    of_emitters, of_keys, of_both = table == emitter_rows.NAME, table in keygen_tables.TABLES, table in joint_rows.TABLES
    of_technologies, of_magnitudes = table in technology_rows.TABLES, table == magnitude_fft.NAME
    if emitters is not None and not of_emitters:
        raise ParameterError(f"--emitters belongs to {emitter_rows.NAME}; {table} has no emitters.")
    if of_keys and seeds != 1:
        raise ParameterError(f"The mappers of {table} are of one seed. Leave out --seeds.")
    if of_magnitudes and (seeds != 1 or train or only):
        raise ParameterError(f"{table} has one row, of one seed, which needs no training beforehand. Leave out --seeds, --train and --only.")
    per_cell = test_windows_per_cell or (192 if of_emitters else 15 if of_both else 400 if of_technologies else 23 if of_magnitudes else 100)
    options = Options(seeds, per_cell, only, threads, TrainingOptions(windows, device, threads) if train else None)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console()
    with Progress(*columns, console=console, transient=True) as bar:
        task, shown = bar.add_task("starting", total=None), ""

        def report(what: str, done: float, of: float | None) -> None:
            nonlocal shown
            if what != shown:
                shown = what
                bar.reset(task, description=what, total=of)
                if not console.is_terminal:
                    console.print(what, highlight=False)
            bar.update(task, completed=done, total=of)

        command = shlex.join(["rfsec", *sys.argv[1:]])
        if of_emitters:
            from ..reproduction.emitter_reproduce import reproduce_emitters

            results, missing = reproduce_emitters(out, options, 64 if emitters is None else emitters, command, report)
        elif of_keys:
            from ..reproduction.keygen_reproduce import reproduce_keygen

            found = reproduce_keygen(table, out, only, test_windows_per_cell, threads, options.training, command, report)
        elif of_both:
            from ..reproduction.joint_reproduce import reproduce_joint

            results, missing = reproduce_joint(table, out, options, command, report)
        elif of_technologies:
            from ..reproduction.technology_reproduce import reproduce_technologies

            results, missing = reproduce_technologies(table, out, options, command, report)
        elif of_magnitudes:
            right = magnitude_fft.reproduce_magnitude_fft(out, per_cell, threads, command, report)
        else:
            result = run(table, out, options, command, report)
    if of_both:
        show_joint(results, missing, out)
    elif of_emitters:
        _show_emitters(results, missing, out)
    elif of_keys:
        show_keys(found, out)
    elif of_technologies:
        show_technologies(results, missing, out)
    elif of_magnitudes:
        show_magnitude_fft(right, out)
    else:
        _show(result, out)


def _show_emitters(results, missing, out: Path) -> None:
    from ..datasets.emitter_conditions import CONDITIONS

    console, first = Console(), CONDITIONS[0].name
    shown = Table(Column("row", no_wrap=True), *(Column(name, justify="right") for name in
                  ("paper / %", "ours / %", *(f"EER / %, {one.name}" for one in CONDITIONS[1:4]))))
    for row, runs in results.items():
        scores = runs[0].scores[1]
        shown.add_row(row.name, "" if row.paper is None else f"{row.paper:g}", f"{100 * scores[first].pair_accuracy:.2f}",
                      *(f"{100 * scores[one.name].equal_error_rate:.1f}" for one in CONDITIONS[1:4]))
    console.print(shown)
    if missing:
        console.print(f"Not trained: {len(missing)} encoders. The page has the command for each.")
    console.print(f"Written: {out / 'README.md'}", soft_wrap=True)


def _show(result, out: Path) -> None:
    shown = Table(
        Column("row", no_wrap=True),
        *(Column(name, justify="right") for name in ("paper / %", "ours / %", "difference", "seeds")),
    )
    for one in result.results:
        spread = "" if one.spread is None else f" ± {one.spread:.2f}"
        difference = "" if one.difference is None else f"{one.difference:+.2f}"
        shown.add_row(one.row.name, str(one.row.paper or ""), f"{one.percent:.2f}{spread}", difference, str(len(one.runs)))
    console = Console()
    console.print(shown)
    if result.missing:
        console.print(f"Not trained: {len(result.missing)} models. The page has the command for each.")
    console.print(f"Written: {out / 'README.md'}", soft_wrap=True)
