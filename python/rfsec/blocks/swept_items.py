# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps as the items of a stream, and as messages: what an Averaged Spectrum writes, and others read.

The tags of an item are those of its sweep: ``rx_freq`` (centre of the first bin, Hz), ``bin_hz`` (Hz), ``rx_time`` (of its
first sample, where that is known), ``window_start`` and ``sample_count`` (uint64, samples of the stream that was swept), and
``sample_rate_hz``.
"""

from dataclasses import dataclass

import numpy as np
import pmt

from ..dsp.sweep_collector import CollectedSweep
from ..dsp.swept_spectrum import SweptSpectrum
from ..records import MAX_TIME_NS, time_from_pmt, time_to_pmt
from .sample_clock import MAX_SAMPLE, RX_FREQ, RX_TIME, WINDOW_START, sorted_tags

BIN_HZ, SAMPLE_COUNT, SAMPLE_RATE_HZ = (pmt.intern(key) for key in ("bin_hz", "sample_count", "sample_rate_hz"))
_FIRST_HZ, _TIME, _SAMPLE_START = (pmt.intern(key) for key in ("first_hz", "time", "sample_start"))
_MAX_HZ, _MIN_BIN_HZ = 1e12, 0.1  # beyond these a tag is nonsense, and a picture has no axis


@dataclass(frozen=True)
class SweptItem:
    """A sweep, and the samples of the stream that it was made of."""

    spectrum: SweptSpectrum
    sample_start: int
    sample_count: int
    sample_rate_hz: float

    @property
    def samples(self) -> dict:
        """What a decision record says of the samples."""
        return {"sample_start": self.sample_start, "sample_count": self.sample_count, "sample_rate_hz": self.sample_rate_hz}


def write_tags(block, item: int, sweep: CollectedSweep, sample_rate_hz: float) -> None:
    """Tag number `item` of the block's output 0."""
    spectrum = sweep.spectrum
    values = {RX_FREQ: pmt.from_double(spectrum.first_hz), BIN_HZ: pmt.from_double(spectrum.bin_hz),
              WINDOW_START: pmt.from_uint64(sweep.sample_start), SAMPLE_COUNT: pmt.from_uint64(sweep.sample_count),
              SAMPLE_RATE_HZ: pmt.from_double(sample_rate_hz)}
    if spectrum.time_ns is not None:
        values[RX_TIME] = time_to_pmt(spectrum.time_ns)
    for key, value in values.items():
        block.add_item_tag(0, item, key, value)


def message_of(sweep: CollectedSweep, sample_rate_hz: float):
    """A PDU: a dict with first_hz, bin_hz, time (or nil), sample_start, sample_count and sample_rate_hz, and an f32vector of decibels."""
    spectrum, about = sweep.spectrum, pmt.make_dict()
    for key, value in ((_FIRST_HZ, pmt.from_double(spectrum.first_hz)), (BIN_HZ, pmt.from_double(spectrum.bin_hz)),
                       (_TIME, time_to_pmt(spectrum.time_ns)), (_SAMPLE_START, pmt.from_uint64(sweep.sample_start)),
                       (SAMPLE_COUNT, pmt.from_uint64(sweep.sample_count)), (SAMPLE_RATE_HZ, pmt.from_double(sample_rate_hz))):
        about = pmt.dict_add(about, key, value)
    return pmt.cons(about, pmt.init_f32vector(spectrum.power_db.size, spectrum.power_db.tolist()))


def read_items(block, first: int, items: np.ndarray) -> list[SweptItem | None]:
    """The sweeps in items of a block's input 0, from number `first` on, float32 [n, bins], copied; None for one without sensible tags."""
    found = {}
    for tag in sorted_tags(block, 0, first, first + len(items)):
        found.setdefault(tag.offset - first, {})[tag.key] = tag.value
    return [_item(found.get(index, {}), power_db) for index, power_db in enumerate(items)]


def _item(tags: dict, power_db: np.ndarray) -> SweptItem | None:
    try:
        first_hz, bin_hz, rate_hz = (pmt.to_double(tags[key]) for key in (RX_FREQ, BIN_HZ, SAMPLE_RATE_HZ))
        start, count = (pmt.to_uint64(tags[key]) for key in (WINDOW_START, SAMPLE_COUNT))
        time_ns = time_from_pmt(tags[RX_TIME]) if RX_TIME in tags else None
    except Exception:  # PMT raises its own wrong_type, which Python sees under several names
        return None
    good = abs(first_hz) < _MAX_HZ and _MIN_BIN_HZ <= bin_hz < _MAX_HZ and 0 < rate_hz < _MAX_HZ and max(start, count) <= MAX_SAMPLE
    good = good and (time_ns is None or 0 <= time_ns < MAX_TIME_NS)
    return SweptItem(SweptSpectrum(first_hz, bin_hz, power_db.copy(), time_ns), start, count, rate_hz) if good else None
