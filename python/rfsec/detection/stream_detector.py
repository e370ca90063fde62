# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the burst detector over a stream in a thread of its own, results in the order of the stream."""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import numpy as np

from ..errors import ParameterError
from .burst import Burst
from .detector import BurstDetector
from .finder import BLOCK

WAIT, SKIP = OVERLOAD = ("wait", "skip")
READY_BLOCKS = 2  # while one is looked at, the next is ready
QUEUED_BLOCKS = 32  # in skip mode: 32 MiB of samples


@dataclass(slots=True)
class _Segment:
    """Samples without a gap: their detector, the place of its first sample, and what the caller said of them."""

    detector: BurstDetector
    start: int
    context: object


class StreamDetector:
    """Hands a stream block by block to a ``BurstDetector``, and a new one after each gap.

    Sample numbers go on over gaps, and count what was dropped.

    Parameters
    ----------
    on_overload : str
        ``wait``: ``accept`` takes only what it has room for. ``skip``: it takes all; when the queue is full, whole blocks
        are dropped until it is empty, so that what is kept comes in long runs.
    false_alarms_per_s, max_duration_s
        As in ``BurstDetector``.

    Attributes
    ----------
    dropped, invalid : int
        Samples that were dropped, and samples that were not finite or above 1e15.

    Raises
    ------
    ParameterError
        ``on_overload`` is neither of the two.
    """

    def __init__(self, *, false_alarms_per_s: float, max_duration_s: float, on_overload: str):
        if on_overload not in OVERLOAD:
            raise ParameterError(f"The 'on_overload' of a burst detector must be one of {', '.join(OVERLOAD)}. Got {on_overload!r} instead.")
        self._options = {"false_alarms_per_s": false_alarms_per_s, "max_duration_s": max_duration_s}
        self._skip = on_overload == SKIP
        self.dropped = self.invalid = 0
        self._worker: ThreadPoolExecutor | None = None

    def open(self) -> None:
        """Begin a stream."""
        self._worker = ThreadPoolExecutor(1, "rfsec-detection")
        self._jobs: deque = deque()  # (future, segment), in order
        self._segment: _Segment | None = None
        self._dropping = False
        self._position = 0  # of the block's first sample
        self._filled = 0
        self._block = np.empty(BLOCK, np.complex64)

    @property
    def pending(self) -> bool:
        """Whether ``results`` has anything more to come without more samples."""
        return bool(self._jobs)

    def begin(self, sample: int, sample_rate_hz: float, context: object) -> None:
        """Say that the next sample accepted is number ``sample`` and begins a segment, after ``end`` or at first."""
        self._position = sample
        self._segment = _Segment(BurstDetector(sample_rate_hz, **self._options), sample, context)

    def accept(self, samples: np.ndarray) -> int:
        """Take complex64 samples, oldest first, and return how many were taken: all of them in skip mode."""
        taken = 0
        while taken < samples.size:
            if self._filled == BLOCK and not self._dispatch():
                break
            count = min(samples.size - taken, BLOCK - self._filled)
            self._block[self._filled : self._filled + count] = samples[taken : taken + count]
            self._filled += count
            taken += count
        if self._filled == BLOCK:
            self._dispatch()
        return taken

    def end(self) -> bool:
        """End the segment: its open bursts are complete. Return False where there is no room now."""
        if self._segment is None:
            return True
        if self._filled and not self._dispatch():
            return False
        self._end_detector()
        self._segment = None
        return True

    def _dispatch(self) -> bool:
        if len(self._jobs) >= READY_BLOCKS and not self._skip:
            return False
        block, self._block = self._block[: self._filled], np.empty(BLOCK, np.complex64)
        self._filled = 0
        if self._jobs and (self._dropping or len(self._jobs) >= QUEUED_BLOCKS):
            if not self._dropping:
                self._end_detector()
            self._dropping = True
            self.dropped += block.size
        else:
            if self._dropping:  # a new detector: what it is given does not follow what the last one was given
                self._dropping = False
                detector = BurstDetector(self._segment.detector.sample_rate_hz, **self._options)
                self._segment = replace(self._segment, detector=detector, start=self._position)
            self._submit(self._segment.detector.push, block)
        self._position += block.size
        return True

    def _end_detector(self) -> None:
        if not self._dropping:
            self._submit(self._segment.detector.flush)

    def _submit(self, action, *arguments) -> None:
        detector = self._segment.detector
        self._jobs.append((self._worker.submit(_counted, detector, action, *arguments), self._segment))

    def results(self) -> list[tuple[Burst, object]]:
        """The bursts found by now, each with the context of its segment; their places are those in the stream."""
        found = []
        while self._jobs and self._jobs[0][0].done():
            future, segment = self._jobs.popleft()
            bursts, invalid = future.result()
            self.invalid += invalid
            found += [(replace(one, sample_start=segment.start + one.sample_start), segment.context) for one in bursts]
        return found

    def wait(self, longest_s: float) -> None:
        """Let a moment pass: until the oldest block is looked at, or ``longest_s``."""
        if self._jobs:
            wait([self._jobs[0][0]], timeout=longest_s)
        else:  # nothing to wait for, but a caller that asks again and again would keep other Python threads from running
            time.sleep(longest_s)

    def close(self) -> None:
        """End the thread."""
        if self._worker:
            self._worker.shutdown(wait=True, cancel_futures=True)


def _counted(detector: BurstDetector, action, *arguments) -> tuple[list[Burst], int]:
    before = detector.invalid
    bursts = action(*arguments)
    return bursts, detector.invalid - before
