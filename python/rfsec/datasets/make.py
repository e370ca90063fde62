# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole data sets on disk, each with a manifest that says how to make it again and how to recognise it."""

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from ..errors import OutputError, ParameterError
from .families import Shape, find_family
from .files import write_windows, written_aside
from .shards import SHARD_WINDOWS, generate_sharded


def make_dataset(
    dataset: str,
    mode: str,
    seed: int,
    windows_per_cell: int,
    out: Path,
    pool: Executor,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> dict:
    """Generate a data set and write it: OUT.npz and OUT.manifest.json, or a folder where there are several shapes.

    A folder holds one file for each shape, such as 4sps-128.npz, and manifest.json.

    Parameters
    ----------
    dataset, mode : str
        See `families.find_family`.
    seed : int
        At least 0.
    windows_per_cell : int
        Windows of each label at each SNR, and of each shape.
    out : Path
        An .npz file, or a folder that is not there yet or empty.
    pool : Executor
        See `shards.start_workers`.
    report : callable
        Called with the shards done and those in all.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    ParameterError
        If an argument is outside its range.
    OutputError
        If the set cannot be written; then nothing of it is there, and what was there before stays.
    """
    family = find_family(dataset, mode)
    several = len(family.shapes) > 1
    if not several and out.suffix != ".npz":
        raise ParameterError(f"The '--out' of {dataset} must end in .npz. Got '{out}' instead.")
    command = f"rfsec dataset make {dataset}{'' if family.name == dataset else f' --mode {mode}'} --seed {seed}"
    manifest = {
        "command": f"{command} --windows-per-cell {windows_per_cell}",
        "dataset": family.name,
        "seed": seed,
        "labels": family.labels,
        "snrs_db": family.snrs_db,
        "windows_per_cell": windows_per_cell,
        "windows_per_cell_of_a_shard": SHARD_WINDOWS,
        "files": [],
    }
    shards = -(-windows_per_cell // SHARD_WINDOWS)
    done, total = 0, shards * len(family.shapes)

    def report_shard() -> None:
        nonlocal done
        done += 1
        report(done, total)

    def add(path: Path, name: str, shape: Shape) -> None:
        path.open("wb").close()  # a folder that cannot be written to shows at once, not after minutes
        windows = generate_sharded(dataset, mode, shape, windows_per_cell, seed, pool, report_shard)
        write_windows(path, windows, family.labels, manifest["command"])
        manifest["files"].append(_describe(path, name, shape, len(windows), windows.sha256()))

    if several:
        with written_aside(out) as folder:
            if out.is_file() or (out.is_dir() and any(out.iterdir())):
                raise OutputError(f"The folder '{out}' is there already. Remove it or choose another --out.")
            folder.mkdir()
            for shape in family.shapes:
                add(folder / f"{shape}.npz", f"{shape}.npz", shape)
            _write_manifest(folder / "manifest.json", manifest)
    else:
        manifest_path = out.with_suffix(".manifest.json")
        for path in (out, manifest_path):
            if os.path.isdir(path):
                raise OutputError(f"The data set '{out}' cannot be written: '{path}' is a folder. Choose another --out.")
        with written_aside(manifest_path) as manifest_aside:
            with written_aside(out) as aside:
                add(aside, out.name, family.shapes[0])
                _write_manifest(manifest_aside, manifest)
                manifest_path.unlink(missing_ok=True)  # never beside data that it does not describe
    return manifest


def _describe(path: Path, name: str, shape: Shape, windows: int, windows_sha256: str) -> dict:
    with path.open("rb") as file:
        file_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "file": name,
        "samples_per_symbol": shape.samples_per_symbol,
        "window": shape.window,
        "windows": windows,
        "windows_sha256": windows_sha256,
        "file_sha256": file_sha256,
    }


def _write_manifest(path: Path, manifest: dict) -> None:
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
