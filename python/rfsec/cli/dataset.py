# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec dataset make KIND``: generate labelled data from a seed."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from ..datasets.files import save_windows
from ..datasets.rml2016a import LABELS, SNRS_DB, generate
from ..datasets.scene import make_scene
from ..datasets.scene_files import write_scene

app = typer.Typer(help="Generate labelled data from a seed.", no_args_is_help=True)
make = typer.Typer(help="Make one kind of data set.", no_args_is_help=True)
app.add_typer(make, name="make")

Seed = Annotated[int, typer.Option(help="Equal seeds give equal data.")]


@make.command("rml2016a")
def make_rml2016a(
    out: Annotated[Path, typer.Option(help="The .npz file to write.")],
    mode: Annotated[str, typer.Option(help="compat (the published recipe) or corrected.")] = "compat",
    seed: Seed = 0,
    windows_per_cell: Annotated[int, typer.Option(help="Windows of each label at each SNR.")] = 1000,
) -> None:
    """RadioML 2016.10a: 11 modulations, -20 to 18 dB, windows of 128 samples."""
    with Progress() as bar:
        task = bar.add_task(f"rml2016a {mode}", total=len(LABELS))
        windows = generate(
            mode, SNRS_DB, windows_per_cell, seed, report=lambda labels_done: bar.update(task, completed=labels_done)
        )
    command = f"rfsec dataset make rml2016a --mode {mode} --seed {seed} --windows-per-cell {windows_per_cell}"
    save_windows(out, windows, LABELS, command)
    Console().print(f"Written: {out} ({len(windows):,} windows, sha256 {windows.sha256()})")


@make.command("demo-scene")
def make_demo_scene(
    out: Annotated[Path, typer.Option(help="The SigMF pair to write: PATH.sigmf-data and PATH.sigmf-meta.")],
    seed: Seed = 0,
) -> None:
    """A recording of four transmitters that send in turn, with the truth as SigMF annotations."""
    scene = make_scene(seed)
    meta = write_scene(scene, out)
    Console().print(f"Written: {meta} ({len(scene.bursts)} bursts, {scene.duration_s:.1f} s)")
