# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of decisions about bursts."""

import time
from collections import Counter, deque

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from ..records import ACCEPTED, VERDICTS, DecisionRecord, iso_time

ROWS_WHILE_RUNNING = 12
KEPT = 40  # a radio may run for weeks


class Bursts:
    """Takes decision records one by one: ``last`` holds the newest; ``labels`` of those accepted and ``verdicts`` are counted."""

    def __init__(self):
        self.last: deque[DecisionRecord] = deque(maxlen=KEPT)
        self.labels: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()

    def write(self, record: DecisionRecord) -> None:
        self.last.append(record)
        self.verdicts[record.verdict] += 1
        if record.verdict == ACCEPTED:
            self.labels[record.label] += 1

    def close(self) -> None:
        pass


class BurstView:
    """The table of the bursts that were found lately, above a bar with the rate."""

    def __init__(self, flowgraph, bursts: Bursts):
        self._flowgraph, self._bursts, self._started = flowgraph, bursts, time.monotonic()
        self._bar = Progress(SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), auto_refresh=False)
        self._task = self._bar.add_task("", total=flowgraph.total)

    def render(self):
        """What to show now."""
        now, seconds = self._flowgraph.progress(), max(1e-9, time.monotonic() - self._started)
        text = f"{now.samples / seconds / 1e6:.2f} MS/s  {now.bursts:,} bursts  dropped {now.dropped:,}"
        if now.discontinuities:
            text += f"  gaps {now.discontinuities:,}"
        self._bar.update(self._task, completed=now.samples, description=text)
        return Group(_table(list(self._bursts.last)[-ROWS_WHILE_RUNNING:]), self._bar)

    def report(self, console: Console) -> None:
        """Print the last bursts and what was counted."""
        now, bursts = self._flowgraph.progress(), self._bursts
        total = sum(bursts.verdicts.values())
        if total > len(bursts.last):
            console.print(f"The last {len(bursts.last)} of {total:,} bursts:")
        if bursts.last:
            console.print(_table(bursts.last))
        verdicts = ", ".join(f"{bursts.verdicts[verdict]:,} {verdict}" for verdict in VERDICTS)
        console.print(f"{total:,} bursts: {verdicts}; {now.dropped:,} samples dropped, {now.invalid:,} not finite"
                      f"{f', {now.discontinuities:,} gaps in the stream' if now.discontinuities else ''}. "
                      + ", ".join(f"{label} {count:,}" for label, count in bursts.labels.most_common()), highlight=False)


def _table(records) -> Table:
    table = Table("start", "length", "centre", "width", "SNR", "symbols", "label", "sure", "verdict", box=None,
                  pad_edge=False, padding=(0, 1, 0, 0))
    for one in records:
        start = iso_time(one.time_ns)[11:23] if one.time_ns is not None else f"{one.sample_start / one.sample_rate_hz:.4f} s"
        centre = with_unit(one.centre_hz, "Hz", "+") if one.freq_hz is None else f"{(one.freq_hz + one.centre_hz) / 1e6:.3f} MHz"
        table.add_row(start, with_unit(one.sample_count / one.sample_rate_hz, "s"), centre, with_unit(one.bandwidth_hz, "Hz"),
                      f"{one.snr_db:.0f} dB", with_unit(one.symbol_rate_hz, "Bd"), one.label or "",
                      "" if one.confidence is None else f"{one.confidence:.2f}", one.verdict)
    return table


def with_unit(value: float | None, unit: str, sign: str = "-") -> str:
    """``value`` to three digits with a prefix of its size, e.g. 12.5 kHz; "" for None. ``sign`` "+" shows that of positive ones too."""
    if value is None:
        return ""
    scale, prefix = next((pair for pair in _PREFIXES if abs(value) >= 0.9995 * pair[0]), _PREFIXES[-1] if value else (1, ""))
    scaled = value / scale
    digits = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
    return f"{scaled:{sign}.{digits}f} {prefix}{unit}"


_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
