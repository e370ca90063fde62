# SPDX-License-Identifier: GPL-3.0-or-later
"""The constant that a receiver adds to all samples: of its leaking oscillator, of its converter."""

from collections import deque

import numpy as np
from scipy import ndimage

_PIECE = 16  # samples: gaps between frames may be that short
_QUIET = 0.02  # of the pieces are quiet
_FEWEST = 16  # of them
_ALIKE = 0.2  # of the constant's power: how far the means of all samples and of the quiet ones may be apart
_ALONG = 3.0  # of what changes: its power along the constant's phase beside that across
_SURE = 10.0  # the constant's power beside what is left in a mean of the rest
_EXACT = 30.0  # times steadier than that of the quiet pieces: then it is the mean of all
_MORE = 4.0  # times the power of the quietest moments of late: the receiver's constant is in these, too
_REMEMBERED = 64  # blocks
_STEADY = 3e-4  # of its power: how far the means of both halves, or of their quiet pieces, may be apart


class ReceiverOffset:
    """Follows the constant from block to block.

    It is what the quietest moments have as well as the whole. A carrier at 0 Hz that is keyed or modulated is not the receiver's:
    its quiet moments have less of it, a while ago if not now, its amplitude changes while its phase does not, or it turns. A block that
    does not tell, as a burst fills it, has the constant of the one before, for nothing should jump within a burst.
    """

    def __init__(self) -> None:
        self._constant = np.complex64(0)
        self._quiet: deque[float] = deque(maxlen=_REMEMBERED)  # power of the quietest moments of each block

    def of(self, block: np.ndarray) -> np.complex64:
        """Return the receiver's constant in the next block, complex64 [n]; 0 where there is none."""
        mean, count = complex(block.mean()), int(_QUIET * (block.size // _PIECE))
        if count < _FEWEST:
            return self._constant
        self._quiet.append(_quietest(block, count)[0])
        found = _constant_of(block, mean, count)
        if found is not None and abs(found) ** 2 <= _MORE * min(self._quiet):
            self._constant = np.complex64(found)
        elif abs(mean) < abs(mean - self._constant):
            self._constant = np.complex64(0)  # it is gone: the receiver was tuned elsewhere
        return self._constant


def without(received: np.ndarray, offset: np.ndarray | np.complex64) -> np.ndarray:
    """Return samples, complex64 [n], without the receiver's constant, one for all or [n].

    Runs of zeros are left alone: they stand for samples that were lost.
    """
    if not np.any(offset):
        return received
    samples, zero = received - offset, received == 0
    if np.count_nonzero(zero) >= _PIECE:
        samples[ndimage.binary_opening(zero, np.ones(_PIECE))] = 0
    return samples


def _constant_of(block: np.ndarray, mean: complex, count: int) -> complex | None:
    """The constant of a block with this mean, by its `count` quietest pieces; None where it does not tell, or has none."""
    if abs(mean) ** 2 <= _SURE * float(np.vdot(block, block).real) / block.size**2:
        return None
    halves = np.array_split(block, 2)
    (before, first), (after, second) = (_quietest(half, count // 2) for half in halves)
    left = _SURE * (before + after - abs(first) ** 2 - abs(second) ** 2) / 2 / (count * _PIECE)
    apart = abs(mean - (first + second) / 2) ** 2
    quiet_changed, all_changed = abs(first - second), abs(complex(halves[0].mean() - halves[1].mean()))
    if apart > _ALIKE * abs(mean) ** 2 or min(quiet_changed, all_changed) ** 2 > max(4 * left, _STEADY * abs(mean) ** 2):
        return None
    rest = block - np.complex64(mean)
    power, skew = float(np.vdot(rest, rest).real), (complex(np.dot(rest, rest)) * np.conj(mean / abs(mean)) ** 2).real
    if power + skew > _ALONG * (power - skew):
        return None
    # Without power at 0 Hz beside it the mean is exact, and the quietest moments are those in which a signal hides a part of it.
    constant = mean if _EXACT * all_changed < quiet_changed else mean + _quietest(rest, count)[1]
    return constant if abs(constant) ** 2 > left else None


def _quietest(samples: np.ndarray, count: int) -> tuple[float, complex]:
    """Mean power, and mean, of the `count` pieces with the least power."""
    pieces = samples[: samples.size // _PIECE * _PIECE].reshape(-1, _PIECE)
    power = np.square(pieces.view(np.float32)).sum(axis=1)
    chosen = np.argpartition(power, count)[:count]
    return float(power[chosen].mean()) / _PIECE, complex(pieces[chosen].mean(dtype=complex))
