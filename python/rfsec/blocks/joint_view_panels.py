# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels of a Joint View: each paints one part of a moment. For Qt's thread only."""

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt5.QtWidgets import QWidget

from .burst_view_text import round_marks
from .joint_view_scene import HeadNow, Moment

_GROUND, _TEXT, _FAINT, _GRID = QColor("#101216"), QColor("#e6e8ec"), QColor("#8d96a5"), QColor("#2a2f38")
_ACCEPTED, _UNSURE, _OTHER, _POINT = QColor("#5dffa0"), QColor("#ffffff"), QColor("#3f6f8f"), QColor("#ffc44d")
_TITLE, _FOOT, _MARGIN = 26, 44, 12
_REACH = 1.8  # of the constellation's axes; the mean power is 1
_SMALLEST_PX = 6  # of a font
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Panel(QWidget):
    """A part of the view with a title above and an axis below.

    Parameters
    ----------
    moment : Moment
        To begin with.
    """

    def __init__(self, moment: Moment):
        super().__init__()
        self._moment = moment
        self.setMinimumSize(190, 170)

    def show_moment(self, moment: Moment) -> None:
        """Paint `moment` from now on."""
        self._moment = moment
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(330, 300)

    def _begin(self, painter: QPainter, left: float, title: str, below: str) -> QRectF:
        """Paint what all panels have, and return the area for the rest, `left` pixels from the panel's edge."""
        painter.fillRect(self.rect(), _GROUND)
        area = QRectF(left, _TITLE, max(1.0, self.width() - left - _MARGIN), max(1.0, self.height() - _TITLE - _FOOT))
        painter.setPen(_TEXT)
        painter.drawText(QRectF(_MARGIN, 4, self.width() - 2 * _MARGIN, 18), Qt.AlignLeft, title)
        painter.setPen(_FAINT)
        painter.drawText(QRectF(area.left(), area.bottom() + 21, area.width(), 18), Qt.AlignCenter | Qt.TextDontClip, below)
        return area

    def _left_of(self, texts) -> float:
        """Pixels that the longest of `texts` needs beside an axis, at most half of the panel."""
        longest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        return min(longest + _MARGIN + 8, self.width() / 2)


def _mark(painter: QPainter, x: float, area: QRectF, text: str) -> None:
    painter.setPen(_GRID)
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    painter.setPen(_FAINT)
    painter.drawText(QRectF(x - 30, area.bottom() + 4, 60, 16), Qt.AlignCenter, text)


class ConstellationPanel(Panel):
    """The symbols of the window that is shown, Q over I."""

    def paintEvent(self, event) -> None:
        points, painter = self._moment.points, QPainter(self)
        area = self._begin(painter, 34, "constellation", "I and Q, mean power 1")
        side = min(area.width(), area.height())
        square = QRectF(area.center().x() - side / 2, area.top() + (area.height() - side) / 2, side, side)
        scale = side / 2 / _REACH
        for value in (-1, 0, 1):
            _mark(painter, square.center().x() + value * scale, square, str(value))
            y = square.center().y() - value * scale
            painter.setPen(_GRID)
            painter.drawLine(QPointF(square.left(), y), QPointF(square.right(), y))
            painter.setPen(_FAINT)
            painter.drawText(QRectF(square.left() - 34, y - 8, 28, 16), Qt.AlignRight | Qt.AlignVCenter, str(value))
        if not points.size:
            painter.drawText(square, Qt.AlignCenter, "no symbols")
            return
        painter.setClipRect(square)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(QPen(_POINT, max(2.0, side / 110), Qt.SolidLine, Qt.RoundCap))
        places = np.stack([points.real * scale + square.center().x(), square.center().y() - points.imag * scale], axis=1)
        painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in places.tolist()]))


class BarsPanel(Panel):
    """The probability of each label of head number `index`."""

    def __init__(self, moment: Moment, index: int):
        super().__init__(moment)
        self._index = index

    def paintEvent(self, event) -> None:
        now, painter = self._moment.heads[self._index], QPainter(self)
        labels, best = now.head.labels, int(now.probabilities.argmax())
        decided = now.probabilities.any()
        sure = now.probabilities[best] >= now.head.reject_threshold
        said = "no decision yet" if not decided else f"{labels[best]} {now.probabilities[best]:.2f}" + ("" if sure else ", unknown")
        area = self._begin(painter, self._left_of(labels), f"{now.head.name}: {said}", "probability")
        for value in _QUARTERS if area.width() > 130 else _QUARTERS[::2]:
            _mark(painter, area.left() + value * area.width(), area, f"{value:g}")
        height = area.height() / len(labels)
        for place, (label, value) in enumerate(zip(labels, now.probabilities.tolist())):
            row = QRectF(area.left(), area.top() + place * height, area.width(), height)
            first = decided and place == best
            painter.fillRect(row.adjusted(0, 0.15 * height, (value - 1) * row.width(), -0.15 * height),
                             _OTHER if not first else _ACCEPTED if sure else _UNSURE)
            _name(painter, row, label, first)
        if now.head.reject_threshold > 0:
            x = area.left() + now.head.reject_threshold * area.width()
            painter.setPen(QPen(_FAINT, 1, Qt.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


class TimePanel(Panel):
    """The labels of one head over the latest `most` windows, the newest to the right."""

    def __init__(self, moment: Moment, most: int):
        super().__init__(moment)
        self._most = most

    def paintEvent(self, event) -> None:
        now, painter = self._moment.timed, QPainter(self)
        labels, most = now.head.labels, self._most
        area = self._begin(painter, self._left_of(labels), f"{now.head.name} over time", "windows ago")
        step, height = area.width() / most, area.height() / len(labels)
        for value, text in round_marks(0, most, max(2, int(area.width() / 90)), 1):
            _mark(painter, area.right() - value * step, area, text)
        for place, label in enumerate(labels):
            row = QRectF(area.left(), area.top() + place * height, area.width(), height)
            _name(painter, row, label, now.labels.size > 0 and now.labels[-1] == place)
        self._paint_decisions(painter, now, area, step, height)

    def _paint_decisions(self, painter: QPainter, now: HeadNow, area: QRectF, step: float, height: float) -> None:
        width, inset = max(1.5, step - 1), 0.2 * height
        oldest = area.right() - len(now.labels) * step
        for place, (label, sure) in enumerate(zip(now.labels.tolist(), now.sure.tolist())):
            if label < 0:
                continue
            box = QRectF(oldest + place * step, area.top() + label * height + inset, width, height - 2 * inset)
            if sure:
                painter.fillRect(box, _ACCEPTED)
            else:
                painter.setPen(_UNSURE)
                painter.drawRect(box)


def _name(painter: QPainter, row: QRectF, label: str, first: bool) -> None:
    """The label to the left of its row, in a font that fits into it."""
    painter.setPen(_TEXT if first else _FAINT)
    font, whole = painter.font(), painter.font()
    font.setPixelSize(int(np.clip(row.height(), _SMALLEST_PX, painter.fontInfo().pixelSize())))
    painter.setFont(font)
    painter.drawText(QRectF(_MARGIN, row.top(), row.left() - _MARGIN - 6, row.height()), Qt.AlignRight | Qt.AlignVCenter, label)
    painter.setFont(whole)
