# SPDX-License-Identifier: GPL-3.0-or-later
"""The words and numbers in a Burst View."""

import math

from ..records import ACCEPTED, DecisionRecord

_SCALES = ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"))


def label_of(record: DecisionRecord) -> str:
    """What stands beside a box: the label and how sure it is, or why there is none."""
    if record.verdict != ACCEPTED or record.label is None:
        return record.verdict.replace("_", " ")
    return record.label + ("" if record.confidence is None else f" {record.confidence:.2f}")


def tooltip_of(record: DecisionRecord) -> str:
    """All of a decision, one line each."""
    rate_hz = record.sample_rate_hz
    lines = [f"{record.label or 'no label'}, {record.verdict.replace('_', ' ')}"
             + ("" if record.confidence is None else f", confidence {record.confidence:.2f}"),
             f"at {frequency_text((record.freq_hz or 0.0) + record.centre_hz)}, {frequency_text(record.bandwidth_hz)} wide"]
    if rate_hz:
        lines.append(f"from {record.sample_start / rate_hz:.6f} s, {record.sample_count / rate_hz * 1e3:.3f} ms long")
    if record.snr_db is not None:
        lines.append(f"SNR {record.snr_db:.1f} dB")
    if record.symbol_rate_hz is not None:
        lines.append(f"{record.symbol_rate_hz:,.0f} symbols a second")
    return "\n".join(lines)


def frequency_text(hz: float) -> str:
    """A frequency with its unit, e.g. 433.025000 MHz."""
    scale, unit = scale_of(hz)
    return f"{hz / scale:.6g} {unit}" if unit == "Hz" else f"{hz / scale:.{6 if scale >= 1e6 else 3}f} {unit}"


def scale_of(hz: float) -> tuple[float, str]:
    """The unit that suits a frequency: how many Hz it has, and its name."""
    return next(((scale, unit) for scale, unit in _SCALES if abs(hz) >= scale), _SCALES[-1])


def round_marks(low: float, high: float, most: int, scale: float) -> list[tuple[float, str]]:
    """Round values from `low` to `high`, at most about `most`, and their text in units of `scale`; none where these are no range."""
    rough = (high - low) / most
    if not 0 < rough < math.inf:  # far out neighbouring numbers are further apart than a band is wide
        return []
    decade = 10 ** math.floor(math.log10(rough))
    step = next(one * decade for one in (1, 2, 5, 10) if one * decade >= rough * 0.999)
    digits = max(0, -math.floor(math.log10(step / scale) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    numbers = range(first, math.floor(high / step + 1e-9) + 1)
    return [(number * step, f"{number * step / scale:.{digits}f}") for number in numbers]
