# SPDX-License-Identifier: GPL-3.0-or-later
"""How a block with a stream of windows feeds a StreamClassifier, and stays alive until all of them are decided."""

from collections.abc import Iterator

import numpy as np

from ..errors import ModelError
from ..inference.stream_classifier import Decided, StreamClassifier
from .sample_clock import Epoch, WindowClock, sorted_tags


class WindowIntake:
    """Takes the items of a block's input 0. Call `take`, use what it returns, and then call `rest`, in every work call.

    Parameters
    ----------
    block : gr.basic_block
    classifier : StreamClassifier
    length : int
        Samples in a window.

    Attributes
    ----------
    error : ModelError or None
        The first failure of the model.
    new, new_from : array, int
        The items that the last `take` accepted, the scheduler's again after `rest`, and the number of the first of them.
    """

    def __init__(self, block, classifier: StreamClassifier, length: int):
        self._block, self._classifier, self._length = block, classifier, length
        self.error: ModelError | None = None

    def open(self) -> None:
        """Begin a stream: GNU Radio counts items from 0 again when a flowgraph runs again."""
        self._classifier.open()
        self._clock = WindowClock(self._length)
        self._finishing = False
        self._held = 0  # 1 while the first input item was accepted but stays, so that the scheduler keeps calling

    def finish(self) -> None:
        """Decide what was accepted so far, and let everything after it pass undecided, until the stream ends."""
        self._finishing = True

    def close(self) -> None:
        """End the classifier's thread."""
        self._classifier.close()

    def take(self, items: np.ndarray, may_accept: bool = True) -> list[Decided]:
        """Accept what there is room for of a work call's input `items`, and return what is decided by now."""
        windows, first = items[self._held :], self._block.nitems_read(0) + self._held
        if self._finishing:
            taken = len(windows)
        else:
            taken = self._classifier.accept(windows) if may_accept else 0
        self._clock.read(sorted_tags(self._block, 0, first, first + taken))
        decided = self._classifier.results()
        if self._classifier.error and self.error is None:  # raised inside work() it would hang the flowgraph
            self.error = self._classifier.error
            self._block.logger.error(str(self.error))
        self.new, self.new_from, self._moved = windows[:taken], first, bool(taken or decided)
        return decided

    def rest(self, waiting: bool = False, produced: int = 0) -> None:
        """Consume what was accepted; wait a moment where nothing moved. `waiting`: results wait for room in outputs."""
        pending = self._classifier.pending or waiting
        if pending and not (self._moved or produced):
            self._classifier.wait()
        self._classifier.gather()
        # At the end of a stream GNU Radio calls only a block that still has input: keep one item until all is said.
        accepted = self._held + len(self.new)
        self._held = 1 if pending and accepted else 0
        self._block.consume(0, accepted - self._held)

    def epoch(self, item: int) -> Epoch:
        """The epoch of window `item`. Items are asked for in order: older epochs are forgotten."""
        return self._clock.epoch(item)

    def stretches(self, first: int, count: int) -> Iterator[tuple[Epoch, int, int]]:
        """The windows `first` up to `first + count`, cut where their samples do not follow each other: (epoch, first, end)."""
        last = first + count
        while first < last:
            epoch = self._clock.epoch(first)
            end = int(min(last, self._clock.end_of_epoch()))
            yield epoch, first, end
            first = end
