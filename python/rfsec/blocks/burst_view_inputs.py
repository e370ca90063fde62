# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a Burst View that takes samples."""

import numpy as np
from gnuradio import gr

from .burst_view_scene import Scene
from .sample_clock import WindowClock, clock_tags


class ViewedSamples(gr.sync_block):
    """Gives a scene the samples of a stream, and what its tags say."""

    def __init__(self, scene: Scene, sample_rate_hz: float):
        gr.sync_block.__init__(self, "Burst View", [np.complex64], [])
        self._scene, self._rate_hz = scene, sample_rate_hz
        self.problem = ""

    def start(self):
        self._clock, self._now_hz = WindowClock(1), None
        self._scene.restart()
        return True

    def work(self, input_items, output_items):
        samples, first = input_items[0], self.nitems_read(0)
        tags = clock_tags(self, first, first + len(samples))
        places = sorted({first, *(tag.offset for tag in tags)})
        for place, end in zip(places, [*places[1:], first + len(samples)]):
            self._clock.read([tag for tag in tags if tag.offset == place])
            self._show(place, samples[place - first : end - first])
        return len(samples)

    def _show(self, place: int, samples: np.ndarray) -> None:
        epoch = self._clock.epoch(place)
        rate_hz = self._rate_hz or epoch.rate_hz
        if rate_hz is None:
            if not self.problem:
                self.problem = "The stream has no rx_rate tag: set the 'sample_rate' parameter, in Hz."
                self.logger.warn(self.problem)
            return
        self.problem = ""
        if rate_hz != self._now_hz:
            self._now_hz = rate_hz
            self._scene.begin(place, rate_hz)
        if epoch.freq_hz is not None:
            self._scene.tune(epoch.freq_hz)
        self._scene.push(samples)
