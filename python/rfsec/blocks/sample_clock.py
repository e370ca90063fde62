# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags that tie an item to samples and time, and the clock that reads them back.

``rx_time``, ``rx_rate`` and ``rx_freq`` are the tags of gr-uhd. A window stream adds ``window_start`` (uint64: the
sample at which the item's window begins) and ``window_hop`` (uint64) on its first item and after each discontinuity.
"""

import math
from collections import deque
from dataclasses import dataclass, replace

import pmt

from ..records import MAX_TIME_NS, time_after, time_to_pmt

RX_TIME, RX_RATE, RX_FREQ = (pmt.intern(key) for key in ("rx_time", "rx_rate", "rx_freq"))
WINDOW_START, WINDOW_HOP = pmt.intern("window_start"), pmt.intern("window_hop")
CLOCK_KEYS = ("rx_time", "rx_rate", "rx_freq")
# Beyond these a tag is nonsense, and arithmetic on it would fail inside work().
MAX_SAMPLE, MAX_HOP, MIN_RATE_HZ = 1 << 61, 1 << 32, 1e-3


def vector_of(dtype, length: int):
    """The io_signature entry of vectors of ``length``; GNU Radio wants the plain type for single items."""
    return dtype if length == 1 else (dtype, length)


def sorted_tags(block, port: int, first: int, last: int) -> list:
    """The tags of input ``port`` on items ``first`` up to, but without, ``last``, in the order of their items."""
    return sorted(block.get_tags_in_range(port, first, last), key=lambda tag: tag.offset) if last > first else []


def key_of(tag) -> str:
    """The key of a tag; "" where its bytes are no text, as those of another block may be."""
    try:
        return pmt.symbol_to_string(tag.key)
    except UnicodeDecodeError:
        return ""


def clock_tags(block, first: int, last: int) -> list:
    """Those of `sorted_tags` of input 0 that tell of the sample clock: `CLOCK_KEYS`."""
    return [tag for tag in sorted_tags(block, 0, first, last) if key_of(tag) in CLOCK_KEYS]


def moved_time(time, samples: int, rate):
    """The ``rx_time`` value ``samples`` after ``time`` at the ``rx_rate`` value ``rate``; None where they do not tell."""
    if rate is None:  # PMT's functions crash on it
        return None
    try:
        epoch = _read_time(_read_rate(Epoch(item=0, start=0, hop=1), rate), time)
    except Exception:  # whatever another block put there
        return None
    time_ns = epoch.sample_time_ns(samples)
    return None if time_ns is None else time_to_pmt(time_ns)


@dataclass(frozen=True, slots=True)
class Epoch:
    """A run of windows without a discontinuity; item ``item + k`` begins at sample ``start + k * hop``."""

    item: int
    start: int
    hop: int
    rate_hz: float | None = None
    freq_hz: float | None = None
    time_ns: int | None = None
    time_sample: int = 0

    def sample(self, item: int) -> int:
        """First sample of the window at ``item``."""
        return self.start + (item - self.item) * self.hop

    def sample_time_ns(self, sample: int) -> int | None:
        """UTC nanoseconds of ``sample``, or None where the source gave no time or no rate."""
        return time_after(self.time_ns, sample - self.time_sample, self.rate_hz) if self.rate_hz else None


class WindowClock:
    """Keeps the epochs of a window stream until their windows are decided.

    Parameters
    ----------
    hop : int
        Samples from window to window until a ``window_hop`` tag says otherwise.
    """

    def __init__(self, hop: int):
        self._epochs = deque([Epoch(item=0, start=0, hop=hop)])

    def read(self, tags) -> None:
        """Enter the tags of a window stream, in the order of their items."""
        known = [(tag.offset, _ORDER[key], key, tag) for tag in tags if (key := key_of(tag)) in _ORDER]
        for _, _, key, tag in sorted(known, key=lambda one: one[:2]):
            last = self._epochs[-1]
            epoch = last if last.item == tag.offset else replace(last, item=tag.offset, start=last.sample(tag.offset))
            try:
                epoch = _READERS[key](epoch, tag.value)
            except Exception:  # a tag that another block filled with something else is not ours to judge
                continue
            if last.item == tag.offset:
                self._epochs.pop()
            self._epochs.append(epoch)

    def epoch(self, item: int) -> Epoch:
        """The epoch of ``item``. Items are asked for in order: older epochs are forgotten."""
        while len(self._epochs) > 1 and self._epochs[1].item <= item:
            self._epochs.popleft()
        return self._epochs[0]

    def end_of_epoch(self) -> float:
        """Item at which the epoch last asked for ends; infinity while it is the newest."""
        return self._epochs[1].item if len(self._epochs) > 1 else float("inf")


def _read_start(epoch: Epoch, value) -> Epoch:
    return replace(epoch, start=_whole(value, MAX_SAMPLE))


def _read_hop(epoch: Epoch, value) -> Epoch:
    return replace(epoch, hop=_whole(value, MAX_HOP))


def _read_rate(epoch: Epoch, value) -> Epoch:
    rate_hz = pmt.to_double(value)
    if not MIN_RATE_HZ <= rate_hz < math.inf:
        raise ValueError(rate_hz)
    # The samples before this one came at the old rate: time is counted from here.
    return replace(epoch, rate_hz=rate_hz, time_ns=epoch.sample_time_ns(epoch.start), time_sample=epoch.start)


def _read_freq(epoch: Epoch, value) -> Epoch:
    freq_hz = pmt.to_double(value)
    if not math.isfinite(freq_hz):
        raise ValueError(freq_hz)
    return replace(epoch, freq_hz=freq_hz)


def _read_time(epoch: Epoch, value) -> Epoch:
    seconds, fraction = pmt.to_uint64(pmt.tuple_ref(value, 0)), pmt.to_double(pmt.tuple_ref(value, 1))
    time_ns = seconds * 1_000_000_000 + round(fraction * 1e9)
    if time_ns >= MAX_TIME_NS or not 0 <= fraction <= 1:
        raise ValueError(time_ns)
    return replace(epoch, time_ns=time_ns, time_sample=epoch.start)


def _whole(value, highest: int) -> int:
    number = pmt.to_uint64(value)
    if number > highest:
        raise ValueError(number)
    return number


# In the order in which the tags of one item are read: what a time is tied to stands before it.
_READERS = {"window_start": _read_start, "window_hop": _read_hop, "rx_rate": _read_rate, "rx_freq": _read_freq,
            "rx_time": _read_time}
_ORDER = {key: place for place, key in enumerate(_READERS)}
