# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt widget of a Burst View."""

from collections.abc import Callable

import numpy as np
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PyQt5.QtGui import QColor, QImage, QPainter, QPen, qRgb
from PyQt5.QtWidgets import QToolTip, QWidget

from ..records import ACCEPTED, DecisionRecord
from .burst_view_scene import ROWS, Scene, Snapshot
from .burst_view_text import label_of, round_marks, scale_of, tooltip_of

_FRAMES_PER_S = 20
_LEFT, _TOP, _RIGHT, _BOTTOM = 62, 26, 12, 44
_SMALLEST = 4.0  # pixels of a box
_LABEL_SIZE = 0.85  # of the font
_SPAN_DB = (25.0, 65.0)  # from the darkest to the brightest colour
_BELOW_MEDIAN_DB = 3.0
_BRIGHTEST = 0.999
_SMOOTH = 0.1  # of the brightness, in one picture
_GROUND, _TEXT, _FAINT = QColor("#101216"), QColor("#e6e8ec"), QColor("#8d96a5")
_ACCEPTED, _UNSURE, _SHADE = QColor("#5dffa0"), QColor("#ffffff"), QColor(0, 0, 0, 170)
# From dark over purple and orange to a light yellow.
_COLOURS = ((4, 4, 14), (60, 9, 96), (143, 33, 98), (214, 70, 60), (250, 148, 22), (249, 250, 160))


class BurstWidget(QWidget):
    """Paints a scene, 20 times a second where it changes. For Qt's thread only.

    Parameters
    ----------
    scene : Scene
    problem : callable
        Returns what keeps samples from being shown, "" for nothing.
    """

    def __init__(self, scene: Scene, problem: Callable[[], str]):
        super().__init__()
        self._scene, self._problem = scene, problem
        self._changes = -1
        self._low_high: np.ndarray | None = None
        self._boxes: list[tuple[QRectF, DecisionRecord]] = []
        self.setMinimumSize(360, 220)
        self.setWindowTitle("Burst View")
        shares = np.linspace(0, len(_COLOURS) - 1, 256)
        channels = (np.interp(shares, range(len(_COLOURS)), channel) for channel in zip(*_COLOURS))
        self._colours = [qRgb(*map(int, one)) for one in zip(*channels)]
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(1000 // _FRAMES_PER_S)

    def sizeHint(self) -> QSize:
        return QSize(900, 560)

    def _look(self) -> None:
        if self._scene.changes != self._changes or self._problem():
            self.update()

    def paintEvent(self, event) -> None:
        self._changes = self._scene.changes
        now, painter = self._scene.snapshot(), QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        area = QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)
        if now is None:
            painter.setPen(_TEXT)
            painter.drawText(self.rect(), Qt.AlignCenter, self._problem() or "Waiting for samples")
            return
        self._paint_levels(painter, area, now)
        self._paint_axes(painter, area, now)
        self._paint_boxes(painter, area, now)

    def _paint_levels(self, painter: QPainter, area: QRectF, now: Snapshot) -> None:
        some = now.levels_db[::3, ::3]
        some = some[some > -190]  # what has not come yet is dark
        median, high = (np.median(some), np.quantile(some, _BRIGHTEST)) if some.size else (0.0, 0.0)
        low = median - _BELOW_MEDIAN_DB
        wanted = np.array([low, low + np.clip(high - low, *_SPAN_DB)])
        self._low_high = wanted if self._low_high is None else self._low_high + _SMOOTH * (wanted - self._low_high)
        low, high = self._low_high
        shades = np.ascontiguousarray(np.clip((now.levels_db - low) * (255 / (high - low)), 0, 255).astype(np.uint8))
        image = QImage(shades.data, shades.shape[1], shades.shape[0], shades.shape[1], QImage.Format_Indexed8)
        image.setColorTable(self._colours)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        painter.drawImage(area, image.convertToFormat(QImage.Format_RGB32))

    def _paint_axes(self, painter: QPainter, area: QRectF, now: Snapshot) -> None:
        middle = now.freq_hz or 0.0
        scale, unit = scale_of(middle or now.rate_hz / 2)
        painter.setPen(_FAINT)
        low, high = middle - now.rate_hz / 2, middle + now.rate_hz / 2
        for value, text in round_marks(low, high, max(2, int(area.width() / 90)), scale):
            x = area.left() + (0.5 + (value - middle) / now.rate_hz) * area.width()
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4))
            painter.drawText(QRectF(x - 60, area.bottom() + 4, 120, 18), Qt.AlignCenter, text)
        span_s = now.samples_per_row * ROWS / now.rate_hz
        second, times = (1e-3, "milliseconds") if span_s < 0.2 else (1.0, "seconds")
        for value, text in round_marks(0, span_s, max(2, int(area.height() / 45)), second):
            y = area.top() + value / span_s * area.height()
            painter.drawLine(QPointF(area.left() - 4, y), QPointF(area.left(), y))
            painter.drawText(QRectF(0, y - 8, _LEFT - 8, 16), Qt.AlignRight | Qt.AlignVCenter, text)
        below = QRectF(area.left(), area.bottom() + 21, area.width(), 20)
        tuned = "" if now.freq_hz else " from the tuned frequency"
        painter.drawText(below, Qt.AlignCenter, f"{unit}{tuned}; {times} ago")
        painter.setPen(_TEXT)
        above = QRectF(area.left(), 4, area.width(), 18)
        painter.drawText(above, Qt.AlignLeft, f"bursts in sight: {len(now.records):,}, in all: {now.decisions:,}")
        painter.drawText(above, Qt.AlignRight, f"{now.end / now.rate_hz:,.3f} s")

    def _paint_boxes(self, painter: QPainter, area: QRectF, now: Snapshot) -> None:
        per_sample = area.height() / (ROWS * now.samples_per_row)
        self._boxes = []  # newest first
        for record in reversed(now.records):
            width = max(_SMALLEST, record.bandwidth_hz / now.rate_hz * area.width())
            height = max(_SMALLEST, record.sample_count * per_sample)
            x = area.left() + (0.5 + record.centre_hz / now.rate_hz) * area.width() - width / 2
            y = area.top() + (now.end - record.sample_start) * per_sample - height
            self._boxes.append((QRectF(x, y, width, height), record))
        painter.setClipRect(area)
        for box, record in self._boxes:
            sure = record.verdict == ACCEPTED
            painter.setPen(QPen(_ACCEPTED if sure else _UNSURE, 1.4, Qt.SolidLine if sure else Qt.DashLine))
            painter.drawRect(box)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * _LABEL_SIZE)
        painter.setFont(font)
        taken: list[QRectF] = []
        for box, record in self._boxes:
            place = self._place_of_label(painter, area, box, label_of(record))
            if any(place.intersects(other) for other in taken):
                continue  # a newer one is in the way; the mouse tells
            taken.append(place)
            painter.fillRect(place, _SHADE)
            painter.setPen(_ACCEPTED if record.verdict == ACCEPTED else _UNSURE)
            painter.drawText(place, Qt.AlignCenter, label_of(record))

    def _place_of_label(self, painter: QPainter, area: QRectF, box: QRectF, text: str) -> QRectF:
        """To the right of the box, to its left where there is no room, and not outside the picture."""
        width, height = painter.fontMetrics().horizontalAdvance(text) + 8, painter.fontMetrics().height()
        fits = box.right() + 3 + width < area.right()
        left = box.right() + 3 if fits else max(area.left(), box.left() - 3 - width)
        return QRectF(left, min(max(box.top(), area.top()), area.bottom() - height), width, height)

    def event(self, event) -> bool:
        if event.type() == QEvent.ToolTip:
            under = [record for box, record in self._boxes if box.adjusted(-3, -3, 3, 3).contains(QPointF(event.pos()))]
            text = Qt.convertFromPlainText(tooltip_of(under[0]), Qt.WhiteSpaceNormal) if under else ""  # a label may look like HTML
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
