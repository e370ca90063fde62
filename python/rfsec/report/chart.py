# SPDX-License-Identifier: GPL-3.0-or-later
"""The spectrogram with its boxes and axes, in HTML."""

import base64
import io
from html import escape

import numpy as np
from matplotlib import colormaps
from matplotlib.image import imsave

from ..records import ACCEPTED, DecisionRecord
from .survey import Survey
from .units import marks, power_of_ten, unit_of

_COLOURS, _SHADES = "inferno", 48
_LOWEST_DB = -6.0  # the noise is dark, and yet seen
_BRIGHTEST = 0.9995  # of the cells are below the brightest colour
_SPAN_DB = (20.0, 65.0)  # from the darkest to the brightest colour, least and most
_WIDE = 0.05  # of the picture: such a box shows its label always
_MOST_LABELS = 60
_CROWD = 100  # boxes: more are drawn fainter
_TICKS = (12, 8)  # of time and of frequency
_NEAR_EDGE = 0.015
_ZOOMS = (1, 2, 4, 8, 16)


def chart(survey: Survey) -> str:
    """Return the figure: the spectrogram as a PNG inside it, a button over each burst, axes and a legend."""
    recording, levels = survey.recording, survey.overview.levels_db()
    top = max(_LOWEST_DB + _SPAN_DB[0], float(np.quantile(levels, _BRIGHTEST)))
    bottom = max(_LOWEST_DB, top - _SPAN_DB[1])
    png = _data_url(np.flipud(levels), bottom, top)
    duration_s = recording.sample_count / recording.sample_rate_hz
    columns, time_unit = _time_axis(duration_s)
    rows, frequency_unit = _frequency_axis(survey)
    boxes = "".join(_box(number, one.record, recording, number < _MOST_LABELS) for number, one in enumerate(survey.decided))
    zooms = "".join(f'<button value="{zoom}" aria-pressed="{str(zoom == 1).lower()}">{zoom}×</button> ' for zoom in _ZOOMS)
    bar = ",".join(_rgb(share) for share in np.linspace(0, 1, 9))
    crowd = " crowd" if len(survey.decided) > _CROWD else ""
    return (f'<div class="chart"><div class="rows">{rows}</div><div class="scroll" tabindex="0" aria-label="Spectrogram">'
            f'<div class="strip"><img alt="Spectrogram of the recording" src="{png}">'
            f'<div class="boxes{crowd}">{boxes}</div>{columns}</div></div></div>'
            f'<div class="legend"><span>time in {time_unit}, {frequency_unit}</span><span>{bottom:.0f} dB'
            f'<i class="bar" style="background:linear-gradient(90deg,{bar})"></i>{top:.0f} dB over the median</span>'
            f'<span class="zoom" hidden>time {zooms}</span><span>dashed: not accepted</span></div>')


def _data_url(levels: np.ndarray, low: float, high: float) -> str:
    file = io.BytesIO()
    # Fewer colours than can be told apart in noise make the file a third smaller.
    colours = colormaps[_COLOURS].resampled(_SHADES)
    imsave(file, levels, vmin=low, vmax=high, cmap=colours, format="png", metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _rgb(share: float) -> str:
    red, green, blue, _ = (round(255 * one) for one in colormaps[_COLOURS](share))
    return f"rgb({red} {green} {blue})"


def _time_axis(duration_s: float) -> tuple[str, str]:
    exponent = min(0, power_of_ten(duration_s))
    ticks = ""
    for one in marks(0, duration_s, _TICKS[0]):
        share = one / duration_s
        edge = " first" if share < _NEAR_EDGE else " last" if share > 1 - _NEAR_EDGE else ""
        ticks += f'<span class="tick{edge}" style="left:{100 * share:.3f}%">{one / 10**exponent:g}</span>'
    return ticks, unit_of(exponent, "s")


def _frequency_axis(survey: Survey) -> tuple[str, str]:
    """The marks from below to above; absolute frequencies where the recording tells one, and the same one all along."""
    rate_hz = survey.recording.sample_rate_hz
    tuned = {capture.frequency_hz for capture in survey.recording.captures if capture.frequency_hz is not None}
    middle = tuned.pop() if len(tuned) == 1 else 0.0
    low, high = middle - rate_hz / 2, middle + rate_hz / 2
    exponent = power_of_ten(middle or rate_hz / 2)
    values = marks(low, high, _TICKS[1])
    step = values[1] - values[0] if len(values) > 1 else rate_hz
    digits = max(0, exponent - int(np.floor(np.log10(step) + 1e-9)))
    if abs(step / 10 ** (exponent - digits) % 1 - 0.5) < 0.01:  # a step of 2.5
        digits += 1
    ticks = "".join(f'<span class="tick" style="top:{100 * (high - one) / rate_hz:.3f}%">{one / 10**exponent:.{digits}f}</span>'
                    for one in values)
    return ticks, f"frequency in {unit_of(exponent, 'Hz')}" + ("" if middle else " from the tuned one")


def _box(number: int, record: DecisionRecord, recording, labelled: bool) -> str:
    left, width = record.sample_start / recording.sample_count, record.sample_count / recording.sample_count
    height = record.bandwidth_hz / recording.sample_rate_hz
    above = 0.5 - record.centre_hz / recording.sample_rate_hz - height / 2
    kind = [name for name, holds in (("unsure", record.verdict != ACCEPTED), ("wide", labelled and width > _WIDE),
                                     ("low", above < 0.06), ("late", left > 0.85)) if holds]
    text = escape(record.label or record.verdict)
    classes = f' class="{" ".join(kind)}"' if kind else ""
    return (f'<button data-burst="{number}"{classes} tabindex="-1" aria-label="burst {number + 1}: {text}" '
            f'style="left:{100 * left:.4f}%;top:{100 * above:.3f}%;width:{100 * width:.4f}%;height:{100 * height:.3f}%">'
            f'<span>{text}</span></button>')
