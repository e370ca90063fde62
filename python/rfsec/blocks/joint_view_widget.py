# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt widget of a Joint View."""

from PyQt5.QtCore import QSize, QTimer
from PyQt5.QtWidgets import QGridLayout, QWidget

from .joint_view_panels import BarsPanel, ConstellationPanel, TimePanel
from .joint_view_scene import Scene

_LOOKS_PER_S = 10


class JointWidget(QWidget):
    """A constellation and a bar chart for each head side by side, one head over time below. For Qt's thread only.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene):
        super().__init__()
        self._scene, self._changes = scene, -1
        moment = scene.now()
        bars = [BarsPanel(moment, index) for index in range(len(moment.heads))]
        above = [ConstellationPanel(moment), *bars]
        self._panels = [*above, TimePanel(moment, scene.most)]
        layout = QGridLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        for column, panel in enumerate(above):
            layout.addWidget(panel, 0, column)
            layout.setColumnStretch(column, 1)
        layout.addWidget(self._panels[-1], 1, 0, 1, len(above))
        layout.setRowStretch(0, 3)
        layout.setRowStretch(1, 2)
        self.setWindowTitle("Joint View")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(1000 // _LOOKS_PER_S)

    def sizeHint(self) -> QSize:
        return QSize(330 * (len(self._panels) - 1), 560)

    def _look(self) -> None:
        if self._scene.changes != self._changes:
            self._changes, moment = self._scene.changes, self._scene.now()
            for panel in self._panels:
                panel.show_moment(moment)
