# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: one HTML file that needs nothing else, neither other files nor the network."""

import base64
import hashlib
from collections import Counter
from html import escape
from pathlib import Path

from ..records import VERDICTS, DecisionRecord, iso_time
from .chart import chart
from .survey import PICTURES, Survey
from .units import EXACT, with_unit

_STYLE, _SCRIPT = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
_COLUMNS = ("time", "duration", "centre", "bandwidth", "SNR", "symbol rate", "label", "confidence", "verdict")
_TEXT = ("label", "verdict")
_NONE = "–"


def page(survey: Survey) -> str:
    """Return the page as HTML. What comes from the recording or the model is escaped."""
    name = escape(survey.recording.path.name)
    script_hash = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{script_hash}'"
    return "\n".join((
        "<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name}: bursts</title>", f"<style>{_STYLE}</style></head><body>",
        f"<h1>{name}</h1>", _facts(survey), _counts(survey), "<h2>Spectrogram</h2>", chart(survey), "<h2>Bursts</h2>",
        _table(survey), f"<script>{_SCRIPT}</script></body></html>", ""))


def _facts(survey: Survey) -> str:
    recording, card = survey.recording, survey.classifier.card
    rate_hz = recording.sample_rate_hz
    tuned = sorted({capture.frequency_hz for capture in recording.captures if capture.frequency_hz is not None})
    duration = with_unit(recording.sample_count / rate_hz, "s", 4)
    if survey.samples < recording.sample_count:
        duration = f"{duration}, of which the first {with_unit(survey.samples / rate_hz, 's', 4)} were looked at"
    facts = {
        "format": recording.description, "sample rate": with_unit(rate_hz, "S/s", EXACT),
        "duration": duration, "samples": f"{recording.sample_count:,}",
        "tuned to": ", ".join(with_unit(one, "Hz", EXACT) for one in tuned) or "not known",
        "begins": recording.start_time or "not known", "model": f"{card.name}: {card.description}",
        "not finite": f"{survey.invalid:,} samples, taken as 0" if survey.invalid else "none",
        "dropped": "none: a file waits"}
    return "<dl>" + "".join(f"<div><dt>{key}</dt><dd>{escape(value)}</dd></div>" for key, value in facts.items()) + "</dl>"


def _counts(survey: Survey) -> str:
    records = [one.record for one in survey.decided]
    verdicts = Counter(one.verdict for one in records)
    labels = Counter(one.label for one in records if one.label is not None)
    shown = [("bursts", len(records)), *((verdict, verdicts[verdict]) for verdict in VERDICTS if verdicts[verdict]),
             *labels.most_common()]
    return '<ul class="counts">' + "".join(f"<li>{escape(name)}<b>{count:,}</b></li>" for name, count in shown) + "</ul>"


def _table(survey: Survey) -> str:
    if not survey.decided:
        return "<p>Nothing stands out of the noise in this recording.</p>"
    heads = "".join(f'<th{_class(name)} aria-sort="{"ascending" if name == "time" else "none"}"><button>{name}</button></th>'
                    for name in _COLUMNS)
    rows = "\n".join(_row(number, one.record, one.picture) for number, one in enumerate(survey.decided))
    more = len(survey.decided) - PICTURES
    note = f"<p>The first {PICTURES} of {len(survey.decided):,} bursts have a picture.</p>" if more > 0 else ""
    return ('<p class="faint">Click a column to sort by it, a burst to see it larger; the arrow keys go from row to row.</p>'
            f'{note}<div class="table"><table><thead><tr><th class="text">look</th>{heads}</tr></thead>'
            f'<tbody>\n{rows}\n</tbody></table></div>')


def _row(number: int, record: DecisionRecord, picture: str) -> str:
    rate_hz = record.sample_rate_hz
    start_s, duration_s = record.sample_start / rate_hz, record.sample_count / rate_hz
    centre_hz = record.centre_hz + (record.freq_hz or 0.0)
    centre = f"{centre_hz / 1e6:,.6f} MHz" if record.freq_hz else f"{record.centre_hz / 1e3:+,.2f} kHz"
    cells = {
        "time": (start_s, f"{start_s:,.6f} s"), "duration": (duration_s, with_unit(duration_s, "s")),
        "centre": (centre_hz, centre), "bandwidth": (record.bandwidth_hz, with_unit(record.bandwidth_hz, "Hz")),
        "SNR": (record.snr_db, f"{record.snr_db:.1f} dB"),
        "symbol rate": ("", _NONE) if record.symbol_rate_hz is None else (
            record.symbol_rate_hz, with_unit(record.symbol_rate_hz, "Bd", 4)),
        "label": (record.label or "", record.label or _NONE),
        "confidence": ("", _NONE) if record.confidence is None else (record.confidence, f"{record.confidence:.2f}"),
        "verdict": (record.verdict, record.verdict)}
    inside = "".join(f'<td{_class(name)} data-value="{escape(str(value))}">{escape(text)}</td>'
                     for name, (value, text) in cells.items())
    title = "" if record.time_ns is None else f' title="{iso_time(record.time_ns)}"'
    return f'<tr tabindex="0" data-burst="{number}"{title}><td class="look">{picture}</td>{inside}</tr>'


def _class(name: str) -> str:
    return ' class="text"' if name in _TEXT else ""
