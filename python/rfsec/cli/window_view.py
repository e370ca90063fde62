# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of decisions about windows."""

import time
from collections.abc import Iterable

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from ..records import iso_time
from .stretches import Stretch, StretchesByHead

ROWS_WHILE_RUNNING = 8


class WindowView:
    """The table of the stretches that were found lately, above a bar with the rates."""

    def __init__(self, flowgraph, stretches: StretchesByHead):
        self._flowgraph, self._heads, self._started = flowgraph, stretches.heads, time.monotonic()
        self._bar = Progress(SpinnerColumn(), BarColumn(), TextColumn("{task.description}", markup=False), auto_refresh=False)
        self._task = self._bar.add_task("", total=flowgraph.total)

    def render(self):
        """What to show now."""
        now, seconds = self._flowgraph.progress(), max(1e-9, time.monotonic() - self._started)
        windows = now.classified + now.skipped + now.invalid
        text = f"{now.samples / seconds / 1e6:.2f} MS/s  {windows / seconds:,.0f} windows/s  skipped {now.skipped:,}"
        if now.discontinuities:
            text += f"  gaps {now.discontinuities:,}"
        self._bar.update(self._task, completed=now.samples, description=f"{text}  {now.label}")
        rows = max(1, ROWS_WHILE_RUNNING // len(self._heads))
        return Group(_table({name: list(one.found)[-rows:] for name, one in self._heads.items()}), self._bar)

    def report(self, console: Console) -> None:
        """Print the last stretches and what was counted."""
        now, several = self._flowgraph.progress(), len(self._heads) > 1
        for name, one in self._heads.items():
            if one.total > len(one.found):
                console.print(f"The last {len(one.found)} of {one.total:,} stretches{f' of the head {name}' if several else ''}:")
        console.print(_table({name: one.found for name, one in self._heads.items()}))
        counts = "; ".join((f"{name}: " if several else "") + ", ".join(
            f"{label} {count:,}" for label, count in one.windows.most_common()) for name, one in self._heads.items())
        console.print(f"{now.classified:,} windows classified, {now.skipped:,} skipped, {now.invalid:,} not finite"
                      f"{f', {now.discontinuities:,} gaps in the stream' if now.discontinuities else ''}. {counts}", highlight=False)


def _table(heads: dict[str, Iterable[Stretch]]) -> Table:
    """The stretches of each head, head by head; their names in a column of their own where there are several."""
    several = len(heads) > 1
    table = Table(*["head"] * several, "start", "length", "label", "agreeing", "confidence")
    for name, stretches in heads.items():
        for one in stretches:
            table.add_row(*[name] * several, *_cells(one))
    return table


def _cells(one: Stretch) -> tuple[str, ...]:
    samples = one.sample_end - one.sample_start
    start = iso_time(one.time_ns)[11:23] if one.time_ns is not None else (
        f"{one.sample_start / one.rate_hz:.3f} s" if one.rate_hz else f"sample {one.sample_start:,}")
    length = f"{samples / one.rate_hz * 1e3:,.1f} ms" if one.rate_hz else f"{samples:,}"
    confidence = f"{one.confidence_sum / one.agreeing:.2f}" if one.confidence_sum else ""
    return start, length, one.label, f"{one.agreeing / one.windows:.0%} of {one.windows:,}", confidence
