# SPDX-License-Identifier: GPL-3.0-or-later
"""The PDU of a burst: a pair of a PMT dict and a c32vector of its samples at the model's rate."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import pmt

from ..detection.burst import Burst
from ..detection.condition import MAX_SAMPLES
from ..records import MAX_TIME_NS, time_from_pmt, time_to_pmt

_REALS = ("sample_rate_hz", "centre_hz", "bandwidth_hz", "snr_db", "model_rate_hz")
_OPTIONAL_REALS = ("freq_hz", "symbol_rate_hz")
KEYS = ("sample_start", "sample_count", "time", "clips", *_REALS, *_OPTIONAL_REALS)
_SYMBOLS = {name: pmt.intern(name) for name in KEYS}
_HIGHEST = 1 << 62  # samples
_FASTEST_HZ = 1e12  # of all receivers
_SLOWEST, _OVER = 1 / 16384, 4  # rates of the model over the stream's; a Burst Detector gives 1/8192 to 2


@dataclass(frozen=True, slots=True)
class BurstPdu:
    """A burst with what the source says of its first sample.

    Attributes
    ----------
    burst : Burst
    time_ns : int or None
        UTC time of the first sample in nanoseconds since 1970.
    freq_hz : float or None
        Tuned frequency.
    """

    burst: Burst
    time_ns: int | None
    freq_hz: float | None

    def to_pmt(self):
        """The PDU."""
        burst = self.burst
        values = {"sample_start": pmt.from_uint64(burst.sample_start), "sample_count": pmt.from_uint64(burst.sample_count),
                  "time": time_to_pmt(self.time_ns), "freq_hz": _number(self.freq_hz),
                  "symbol_rate_hz": _number(burst.symbol_rate_hz), "clips": pmt.from_bool(burst.clips)}
        values.update((name, pmt.from_double(getattr(burst, name))) for name in _REALS)
        metadata = pmt.make_dict()
        for name, value in values.items():
            metadata = pmt.dict_add(metadata, _SYMBOLS[name], value)
        return pmt.cons(metadata, pmt.init_c32vector(burst.samples.size, burst.samples.tolist()))

    @classmethod
    def from_pmt(cls, message, *, with_samples: bool = True) -> "BurstPdu":
        """The burst that a PDU holds; reading its samples is most of the work. Raises ValueError, naming the rule, if it holds none."""
        if not pmt.is_pair(message) or not pmt.is_dict(pmt.car(message)) or not pmt.is_c32vector(pmt.cdr(message)):
            raise ValueError("A burst must be a pair of a PMT dict and a c32vector.")
        metadata, vector = pmt.car(message), pmt.cdr(message)
        if not 1 <= pmt.length(vector) <= MAX_SAMPLES:
            raise ValueError(f"The samples of a burst must be 1 to {MAX_SAMPLES}. Got {pmt.length(vector)} instead.")
        found = {}
        for name, symbol in _SYMBOLS.items():
            value = pmt.dict_ref(metadata, symbol, pmt.PMT_EOF)
            try:
                found[name] = _READERS.get(name, _real)(value)
            except Exception:  # PMT raises its own wrong_type, which Python sees under several names
                raise ValueError(f"The key '{name}' of a burst is missing or of a wrong type.") from None
        _check(found)
        time_ns, freq_hz = found.pop("time"), found.pop("freq_hz")
        samples = pmt.c32vector_elements(vector) if with_samples else []
        return cls(Burst(**found, samples=np.array(samples, np.complex64)), time_ns, freq_hz)


def _check(found: dict) -> None:
    for name in (*_REALS, *_OPTIONAL_REALS):
        if found[name] is not None and not isfinite(found[name]):
            raise ValueError(f"The '{name}' of a burst must be finite. Got {found[name]} instead.")
    for name in ("sample_rate_hz", "model_rate_hz", "bandwidth_hz", "symbol_rate_hz"):
        if found[name] is not None and found[name] <= 0:
            raise ValueError(f"The '{name}' of a burst must be above 0. Got {found[name]} instead.")
    rate_hz = found["sample_rate_hz"]  # what follows bounds the work: a burst is resampled to hold its band where it was
    for name, least, most in (("sample_rate_hz", 0, _FASTEST_HZ), ("model_rate_hz", rate_hz * _SLOWEST, rate_hz * _OVER),
                              ("centre_hz", -rate_hz / 2, rate_hz / 2), ("bandwidth_hz", 0, rate_hz)):
        if not least <= found[name] <= most:
            raise ValueError(f"The '{name}' of a burst at {rate_hz:g} samples a second must be {least:g} to {most:g}. "
                             f"Got {found[name]} instead.")
    if found["time"] is not None and not 0 <= found["time"] < MAX_TIME_NS:
        raise ValueError("The 'time' of a burst must lie in the years 1970 to 9999.")
    if not 1 <= found["sample_count"] <= _HIGHEST or found["sample_start"] > _HIGHEST:
        raise ValueError("The samples of a burst must be 1 or more, at a place from 0 on.")


def _real(value) -> float:
    return pmt.to_double(value)


def _optional(read):
    return lambda value: None if value is pmt.PMT_NIL else read(value)


def _number(value):
    return pmt.PMT_NIL if value is None else pmt.from_double(value)


_READERS = {"sample_start": pmt.to_uint64, "sample_count": pmt.to_uint64, "time": _optional(time_from_pmt), "clips": pmt.to_bool,
            **{name: _optional(_real) for name in _OPTIONAL_REALS}}
