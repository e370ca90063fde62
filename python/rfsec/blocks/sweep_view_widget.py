# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt widget of a Sweep View."""

import numpy as np
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PyQt5.QtWidgets import QToolTip, QWidget

from ..records import ACCEPTED, DecisionRecord, iso_time
from .burst_view_text import round_marks, scale_of, tooltip_of
from .sweep_view_layout import Label, Span, labels_of, levels_of, shown_levels, spans_of
from .sweep_view_scene import Scene, Snapshot

_FRAMES_PER_S = 10
_LEFT, _TOP, _RIGHT, _BOTTOM = 58, 26, 14, 44
_LABEL_SIZE = 0.85  # of the font
_GROUND, _TEXT, _FAINT, _GRID = QColor("#101216"), QColor("#e6e8ec"), QColor("#8d96a5"), QColor("#23272f")
_LINE = QColor("#d6e4ff")
# One for each technology, told apart by people who do not see all colours.
_COLOURS = {name: QColor(value) for name, value in (("wfm", "#56b4e9"), ("tetra", "#e69f00"), ("dvb-t", "#cc79a7"), ("radar", "#f0e442"),
                                                    ("lte", "#5dffa0"), ("gsm", "#ff7f50"))}
_OTHER_LABEL, _UNSURE = QColor("#5dffa0"), QColor("#b9bfca")


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
        width = self.width() - _LEFT - _RIGHT
        spans = spans_of(now.records, band, _LEFT, width)
        font = painter.font()
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * _LABEL_SIZE)
        metrics = QFontMetricsF(small)
        labels, height = labels_of(spans, metrics.horizontalAdvance, _LEFT, width), metrics.height()
        top = _TOP + height * (1 + max((label.row for label in labels), default=-1))
        area = QRectF(_LEFT, top, width, max(40, self.height() - top - _BOTTOM))
        power_db = shown_levels(spectrum.power_db)
        levels = levels_of(power_db)
        self._paint_axes(painter, area, band, levels, now)
        self._paint_stripes(painter, area, spans)
        self._paint_line(painter, area, levels, power_db)
        painter.setFont(small)
        self._paint_labels(painter, area, labels, height)

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

    def _paint_stripes(self, painter: QPainter, area: QRectF, spans: list[Span]) -> None:
        self._stripes = [(QRectF(one.left, area.top(), one.right - one.left, area.height()), one.record) for one in spans]
        for stripe, record in self._stripes:
            shade = QColor(_colour_of(record))
            shade.setAlpha(60)
            painter.fillRect(stripe, shade)
            painter.setPen(QPen(_colour_of(record), 1.0, Qt.SolidLine if record.verdict == ACCEPTED else Qt.DashLine))
            painter.drawLine(stripe.topLeft(), stripe.bottomLeft())
            painter.drawLine(stripe.topRight(), stripe.bottomRight())

    def _paint_labels(self, painter: QPainter, area: QRectF, labels: list[Label], height: float) -> None:
        for one in labels:
            painter.setPen(_colour_of(one.record))
            painter.drawLine(QPointF(one.middle, area.top() - one.row * height), QPointF(one.middle, area.top()))
        for one in labels:
            place = QRectF(one.left, area.top() - (one.row + 1) * height, one.width, height)
            painter.fillRect(place.adjusted(3, 1, -3, -1), _GROUND)
            painter.setPen(_colour_of(one.record))
            painter.drawText(place, Qt.AlignCenter, one.text)

    def event(self, event) -> bool:
        if event.type() == QEvent.ToolTip:
            under = [record for stripe, record in self._stripes if stripe.adjusted(-2, 0, 2, 0).contains(QPointF(event.pos()))]
            text = Qt.convertFromPlainText(tooltip_of(under[-1]), Qt.WhiteSpaceNormal) if under else ""  # the narrowest; its label may look like HTML
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _colour_of(record: DecisionRecord) -> QColor:
    return _UNSURE if record.verdict != ACCEPTED else _COLOURS.get(str(record.label).lower(), _OTHER_LABEL)
