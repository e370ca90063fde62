# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Joint View shows: the symbols of the newest window that was decided, and what each head said of late, filled and read by several threads."""

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy import fft

from ..dsp.pulse_shaping import root_raised_cosine_spectrum
from ..dsp.symbol_points import symbol_points
from ..inference.card import Head

TIMED_HEAD = "emitter"
_MOST_SAMPLES = 6000  # of a window: enough points, and a picture takes a few ms
_MOST_WAITING = 256  # windows that are kept until they are decided, 12 MB
_ROLLOFF = 0.35
_FOLDS = {"BPSK": 2, "8PSK": 8, "16PSK": 16}  # turns that give a constellation itself again; 4 for all others


@dataclass(frozen=True)
class HeadNow:
    """One head at one moment.

    Attributes
    ----------
    head : Head
    probabilities : float32 [labels]
        Of the newest window that was decided; 0 before there is one.
    labels : int16 [n]
        Index of the most probable label of the latest windows, oldest first; -1 for one that was not decided.
    sure : bool [n]
        Whether its probability reached the head's threshold.
    """

    head: Head
    probabilities: np.ndarray
    labels: np.ndarray
    sure: np.ndarray


class Scene:
    """Bounded memory: the windows that wait for their decisions, and the latest `most` decisions of each head.

    The decisions of a head are of one window after the other. A window that is shown is the newest that was decided, or before
    there are decisions the newest.

    Parameters
    ----------
    heads : list of Head
    samples_per_symbol : float
        At least 2.
    most : int
        Decisions that are kept, at least 1.
    """

    def __init__(self, heads: list[Head], samples_per_symbol: float, most: int):
        self.most = most
        self._samples_per_symbol = samples_per_symbol
        self._lock = threading.Lock()
        self._window: np.ndarray | None = None
        self._waiting: deque[np.ndarray] = deque(maxlen=_MOST_WAITING)
        self._seen, self._decided = 0, [0] * len(heads)
        self._heads = [HeadNow(head, np.zeros(len(head.labels), np.float32), np.empty(0, np.int16), np.empty(0, bool)) for head in heads]
        self.changes = 0  # grows with everything that can be seen

    def begin_windows(self) -> None:
        """The next window is the first of a stream."""
        with self._lock:
            self._waiting.clear()
            self._seen = 0

    def begin_decisions(self, index: int) -> None:
        """The next decision of head number `index` is about the first window of a stream."""
        with self._lock:
            self._decided[index] = 0

    def see(self, windows: np.ndarray) -> None:
        """Take the next windows, complex64 [n, length], at least one."""
        newest = windows[-_MOST_WAITING:, :_MOST_SAMPLES].copy()
        with self._lock:
            self._waiting.extend(newest)
            self._seen += len(windows)
            self._let_go()
            self.changes += 1

    def _let_go(self) -> None:
        """Choose the window that is shown, and let go of those before it."""
        decided = min(self._decided)
        while self._waiting and self._seen - len(self._waiting) < decided:
            self._window = self._waiting.popleft()
        if not decided and self._waiting:
            self._window = self._waiting[-1]

    def decide(self, index: int, labels: np.ndarray, probabilities: np.ndarray) -> None:
        """Take the next decisions of head number `index`: int16 [n], at least one, and float32 [n, labels]."""
        before, count = self._heads[index], len(labels)
        labels, probabilities = labels[-self.most :], probabilities[-self.most :]
        sure = probabilities.max(axis=1) >= before.head.reject_threshold
        decided = np.flatnonzero(labels >= 0)
        newest = probabilities[decided[-1]].copy() if decided.size else before.probabilities
        now = HeadNow(before.head, newest, np.concatenate([before.labels, labels])[-self.most :],
                      np.concatenate([before.sure, sure])[-self.most :])
        with self._lock:
            self._heads[index] = now
            self._decided[index] += count
            self._let_go()
            self.changes += 1

    def heads(self) -> list[HeadNow]:
        """What each head said of late."""
        with self._lock:
            return list(self._heads)

    def timed(self) -> HeadNow:
        """The head that is shown over time: the one named "emitter", or the last."""
        heads = self.heads()
        return next((one for one in heads if one.head.name == TIMED_HEAD), heads[-1])

    def points(self) -> np.ndarray:
        """The symbols of the window that is shown behind a matched filter (root raised cosine), complex64 [n] of unit mean power.

        Their phase is that of the modulation that was decided; where none was, that of a square. Empty before there is a window,
        and where it has two symbols or fewer, no power, or samples that are not finite.
        """
        with self._lock:
            window = self._window
        if window is None or window.size <= 2 * self._samples_per_symbol:
            return np.empty(0, np.complex64)
        parts = window.view(np.float32)
        largest = np.abs(parts).max()
        if not np.isfinite(largest) or largest == 0:
            return np.empty(0, np.complex64)
        spectrum = fft.fft((parts / largest).view(np.complex64))  # so that no power is too small or too large
        matched = fft.ifft(spectrum * root_raised_cosine_spectrum(window.size, self._samples_per_symbol, _ROLLOFF))
        said = [now.head.labels[now.labels[-1]] for now in self.heads() if now.labels.size and now.labels[-1] >= 0]
        return symbol_points(matched, self._samples_per_symbol, next((_FOLDS[label] for label in said if label in _FOLDS), 4))
