# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce TABLE``: a table of a paper measured again, beside the paper's figures."""

import shlex
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..errors import ParameterError
from .plain import plain_console
from .reproduce_asked import Asked
from .reproduce_emitters import run_emitters, show_emitters
from .reproduce_joint import run_joint, show_joint
from .reproduce_keygen import run_keys, show_keys
from .reproduce_modulation import run_modulation, show_modulation
from .reproduce_technology import run_magnitude_fft, run_technologies, show_magnitude_fft, show_technologies

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
        bool, typer.Option("--train", help="Train what has no model, or a shipped one that saw less than is asked for. May take days.")
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
    data: Annotated[
        Path | None,
        typer.Option(help="Tables of modulations: a file of windows, such as RML2016.10a_dict.pkl, to train and measure on instead of generated data."),
    ] = None,
    emitters: Annotated[int | None, typer.Option(help="siamese-table2: emitters never trained on, of each condition (64).")] = None,
    device: Annotated[str | None, typer.Option(help="With --train: auto, cpu or cuda; default: auto.")] = None,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Measure every row of TABLE, and write README.md, table.csv and pictures to the folder --out."""
    needed = (*_NEEDED, "torch") if train else _NEEDED
    for name in needed:
        if find_spec(name) is None:
            raise ParameterError(f"A reproduction needs {name}, which is not installed. Run script/bootstrap --dev.")
    from ..reproduction.emitter_rows import NAME
    from ..reproduction.train import TrainingOptions

    run, show = _reproduction_of(table)
    if emitters is not None and table != NAME:
        raise ParameterError(f"--emitters belongs to {NAME}; {table} has no emitters.")
    if data is not None and run is not run_modulation:
        raise ParameterError(f"--data belongs to tables of modulations in windows; those of {table} are generated. Leave it out.")
    for name, value in (("windows", windows), ("device", device)):
        if value is not None and not train:
            raise ParameterError(f"--{name} belongs to --train, without which nothing is trained. Leave it out, or add --train.")

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = plain_console()
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

        training = TrainingOptions(windows, "auto" if device is None else device, threads) if train else None
        command = shlex.join(["rfsec", *sys.argv[1:]])
        results = run(Asked(table, out, seeds, threads, only, test_windows_per_cell, emitters, data, training, command, report))
    show(results)
    console.print(f"Written: {out / 'README.md'}", soft_wrap=True)


def _reproduction_of(table: str) -> tuple[Callable[[Asked], Any], Callable[[Any], None]]:
    """Return what reproduces `table`, and what shows the results; ParameterError lists all tables where there is no such."""
    from ..reproduction import catalog, emitter_rows, joint_rows, keygen_tables, magnitude_fft, technology_rows

    kinds = (
        (catalog.TABLES, run_modulation, show_modulation),
        (technology_rows.TABLES, run_technologies, show_technologies),
        ((magnitude_fft.NAME,), run_magnitude_fft, show_magnitude_fft),
        ((emitter_rows.NAME,), run_emitters, show_emitters),
        (joint_rows.TABLES, run_joint, show_joint),
        (keygen_tables.TABLES, run_keys, show_keys),
    )
    for tables, run, show in kinds:
        if table in tables:
            return run, show
    names = ", ".join(name for tables, *_ in kinds for name in tables)
    raise ParameterError(f"The 'table' to reproduce must be one of {names}. Got {table!r} instead.")
