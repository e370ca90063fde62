# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec dataset``: generate labelled data from a seed, convert others'."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from .dataset_pairs import convert_deepmimo, make_room
from .plain import say

app = typer.Typer(help="Generate data, or convert it.", no_args_is_help=True)
make = typer.Typer(help="Make one kind of data set.", no_args_is_help=True)
app.add_typer(make, name="make")
make.command("room")(make_room)
app.command("deepmimo")(convert_deepmimo)

Seed = Annotated[int, typer.Option(help="Equal seeds give equal data.")]
Mode = Annotated[str, typer.Option(help="compat (the published recipe with its faults) or corrected.")]
Workers = Annotated[int | None, typer.Option(help="Processes; all cores if not given. The bytes do not depend on it.")]


def _make(dataset: str, mode: str, seed: int, windows_per_cell: int, workers: int | None, out: Path) -> None:
    """Make a data set behind a progress bar, and say what was written."""
    from ..datasets.make import make_dataset
    from ..datasets.shards import start_workers

    cores = len(os.sched_getaffinity(0))
    # The bar runs in a thread: processes are forked before it.
    with start_workers(cores if workers is None else workers) as pool, Progress() as bar:
        task = bar.add_task(dataset, total=None)
        manifest = make_dataset(
            dataset, mode, seed, windows_per_cell, out, pool, lambda done, total: bar.update(task, completed=done, total=total)
        )
    windows = sum(file["windows"] for file in manifest["files"])
    digest = manifest["files"][0]["windows_sha256"] if len(manifest["files"]) == 1 else "in manifest.json"
    say(f"Written: {out} ({windows:,} windows, sha256 {digest})")


@make.command("rml2016a")
def make_rml2016a(
    out: Annotated[Path, typer.Option(help="The .npz file to write; FILE.manifest.json comes beside it.")],
    mode: Mode = "compat",
    seed: Seed = 0,
    windows_per_cell: Annotated[int, typer.Option(help="Windows of each label at each SNR.")] = 1000,
    workers: Workers = None,
) -> None:
    """RadioML 2016.10a: 11 modulations, -20 to 18 dB, windows of 128 samples."""
    _make("rml2016a", mode, seed, windows_per_cell, workers, out)


@make.command("rml2016a-varied")
def make_rml2016a_varied(
    out: Annotated[Path, typer.Option(help="The folder to write: one .npz for each shape, and manifest.json.")],
    mode: Mode = "compat",
    seed: Seed = 0,
    windows_per_cell: Annotated[int, typer.Option(help="Windows of each label at each SNR and shape.")] = 1000,
    workers: Workers = None,
) -> None:
    """The same with 4 and 8 samples per symbol and windows of 64, 128, 256 and 512 samples (3.4 GB)."""
    _make("rml2016a-varied", mode, seed, windows_per_cell, workers, out)


@make.command("sig2019-12")
def make_sig2019(
    out: Annotated[Path, typer.Option(help="The .npz file to write; FILE.manifest.json comes beside it.")],
    seed: Seed = 0,
    windows_per_cell: Annotated[int, typer.Option(help="Windows of each label at each SNR.")] = 1500,
    workers: Workers = None,
) -> None:
    """Sig2019-12: 12 modulations, -20 to 30 dB, windows of 512 samples (1.9 GB, and as much memory)."""
    _make("sig2019-12", "compat", seed, windows_per_cell, workers, out)


@make.command("field")
def make_field(
    out: Annotated[Path, typer.Option(help="The .npz file to write; FILE.manifest.json comes beside it.")],
    seed: Seed = 0,
    windows_per_cell: Annotated[int, typer.Option(help="Windows of each label at each SNR.")] = 500,
    workers: Workers = None,
) -> None:
    """Bursts as a detector finds them: 15 classes, -4 to 40 dB, windows of 1,024 samples (0.7 GB)."""
    _make("field", "compat", seed, windows_per_cell, workers, out)


@make.command("demo-scene")
def make_demo_scene(
    out: Annotated[Path, typer.Option(help="The SigMF pair to write: PATH.sigmf-data and PATH.sigmf-meta.")],
    seed: Seed = 0,
) -> None:
    """A recording of four transmitters that send in turn, with the truth as SigMF annotations."""
    from ..datasets.scene import make_scene
    from ..datasets.scene_files import write_scene

    scene = make_scene(seed)
    meta = write_scene(scene, out)
    say(f"Written: {meta} ({len(scene.bursts)} bursts, {scene.duration_s:.1f} s)")
