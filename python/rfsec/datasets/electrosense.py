# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of Electrosense's sensors: what its API answers, as JSON, and tables of frequencies and times, as CSV.

The API's ``/spectrum/aggregated`` (https://electrosense.org/open-api-spec.html, and its authors' examples at
github.com/electrosense/api-examples): the answer's ``values`` are rows, one each ``aggTime`` seconds from ``timeBegin``,
of a value each ``aggFreq`` Hz from ``freqMin`` to ``freqMax``, in dB.
"""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from ..dsp.swept_spectrum import SweptSpectrum
from ..errors import DatasetError
from ..records import MAX_TIME_NS

_MAX_BYTES, _MAX_BINS, _MAX_HZ = 1 << 28, 1 << 20, 1e12
_LONGEST_ROW = 1 << 25  # characters
_DB = 1000.0  # no power is further from 0 dB
_SAME = 1e-3  # of a bin, by which frequencies of a CSV may be uneven


def load_electrosense(path: Path) -> list[SweptSpectrum]:
    """Return the spectra of a file, in its order.

    JSON is the object that the API answered, with the request's ``freqMin``, ``freqMax`` and ``aggFreq`` in Hz and, where
    times shall be known, ``timeBegin`` and ``aggTime`` in s. CSV has a head of "time" and the middles of all bins in Hz,
    and a line for each spectrum: its time in s since 1970, or nothing, then dB. A value that is null or empty becomes NaN.

    Raises
    ------
    DatasetError
        If the file cannot be read or breaks a rule; the message names the place.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DatasetError(f"{path}: spectra of Electrosense must be at most {_MAX_BYTES} bytes long. Divide the file.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DatasetError(f"{path}: the spectra cannot be read: {reason}.") from None
    return _from_csv(text, path) if path.suffix.lower() == ".csv" else _from_json(text, path)


def _from_json(text: str, path: Path) -> list[SweptSpectrum]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: this is not JSON ({error}).") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("values"), list):
        raise DatasetError(f"{path}: the answer must be an object with a list called values.")
    lowest, highest, bin_hz = (_number(answer.get(name), 0, _MAX_HZ, f"{path}: {name}") for name in ("freqMin", "freqMax", "aggFreq"))
    if bin_hz <= 0 or highest <= lowest:
        raise DatasetError(f"{path}: aggFreq must be above 0, and freqMax above freqMin.")
    wanted = (highest - lowest) / bin_hz
    begin, step = (None if answer.get(name) is None else _number(answer[name], 0, MAX_TIME_NS / 1e9, f"{path}: {name}") for name in ("timeBegin", "aggTime"))
    found = []
    for index, row in enumerate(answer["values"]):
        where = f"{path}: row {index + 1} of values"
        # The last bin may begin at freqMax, or be cut off by it.
        if not isinstance(row, list) or not row or abs(len(row) - wanted) > 1 or len(row) > _MAX_BINS:
            raise DatasetError(f"{where} must be a list of about {wanted:g} numbers, (freqMax - freqMin) / aggFreq.")
        time_ns = None if begin is None or step is None and index else _time_ns(begin + index * (step or 0), where)
        found.append(SweptSpectrum(lowest + bin_hz / 2, bin_hz, _powers(row, where), time_ns))
    return found


def _from_csv(text: str, path: Path) -> list[SweptSpectrum]:
    csv.field_size_limit(_LONGEST_ROW)
    try:
        lines = [line for line in csv.reader(text.splitlines(), strict=True) if line]
    except csv.Error as error:
        raise DatasetError(f"{path}: this is not CSV ({error}).") from None
    if not lines or len(lines[0]) < 3 or lines[0][0].strip().lower() != "time" or len(lines[0]) > _MAX_BINS:
        raise DatasetError(f"{path}: the first line must be time and the middles of two bins or more, in Hz.")
    hz = np.array([_number(cell, 0, _MAX_HZ, f"{path}: frequency {place + 1}") for place, cell in enumerate(lines[0][1:])])
    bin_hz = float(hz[-1] - hz[0]) / (hz.size - 1)
    if bin_hz <= 0 or np.abs(hz - hz[0] - bin_hz * np.arange(hz.size)).max() > _SAME * bin_hz:
        raise DatasetError(f"{path}: the frequencies of the first line must rise in equal steps.")
    found = []
    for index, line in enumerate(lines[1:]):
        where = f"{path}: spectrum {index + 1}"
        if len(line) != hz.size + 1:
            raise DatasetError(f"{where} must have {hz.size + 1} cells, as the first line. It has {len(line)}.")
        time_ns = _time_ns(_number(line[0], 0, MAX_TIME_NS / 1e9, where), where) if line[0].strip() else None
        found.append(SweptSpectrum(float(hz[0]), bin_hz, _powers(line[1:], where), time_ns))
    return found


def _powers(cells: list[Any], where: str) -> np.ndarray:
    empty = (None, "")
    return np.array([np.nan if cell in empty else _number(cell, -_DB, _DB, where) for cell in cells], np.float32)


def _time_ns(seconds: float, where: str) -> int:
    time_ns = round(seconds * 1e9)
    if not 0 <= time_ns < MAX_TIME_NS:
        raise DatasetError(f"{where} must be of the years 1970 to 9999.")
    return time_ns


def _number(value: Any, least: float, most: float, where: str) -> float:
    try:
        number = math.nan if isinstance(value, (bool, list, dict)) or value is None else float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not least <= number <= most:
        raise DatasetError(f"{where} must be a number from {least:g} to {most:g}. Got {str(value)[:40]!r} instead.")
    return number
