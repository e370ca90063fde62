# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a Joint View that GNU Radio runs: one takes windows, and one for each head takes what that head said.

They do not wait for each other: a window comes long before its decision, and nobody shall wait for a picture. The scene
keeps it until then.
"""

import numpy as np
from gnuradio import gr

from .joint_view_scene import Scene
from .sample_clock import vector_of


class ViewedWindows(gr.sync_block):
    """Gives a scene the windows of a stream."""

    def __init__(self, scene: Scene, length: int):
        gr.sync_block.__init__(self, "Joint View", [vector_of(np.complex64, length)], [])
        self._scene, self._length = scene, length

    def start(self):
        self._scene.begin_windows()
        return True

    def work(self, input_items, output_items):
        self._scene.see(input_items[0].reshape(-1, self._length))
        return len(input_items[0])


class ViewedHead(gr.sync_block):
    """Gives a scene the labels and probabilities of head number `index`."""

    def __init__(self, scene: Scene, index: int, labels: int):
        gr.sync_block.__init__(self, "Joint View", [np.int16, (np.float32, labels)], [])
        self._scene, self._index, self._count = scene, index, labels

    def start(self):
        self._scene.begin_decisions(self._index)
        return True

    def work(self, input_items, output_items):
        labels, probabilities = input_items
        known = np.where((labels >= 0) & (labels < self._count), labels, np.int16(-1))
        self._scene.decide(self._index, known, probabilities)
        return len(labels)
