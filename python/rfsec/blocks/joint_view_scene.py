# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Joint View shows: the symbols of the newest window that was decided, and what each head said of late, filled and read by several threads."""

import threading
from collections import deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import fft

from ..dsp.pulse_shaping import root_raised_cosine_spectrum
from ..dsp.symbol_points import symbol_points
from ..inference.card import Head

TIMED_HEAD = "emitter"
_MOST_SAMPLES = 6000  # of a window: enough points, and a picture takes a few ms
# Windows that are kept until they are decided, and samples of theirs, 34 MB: four times what GNU Radio's buffer before a classifier holds.
_MOST_WAITING, _MOST_WAITING_SAMPLES = 1 << 15, 1 << 22
_MOST_SAID = 16384  # decisions of a head that wait for those of another
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

    def followed_by(self, labels: np.ndarray, probabilities: np.ndarray, most: int) -> "HeadNow":
        """Return this head after its next decisions, int16 [n], at least one, and float32 [n, labels]; `most` are kept."""
        decided = np.flatnonzero(labels >= 0)
        newest = probabilities[decided[-1]] if decided.size else self.probabilities
        sure = probabilities.max(axis=1) >= self.head.reject_threshold
        return HeadNow(self.head, newest, np.concatenate([self.labels, labels])[-most:], np.concatenate([self.sure, sure])[-most:])


@dataclass(frozen=True)
class Moment:
    """What is to be seen at one moment, all of it of the same window.

    Attributes
    ----------
    window : complex64 [length] or None
        The newest that all heads decided, or before there are decisions the newest; None before there is one.
    heads : tuple of HeadNow
    samples_per_symbol : float
    """

    window: np.ndarray | None
    heads: tuple[HeadNow, ...]
    samples_per_symbol: float

    @property
    def timed(self) -> HeadNow:
        """The head that is shown over time: the one named "emitter", or the last."""
        return next((one for one in self.heads if one.head.name == TIMED_HEAD), self.heads[-1])

    @cached_property
    def points(self) -> np.ndarray:
        """The symbols of the window behind a matched filter (root raised cosine), complex64 [n] of unit mean power.

        Their phase is that of the modulation that was decided; where none was, that of a square. Empty before there is a window,
        and where it has two symbols or fewer, no power, or samples that are not finite.
        """
        if self.window is None or self.window.size <= 2 * self.samples_per_symbol:
            return np.empty(0, np.complex64)
        parts = self.window.view(np.float32)
        largest = np.abs(parts).max()
        if not np.isfinite(largest) or largest == 0:
            return np.empty(0, np.complex64)
        spectrum = fft.fft((parts / largest).view(np.complex64))  # so that no power is too small or too large
        matched = fft.ifft(spectrum * root_raised_cosine_spectrum(self.window.size, self.samples_per_symbol, _ROLLOFF))
        said = [now.head.labels[now.labels[-1]] for now in self.heads if now.labels.size and now.labels[-1] >= 0]
        return symbol_points(matched, self.samples_per_symbol, next((_FOLDS[label] for label in said if label in _FOLDS), 4))


class Scene:
    """Bounded memory: windows and decisions wait until all heads have decided, and the latest `most` decisions of each are kept.

    The decisions of a head are of one window after the other.

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
        self._lock = threading.Lock()
        self._waiting: deque[np.ndarray] = deque()
        self._said: list[deque[tuple[int, np.ndarray]]] = [deque(maxlen=_MOST_SAID) for _ in heads]
        self._seen, self._decided = 0, [0] * len(heads)
        nothing = (HeadNow(head, np.zeros(len(head.labels), np.float32), np.empty(0, np.int16), np.empty(0, bool)) for head in heads)
        self._now = Moment(None, tuple(nothing), samples_per_symbol)
        self.changes = 0  # grows with everything that can be seen

    def begin_windows(self) -> None:
        """The next window is the first of a stream."""
        with self._lock:
            self._waiting.clear()
            self._seen = 0

    def begin_decisions(self, index: int) -> None:
        """The next decision of head number `index` is about the first window of a stream."""
        with self._lock:
            self._said[index].clear()
            self._decided[index] = 0

    def see(self, windows: np.ndarray) -> None:
        """Take the next windows, complex64 [n, length], at least one."""
        most = min(_MOST_WAITING, _MOST_WAITING_SAMPLES // min(windows.shape[1], _MOST_SAMPLES))
        newest = windows[-most:, :_MOST_SAMPLES].copy()
        with self._lock:
            self._waiting.extend(newest)
            while len(self._waiting) > most:
                self._waiting.popleft()
            self._seen += len(windows)
            self._go_on()

    def decide(self, index: int, labels: np.ndarray, probabilities: np.ndarray) -> None:
        """Take the next decisions of head number `index`: int16 [n], at least one, and float32 [n, labels]."""
        with self._lock:
            self._said[index].extend(zip(labels.tolist(), probabilities.copy()))
            self._decided[index] += len(labels)
            self._go_on()

    def _go_on(self) -> None:
        """Let go of what all heads have decided; the newest of it is what is to be seen."""
        decided, window, heads = min(self._seen, *self._decided), self._now.window, list(self._now.heads)
        while self._waiting and self._seen - len(self._waiting) < decided:
            window = self._waiting.popleft()
        if not decided and self._waiting:
            window = self._waiting[-1]
        for index, (said, of_head) in enumerate(zip(self._said, self._decided)):
            if fresh := [said.popleft() for _ in range(len(said) - (of_head - decided))]:
                labels, probabilities = zip(*fresh)
                heads[index] = heads[index].followed_by(np.array(labels, np.int16), np.stack(probabilities), self.most)
        if window is not self._now.window or any(one is not other for one, other in zip(heads, self._now.heads)):
            self._now = Moment(window, tuple(heads), self._now.samples_per_symbol)
            self.changes += 1

    def now(self) -> Moment:
        """What is to be seen."""
        with self._lock:
            return self._now
