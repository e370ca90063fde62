# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec dataset make room`` and ``rfsec dataset deepmimo``: pairs of channels that ``rfsec train kgnet --data`` takes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from ..errors import OutputError
from .out_files import is_same_file
from .plain import say

if TYPE_CHECKING:
    from ..datasets.room import RoomChannels

Out = Annotated[Path, typer.Option(help="The .npz file to write: positions [n, 3], band1 and band2 [n, L].")]


def make_room(
    out: Out,
    scenario: Annotated[str, typer.Option(help="paper, disjoint-100 or disjoint-20.")] = "paper",
) -> None:
    """Channels of a simulated room in two bands: 100,902 positions, 64 carriers (106 MB)."""
    from ..datasets.room import load_room

    with Progress() as bar:
        task = bar.add_task(f"room {scenario}", total=None)
        channels = load_room(scenario, lambda done, total: bar.update(task, completed=done, total=total))
    _save(out, channels)


def convert_deepmimo(
    band1: Annotated[Path, typer.Argument(help="A .mat or .npz file of DeepMIMO's generator: what Alice measures.")],
    band2: Annotated[Path, typer.Argument(help="The same users in the other band: what Bob measures.")],
    out: Out,
) -> None:
    """Make pairs of channels of two DeepMIMO files with one antenna at both ends."""
    from ..datasets.deepmimo import load_deepmimo

    if is_same_file(out, band1) or is_same_file(out, band2):
        raise OutputError(f"The data set '{out}' cannot be written: the channels are read from that file. Choose another --out.")
    _save(out, load_deepmimo(band1, band2))


def _save(out: Path, channels: "RoomChannels") -> None:
    from ..datasets.channel_pairs import save_pairs

    save_pairs(out, channels)
    say(f"Written: {out} ({len(channels.positions):,} positions, sha256 {channels.sha256})")
