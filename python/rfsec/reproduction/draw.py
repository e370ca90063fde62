# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the pictures that a table asks for, from what was measured."""

from pathlib import Path

import numpy as np

from ..inference.evaluation import match_labels
from .features import flat_map, penultimate_features
from .gates import gate_saturation
from .measure import RowResult
from .pictures.confusion import draw_confusions, draw_confusions_at_snrs
from .pictures.curves import draw_curves
from .pictures.features import draw_features
from .pictures.gates import draw_gates
from .pictures.roc import draw_roc
from .pictures.shares import draw_shares
from .pictures.speed import draw_speed
from .result import TableResult

_GATES_LABEL, _GATES_SNR_DB = "QAM64", 18  # the LSTM paper's figures 10 and 11


def draw_pictures(result: TableResult, out: Path) -> dict[str, Path]:
    """Write the pictures of a table to the folder `out`; return them by caption, in the page's order.

    Raises OutputError where one cannot be written.
    """
    if not result.results:
        return {}
    pictures = {}
    for kind in result.table.pictures:
        pictures |= _DRAWERS[kind](result, out)
    return pictures


def _curves(result: TableResult, out: Path) -> dict[str, Path]:
    draw_curves(result.results, path := out / "accuracy.png")
    return {"Accuracy over SNR": path}


def _shares(result: TableResult, out: Path) -> dict[str, Path]:
    draw_shares(result.results, path := out / "few-windows.png")
    return {"Accuracy over the share of the training set": path}


def _speed(result: TableResult, out: Path) -> dict[str, Path]:
    draw_speed(result.results, result.table.platforms, path := out / "speed.png")
    return {"Windows a second": path}


def _by_dataset(result: TableResult) -> dict[str, list[RowResult]]:
    found = {}
    for one in result.results:
        found.setdefault(one.row.dataset, []).append(one)
    return found


def _confusion(result: TableResult, out: Path) -> dict[str, Path]:
    pictures = {}
    for dataset, rows in _by_dataset(result).items():
        draw_confusions(rows, path := out / f"confusion-{dataset}.png")
        pictures[f"Confusion over all SNRs, {dataset}"] = path
    return pictures


def _confusion_at_snrs(result: TableResult, out: Path) -> dict[str, Path]:
    pictures = {}
    for one in _closer(result):
        draw_confusions_at_snrs(one, path := out / f"confusion-{one.row.name}.png")
        pictures[f"Confusion at 18, 0 and -8 dB, {one.row.title}"] = path
    return pictures


def _roc(result: TableResult, out: Path) -> dict[str, Path]:
    pictures = {}
    for dataset, rows in _by_dataset(result).items():
        draw_roc(rows, path := out / f"roc-{dataset}.png")
        pictures[f"Receiver operating characteristics, {dataset}"] = path
    return pictures


def _features(result: TableResult, out: Path) -> dict[str, Path]:
    """The networks' features of the windows at the highest SNR, each row's first seed."""
    pictures = {}
    for dataset, rows in _by_dataset(result).items():
        first = rows[0]
        windows = result.data.windows(first.row, first.runs[0].seed)
        loudest = windows[windows.snr_db == windows.snr_db.max()]
        found = {one.row.title: penultimate_features(one.runs[0].path, loudest.x) for one in rows if one.runs[0].seed == first.runs[0].seed}
        maps = {title: flat_map(features) for title, features in found.items() if features is not None}
        if maps:
            draw_features(maps, loudest.label, result.data.labels(first.row), path := out / f"features-{dataset}.png")
            pictures[f"t-SNE of the features before the last layer at {windows.snr_db.max()} dB, {dataset}"] = path
    return pictures


def _gates(result: TableResult, out: Path) -> dict[str, Path]:
    pictures = {}
    for one in _closer(result):
        windows = result.data.windows(one.row, one.runs[0].seed)
        (label,) = match_labels([_GATES_LABEL], result.data.labels(one.row), "")
        first = np.flatnonzero((windows.label == label) & (windows.snr_db == _GATES_SNR_DB))[0]
        layers = gate_saturation(one.runs[0].path, windows.x[first])
        if layers:
            caption = f"Gate saturation for a {_GATES_LABEL} window at {_GATES_SNR_DB} dB, {one.row.title}"
            draw_gates(layers, caption, path := out / f"gates-{one.row.name}.png")
            pictures[caption] = path
    return pictures


def _closer(result: TableResult) -> list[RowResult]:
    return [one for one in result.results if one.row.name in result.table.closer_look]


_DRAWERS = {
    "curves": _curves,
    "shares": _shares,
    "confusion": _confusion,
    "confusion_at_snrs": _confusion_at_snrs,
    "roc": _roc,
    "features": _features,
    "gates": _gates,
    "speed": _speed,
}
