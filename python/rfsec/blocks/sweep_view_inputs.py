# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a Sweep View that takes spectra."""

import numpy as np
from gnuradio import gr

from .sample_clock import vector_of
from .sweep_view_scene import Scene
from .swept_items import read_items


class ViewedSpectra(gr.sync_block):
    """Gives a scene the newest spectrum of a stream; items without tags that make sense are counted."""

    def __init__(self, scene: Scene, bins: int):
        gr.sync_block.__init__(self, "Sweep View", [vector_of(np.float32, bins)], [])
        self._scene, self._bins = scene, bins
        self.invalid = 0

    def start(self):
        self._scene.restart()
        return True

    def work(self, input_items, output_items):
        items = input_items[0].reshape(-1, self._bins)
        for item in read_items(self, self.nitems_read(0), items):
            if item is not None:
                self._scene.see(item)
                continue
            self.invalid += 1
            if self.invalid == 1:
                self.logger.warn("An item without the tags of an Averaged Spectrum can't be shown.")
        return len(items)
