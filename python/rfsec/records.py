# SPDX-License-Identifier: GPL-3.0-or-later
"""The one result record of the project, and its JSON, PMT and SigMF forms."""

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, lru_cache
from math import isfinite

ACCEPTED, LOW_SNR, UNKNOWN, SKIPPED = VERDICTS = ("accepted", "low_snr", "unknown", "skipped")
FIELDS = ("sample_start", "sample_count", "time", "freq_hz", "sample_rate_hz", "snr_db", "head", "label",
          "confidence", "verdict", "model", "centre_hz", "bandwidth_hz", "symbol_rate_hz")
MAX_TIME_NS = 253_402_300_800_000_000_000  # the year 10000, which ISO 8601 and datetime do not reach


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision about one stretch of samples.

    Attributes
    ----------
    sample_start, sample_count : int
        First sample (counted from the start of the stream) and number of samples that the decision covers.
    time_ns : int or None
        UTC time of the first sample in nanoseconds since 1970; None where the source gives no time. Written as
        ``time``: ISO 8601 in JSON and SigMF, ``(uint64 seconds, double fraction)`` like ``rx_time`` in a PMT.
    freq_hz, sample_rate_hz : float or None
        Tuned frequency and sample rate where the source gives them.
    snr_db : float or None
        Signal-to-noise ratio, where something upstream measured it.
    head : str
        The model head that decided, e.g. ``modulation``.
    label : str or None
        The decision; None for a skipped stretch.
    confidence : float or None
        Probability of the label, 0 to 1.
    verdict : str
        ``accepted``; ``unknown`` (below the head's reject threshold); ``low_snr``; ``skipped`` (not classified:
        overload, or samples that are not finite).
    model : str
        Name of the model, from its card.
    centre_hz, bandwidth_hz : float or None
        The band of a burst: its middle, from the tuned frequency, and its occupied bandwidth, above 0; None for a window.
    symbol_rate_hz : float or None
        Symbol rate of a burst, above 0, where it can be seen.
    """

    sample_start: int
    sample_count: int
    time_ns: int | None
    freq_hz: float | None
    sample_rate_hz: float | None
    snr_db: float | None
    head: str
    label: str | None
    confidence: float | None
    verdict: str
    model: str
    centre_hz: float | None = None
    bandwidth_hz: float | None = None
    symbol_rate_hz: float | None = None

    def __post_init__(self):
        values = (self.sample_start, self.sample_count, self.time_ns, self.freq_hz, self.sample_rate_hz, self.snr_db,
                  self.head, self.label, self.confidence, self.verdict, self.model, self.centre_hz, self.bandwidth_hz,
                  self.symbol_rate_hz)
        kinds = tuple(map(type, values))
        if kinds not in _good_kinds:
            for name, value in zip(_KINDS, values):
                if not isinstance(value, _KINDS[name]) or isinstance(value, bool):
                    raise ValueError(f"The '{name}' of a decision record must not be a {type(value).__name__}.")
            _good_kinds.add(kinds)
        for name in _FINITE:
            value = getattr(self, name)
            if value is not None and not isfinite(value):
                raise ValueError(f"The '{name}' of a decision record must be finite. Got {value} instead.")
        for name in ("bandwidth_hz", "symbol_rate_hz"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"The '{name}' of a decision record must be above 0. Got {value} instead.")
        if self.time_ns is not None and not 0 <= self.time_ns < MAX_TIME_NS:
            raise ValueError("The time of a decision record must lie in the years 1970 to 9999.")
        if self.sample_start < 0 or self.sample_count < 0:
            raise ValueError("The samples of a decision record must be 0 or more.")
        if self.verdict not in VERDICTS:
            raise ValueError(f"The verdict of a decision record must be one of {', '.join(VERDICTS)}.")

    @property
    def is_burst(self) -> bool:
        """Whether the decision is about a burst, which has a band of its own, and not about a window."""
        return self.centre_hz is not None and self.bandwidth_hz is not None

    def to_json(self) -> str:
        """One JSON line, without its line end: keys in the order of ``FIELDS``; the same record gives the same bytes."""
        time = "null" if self.time_ns is None else f'"{iso_time(self.time_ns)}"'
        return (f'{{"sample_start":{self.sample_start},"sample_count":{self.sample_count},"time":{time},'
                f'"freq_hz":{_json(self.freq_hz)},"sample_rate_hz":{_json(self.sample_rate_hz)},"snr_db":{_json(self.snr_db)},'
                f'"head":{_json(self.head)},"label":{_json(self.label)},"confidence":{_encode(self.confidence)},'
                f'"verdict":{_json(self.verdict)},"model":{_json(self.model)},"centre_hz":{_json(self.centre_hz)},'
                f'"bandwidth_hz":{_json(self.bandwidth_hz)},"symbol_rate_hz":{_json(self.symbol_rate_hz)}}}')

    def to_pmt(self):
        """The record as a PMT dict with the keys of ``FIELDS``; None becomes ``PMT_NIL``."""
        pmt, keys = _pmt_keys()
        message = _steady_part(self.sample_count, self.freq_hz, self.sample_rate_hz, self.snr_db, self.head, self.label,
                               self.verdict, self.model)
        for key, value in ((keys["confidence"], _number(self.confidence)), (keys["time"], time_to_pmt(self.time_ns)),
                           (keys["sample_start"], pmt.from_uint64(self.sample_start)), (keys["centre_hz"], _number(self.centre_hz)),
                           (keys["bandwidth_hz"], _number(self.bandwidth_hz)), (keys["symbol_rate_hz"], _number(self.symbol_rate_hz))):
            message = pmt.acons(key, value, message)
        return message

    @classmethod
    def from_pmt(cls, message) -> "DecisionRecord":
        """The record that a PMT dict holds. Raises ValueError, naming the rule, if the message holds none."""
        pmt, keys = _pmt_keys()
        if not pmt.is_dict(message) or pmt.length(message) != len(FIELDS):
            raise ValueError(f"A decision message must be a PMT dict with exactly the keys {', '.join(FIELDS)}.")
        values = []
        for name, key in keys.items():
            value = pmt.dict_ref(message, key, pmt.PMT_EOF)
            try:
                values.append(None if value is pmt.PMT_NIL else _FROM_PMT[name](pmt, value))
            except Exception:  # PMT raises its own wrong_type, which Python sees under several names
                raise ValueError(f"The key '{name}' of a decision message is missing or of a wrong type.") from None
        return cls(*values)

    def to_sigmf_annotation(self) -> dict:
        """A SigMF annotation: ``core:`` keys where SigMF has them, the ``rfsec:`` namespace for the rest.

        The frequency edges are those of a burst's band, from 0 Hz where the tuned frequency is unknown, or those of the
        whole band of a window, where its frequency and rate are known.
        """
        annotation = {"core:sample_start": self.sample_start, "core:sample_count": self.sample_count,
                      "core:generator": f"gr-rfsec {self.model}", "rfsec:head": self.head, "rfsec:verdict": self.verdict}
        if self.label is not None:
            annotation["core:label"] = self.label
        for key, value in (("confidence", self.confidence), ("snr_db", self.snr_db), ("symbol_rate_hz", self.symbol_rate_hz)):
            if value is not None:
                annotation[f"rfsec:{key}"] = value
        if self.time_ns is not None:
            annotation["rfsec:time"] = iso_time(self.time_ns)
        middle, width = self.freq_hz, self.sample_rate_hz
        if self.is_burst:
            middle, width = (self.freq_hz or 0.0) + self.centre_hz, self.bandwidth_hz
        if middle is not None and width is not None:
            annotation["core:freq_lower_edge"] = middle - width / 2
            annotation["core:freq_upper_edge"] = middle + width / 2
        return annotation


def iso_time(time_ns: int) -> str:
    """UTC nanoseconds since 1970 as ISO 8601, e.g. ``2026-01-31T12:00:00.123456789Z``."""
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    return f"{_iso_second(seconds)}.{nanoseconds:09d}Z"


def time_after(time_ns: int | None, samples: int, sample_rate_hz: float) -> int | None:
    """Return the UTC nanoseconds `samples` after `time_ns`, before it where they are below 0; None where that is None, and
    outside of the years 1970 to 9999."""
    passed_ns = samples * 1e9 / sample_rate_hz
    if time_ns is None or not abs(passed_ns) < MAX_TIME_NS:  # a rate near 0 gives infinity
        return None
    found = time_ns + round(passed_ns)
    return found if 0 <= found < MAX_TIME_NS else None


def time_to_pmt(time_ns: int | None):
    """UTC nanoseconds since 1970 as the value of an ``rx_time`` tag; ``PMT_NIL`` for None."""
    pmt = _pmt_keys()[0]
    if time_ns is None:
        return pmt.PMT_NIL
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    return pmt.make_tuple(pmt.from_uint64(seconds), pmt.from_double(nanoseconds * 1e-9))


def time_from_pmt(value) -> int:
    """The other way round. Raises whatever PMT raises where ``value`` is no time."""
    pmt = _pmt_keys()[0]
    return pmt.to_uint64(pmt.tuple_ref(value, 0)) * 1_000_000_000 + round(pmt.to_double(pmt.tuple_ref(value, 1)) * 1e9)


@lru_cache(maxsize=16)
def _iso_second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}"


@cache
def _pmt_keys():
    import pmt  # only flowgraphs need it: the room stays usable without GNU Radio

    return pmt, {name: pmt.intern(name) for name in FIELDS}


@lru_cache(maxsize=1024)
def _steady_part(sample_count, freq_hz, sample_rate_hz, snr_db, head, label, verdict, model):
    """The part of a message that stays the same from window to window, made once and shared: it is most of the cost."""
    pmt, keys = _pmt_keys()
    part = pmt.make_dict()
    for name, value in (("sample_count", pmt.from_uint64(sample_count)), ("freq_hz", _number(freq_hz)),
                        ("sample_rate_hz", _number(sample_rate_hz)), ("snr_db", _number(snr_db)), ("head", _symbol(head)),
                        ("label", _symbol(label)), ("verdict", _symbol(verdict)), ("model", _symbol(model))):
        part = pmt.acons(keys[name], value, part)
    return part


@lru_cache(maxsize=1024)
def _symbol(text):
    # GNU Radio keeps every symbol for the life of the process, so only names from a card become one, never a time.
    pmt = _pmt_keys()[0]
    return pmt.PMT_NIL if text is None else pmt.intern(text)


def _number(value):
    pmt = _pmt_keys()[0]
    return pmt.PMT_NIL if value is None else pmt.from_double(value)


_OPTIONAL_NUMBER = (float, int, type(None))
_KINDS = {"sample_start": int, "sample_count": int, "time_ns": (int, type(None)), "freq_hz": _OPTIONAL_NUMBER,
          "sample_rate_hz": _OPTIONAL_NUMBER, "snr_db": _OPTIONAL_NUMBER, "head": str, "label": (str, type(None)),
          "confidence": _OPTIONAL_NUMBER, "verdict": str, "model": str, "centre_hz": _OPTIONAL_NUMBER,
          "bandwidth_hz": _OPTIONAL_NUMBER, "symbol_rate_hz": _OPTIONAL_NUMBER}
_FINITE = ("freq_hz", "sample_rate_hz", "snr_db", "confidence", "centre_hz", "bandwidth_hz", "symbol_rate_hz")
_integer, _time, _real, _text = (lambda pmt, value: pmt.to_uint64(value), lambda pmt, value: time_from_pmt(value),
                                 lambda pmt, value: pmt.to_double(value), lambda pmt, value: pmt.symbol_to_string(value))
_FROM_PMT = {"sample_start": _integer, "sample_count": _integer, "time": _time, "freq_hz": _real,
             "sample_rate_hz": _real, "snr_db": _real, "head": _text, "label": _text, "confidence": _real,
             "verdict": _text, "model": _text, "centre_hz": _real, "bandwidth_hz": _real, "symbol_rate_hz": _real}
_good_kinds: set[tuple] = set()  # the types of the fields of records that passed
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@lru_cache(maxsize=1024, typed=True)
def _json(value: float | str | None) -> str:
    return _encode(value + 0.0 if isinstance(value, float) else value)  # -0.0 becomes 0.0: the cache takes them for one
