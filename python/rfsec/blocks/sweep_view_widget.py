# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt widget of a Sweep View."""

import numpy as np
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PyQt5.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt5.QtWidgets import QToolTip, QWidget

from ..records import ACCEPTED, DecisionRecord, iso_time
from .burst_view_text import label_of, round_marks, scale_of, tooltip_of
from .sweep_view_scene import Scene, Snapshot

_FRAMES_PER_S = 10
_LEFT, _TOP, _RIGHT, _BOTTOM = 58, 26, 14, 44
_SMALLEST = 3.0  # pixels of a stripe
_LABEL_ROWS = 5  # above the spectrum
_LABEL_SIZE = 0.85  # of the font
_STEP_DB = 10.0
_LIMIT_DB = 300.0  # beyond it a level is nonsense
_LOW_QUANTILE = 0.02
_GROUND, _TEXT, _FAINT, _GRID = QColor("#101216"), QColor("#e6e8ec"), QColor("#8d96a5"), QColor("#23272f")
_LINE, _UNSURE = QColor("#d6e4ff"), QColor("#b9bfca")
# One for each technology, told apart by people who do not see all colours.
_COLOURS = {name: QColor(value) for name, value in (("wfm", "#56b4e9"), ("tetra", "#e69f00"), ("dvb-t", "#cc79a7"), ("radar", "#f0e442"),
                                                    ("lte", "#5dffa0"), ("gsm", "#ff7f50"))}
_OTHER_LABEL = QColor("#5dffa0")


class SweepWidget(QWidget):
    """Paints a scene, 10 times a second where it changes. For Qt's thread only.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene):
        super().__init__()
        self._scene, self._changes = scene, -1
        self._stripes: list[tuple[QRectF, DecisionRecord]] = []
        self.setMinimumSize(360, 220)
        self.setWindowTitle("Sweep View")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(1000 // _FRAMES_PER_S)

    def sizeHint(self) -> QSize:
        return QSize(1000, 480)

    def _look(self) -> None:
        if self._scene.changes != self._changes:
            self.update()

    def paintEvent(self, event) -> None:
        self._changes = self._scene.changes
        now, painter = self._scene.snapshot(), QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if now is None:
            painter.setPen(_TEXT)
            painter.drawText(self.rect(), Qt.AlignCenter, "Waiting for a whole sweep")
            return
        spectrum = now.item.spectrum
        low_hz = spectrum.first_hz - spectrum.bin_hz / 2
        band = (low_hz, low_hz + spectrum.power_db.size * spectrum.bin_hz)
        rows = painter.fontMetrics().height() * min(_LABEL_ROWS, len(now.records))
        area = QRectF(_LEFT, _TOP + rows, self.width() - _LEFT - _RIGHT, max(40, self.height() - _TOP - rows - _BOTTOM))
        power_db = np.clip(spectrum.power_db.astype(float), -_LIMIT_DB, _LIMIT_DB)
        levels = _levels(power_db)
        self._paint_axes(painter, area, band, levels, now)
        self._paint_stripes(painter, area, band, now.records)
        self._paint_line(painter, area, levels, power_db)
        self._paint_labels(painter, area)

    def _paint_axes(self, painter: QPainter, area: QRectF, band, levels, now: Snapshot) -> None:
        scale, unit = scale_of(band[1])
        for value, text in round_marks(*band, max(2, int(area.width() / 90)), scale):
            x = area.left() + (value - band[0]) / (band[1] - band[0]) * area.width()
            painter.setPen(_GRID)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(_FAINT)
            painter.drawText(QRectF(x - 60, area.bottom() + 4, 120, 18), Qt.AlignCenter, text)
        for value, text in round_marks(*levels, max(2, int(area.height() / 35)), 1.0):
            y = area.bottom() - (value - levels[0]) / (levels[1] - levels[0]) * area.height()
            painter.setPen(_GRID)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(_FAINT)
            painter.drawText(QRectF(0, y - 8, _LEFT - 8, 16), Qt.AlignRight | Qt.AlignVCenter, text)
        below = QRectF(area.left(), area.bottom() + 21, area.width(), 20)
        painter.drawText(below, Qt.AlignCenter, f"{unit}; dB of full scale in {now.item.spectrum.bin_hz / 1e3:g} kHz")
        painter.setPen(_TEXT)
        above = QRectF(area.left(), 4, area.width(), 18)
        painter.drawText(above, Qt.AlignLeft, f"emissions: {len(now.records):,}, sweeps: {now.sweeps:,}")
        time_ns = now.item.spectrum.time_ns
        seconds = f"{now.item.sample_start / now.item.sample_rate_hz:,.3f} s"
        painter.drawText(above, Qt.AlignRight, seconds if time_ns is None else iso_time(time_ns)[:23].replace("T", " ") + " UTC")

    def _paint_line(self, painter: QPainter, area: QRectF, levels, power_db: np.ndarray) -> None:
        """The highest bin of each column of pixels."""
        columns = max(1, min(power_db.size, int(area.width())))
        firsts = np.arange(columns) * power_db.size // columns
        finite = np.where(np.isfinite(power_db), power_db, -np.inf)
        highest = np.clip(np.maximum.reduceat(finite, firsts), *levels)
        x = area.left() + (np.arange(columns) + 0.5) / columns * area.width()
        y = area.bottom() - (highest - levels[0]) / (levels[1] - levels[0]) * area.height()
        painter.setPen(QPen(_LINE, 1.0))
        painter.drawPolyline(QPolygonF([QPointF(*place) for place in zip(x.tolist(), y.tolist())]))

    def _paint_stripes(self, painter: QPainter, area: QRectF, band, records: list[DecisionRecord]) -> None:
        self._stripes = []
        for record in sorted(records, key=lambda one: -one.bandwidth_hz):
            width = max(_SMALLEST, record.bandwidth_hz / (band[1] - band[0]) * area.width())
            middle = area.left() + (record.freq_hz + record.centre_hz - band[0]) / (band[1] - band[0]) * area.width()
            stripe = QRectF(middle - width / 2, area.top(), width, area.height()).intersected(area)
            self._stripes.append((stripe, record))
            shade = QColor(_colour_of(record))
            shade.setAlpha(60)
            painter.fillRect(stripe, shade)
            painter.setPen(QPen(_colour_of(record), 1.0, Qt.SolidLine if record.verdict == ACCEPTED else Qt.DashLine))
            painter.drawLine(stripe.topLeft(), stripe.bottomLeft())
            painter.drawLine(stripe.topRight(), stripe.bottomRight())

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        """In rows above the spectrum, the surest first; for what finds no room the mouse tells."""
        font, height = painter.font(), painter.fontMetrics().height()
        font.setPointSizeF(font.pointSizeF() * _LABEL_SIZE)
        painter.setFont(font)
        placed: list[tuple[QRectF, QRectF, DecisionRecord]] = []
        for stripe, record in sorted(self._stripes, key=lambda one: (one[1].verdict != ACCEPTED, -(one[1].confidence or 0.0))):
            width = painter.fontMetrics().horizontalAdvance(label_of(record)) + 8
            left = min(max(stripe.center().x() - width / 2, area.left()), area.right() - width)
            rows = (QRectF(left, area.top() - (row + 1) * height, width, height) for row in range(_LABEL_ROWS))
            place = next((one for one in rows if one.top() >= _TOP - 4 and not any(one.intersects(other) for other, _, _ in placed)), None)
            if place is not None:
                placed.append((place, stripe, record))
        for place, stripe, record in placed:
            painter.setPen(_colour_of(record))
            painter.drawLine(QPointF(stripe.center().x(), place.bottom()), QPointF(stripe.center().x(), area.top()))
        for place, stripe, record in placed:
            painter.fillRect(place.adjusted(3, 1, -3, -1), _GROUND)
            painter.setPen(_colour_of(record))
            painter.drawText(place, Qt.AlignCenter, label_of(record))

    def event(self, event) -> bool:
        if event.type() == QEvent.ToolTip:
            under = [record for stripe, record in self._stripes if stripe.adjusted(-2, 0, 2, 0).contains(QPointF(event.pos()))]
            QToolTip.showText(event.globalPos(), tooltip_of(under[-1]) if under else "", self)  # the narrowest
            return True
        return super().event(event)


def _colour_of(record: DecisionRecord) -> QColor:
    return _UNSURE if record.verdict != ACCEPTED else _COLOURS.get(str(record.label).lower(), _OTHER_LABEL)


def _levels(power_db: np.ndarray) -> tuple[float, float]:
    """From the darkest to the highest level that is shown, whole tens of decibels."""
    finite = power_db[np.isfinite(power_db)]
    low, high = (np.quantile(finite, _LOW_QUANTILE), finite.max()) if finite.size else (-100.0, 0.0)
    low = _STEP_DB * np.floor((low - 3) / _STEP_DB)
    return float(low), float(max(low + 2 * _STEP_DB, _STEP_DB * np.ceil((high + 3) / _STEP_DB)))
