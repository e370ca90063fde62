# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of a stream at a steady pace, for pictures of it."""

import numpy as np
from scipy import fft

from .usable import only_usable


class PowerRows:
    """Gives one row of power over frequency for every so many samples: the strongest of some frames.

    The rows do not depend on how the stream is cut into pieces. Memory is bounded: a few samples more than one piece.

    Parameters
    ----------
    samples_per_row : float
        Above 0; may be less than a frame.
    bins : int
        Samples in a frame and frequencies in a row, a power of 2.
    frames : int
        Frames of a row, at least 1, spread evenly. What lies between them is not looked at.
    """

    def __init__(self, samples_per_row: float, bins: int, frames: int):
        self._pace, self._frames, self._half = samples_per_row / frames, frames, bins // 2
        hann = np.hanning(bins + 1)[:-1]
        # Turning every other sample round puts 0 Hz into the middle.
        self._window = (hann / np.sqrt(np.sum(hann**2)) * np.where(np.arange(bins) % 2, -1, 1)).astype(np.float32)
        self._next = 0  # frame
        self._kept = np.zeros(self._half, np.complex64)  # a frame is centred on its place
        self._kept_from = -self._half

    def push(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Take the next samples, complex64 [n]; those that are not finite or above 1e15 count as zero.

        Returns
        -------
        int [m]
            Numbers of rows, rising. The last one may come again, when more of its frames are there.
        float32 [m, bins]
            Power density of the frames that are new: white noise has its own power in every bin. The lowest frequency first.
        """
        kept = np.concatenate((self._kept, samples)) if self._kept.size else samples
        frames = np.arange(self._next, int((self._kept_from + kept.size) / self._pace) + 2)
        starts = (frames * self._pace).astype(int) - self._half
        whole = np.searchsorted(starts, self._kept_from + kept.size - 2 * self._half, side="right")
        rows, power = self._power(frames[:whole], kept, starts[:whole] - self._kept_from)
        self._next += whole
        used = min(kept.size, max(0, starts[whole] - self._kept_from))
        self._kept, self._kept_from = kept[used:].copy(), self._kept_from + used
        return rows, power

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        """What `push` gives for the zeros behind the end of the stream: its last frames."""
        return self.push(np.zeros(self._half, np.complex64))

    def _power(self, frames: np.ndarray, samples: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not frames.size:
            return np.empty(0, int), np.empty((0, 2 * self._half), np.float32)
        taken = np.lib.stride_tricks.sliding_window_view(samples, 2 * self._half)[starts]
        spectra = fft.fft(only_usable(taken)[0] * self._window, axis=1, overwrite_x=True)
        rows, first = np.unique(frames // self._frames, return_index=True)
        return rows, np.maximum.reduceat(spectra.real**2 + spectra.imag**2, first, axis=0)
