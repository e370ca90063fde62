# SPDX-License-Identifier: GPL-3.0-or-later
"""Where rays go from Alice to Bob: the image method (Allen and Berkley, J. Acoust. Soc. Am. 65(4), 1979) with occlusion."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from .room_scene import BOXES, Surface, surfaces

MOST_REFLECTIONS = 3
_TOUCHES = 1e-6  # of a segment: a ray that leaves a box's face does not cross that box
_NEAR_M = 1e-9


@dataclass(frozen=True)
class Rays:
    """The rays of one order of reflections that reach some of the receivers.

    Attributes
    ----------
    receiver : int [m]
        Number of the receiver.
    points : float64 [m, k + 2, 3]
        Sender, points of reflection, receiver; m.
    reflectors : tuple of k Surface
    """

    receiver: np.ndarray
    points: np.ndarray
    reflectors: tuple[Surface, ...]


def find_rays(sender: tuple[float, float, float], receivers: np.ndarray) -> list[Rays]:
    """Return every ray with up to `MOST_REFLECTIONS` reflections, at most one of them by furniture.

    Parameters
    ----------
    sender : tuple of float
        m.
    receivers : float64 [n, 3]
        m.
    """
    found = (_rays(sequence, images, receivers) for sequence, images in _images(sender))
    return [one for one in found if one is not None and one.receiver.size]


@lru_cache(maxsize=8)
def _images(sender: tuple[float, float, float]) -> tuple[tuple[tuple[Surface, ...], np.ndarray], ...]:
    """Every sequence of reflectors that the sender can light, with the sender and its images, float64 [k + 1, 3]."""
    found = [((), np.array([sender]))]
    last = found
    for _ in range(MOST_REFLECTIONS):
        longer = []
        for (sequence, images), one in product(last, surfaces()):
            if sequence and (sequence[-1] is one or not (one.wall or all(other.wall for other in sequence))):
                continue
            if (images[-1][one.axis] - one.at) * one.outward > _NEAR_M:
                image = images[-1].copy()
                image[one.axis] = 2 * one.at - image[one.axis]
                longer.append(((*sequence, one), np.vstack((images, image))))
        last = longer
        found = found + longer
    return tuple(found)


def _rays(sequence: tuple[Surface, ...], images: np.ndarray, receivers: np.ndarray) -> Rays | None:
    """The rays by one sequence; None where it is known early that there are none, which is so for most sequences."""
    receiver = np.arange(len(receivers))
    points = [receivers]
    for one, image in zip(reversed(sequence), images[:0:-1]):  # back from the receiver
        here = points[-1]
        above = (here[:, one.axis] - one.at) * one.outward
        share = above / np.maximum(above + (one.at - image[one.axis]) * one.outward, _NEAR_M)
        hit = here + share[:, None] * (image - here)
        hit[:, one.axis] = one.at
        others = [axis for axis in range(3) if axis != one.axis]
        inside = above > _NEAR_M
        for axis in others:
            inside &= (hit[:, axis] >= one.low[axis]) & (hit[:, axis] <= one.high[axis])
        receiver = receiver[inside]
        if not receiver.size:
            return None
        points = [point[inside] for point in (*points, hit)]
    points.append(np.broadcast_to(images[0], points[0].shape))
    whole = np.stack(points[::-1], axis=1)
    free = ~_blocked(whole[:, :-1], whole[:, 1:]).any(axis=1)
    return Rays(receiver[free], whole[free], sequence)


def _blocked(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Which segments cross furniture, bool [n, k], of float64 [n, k, 3]."""
    along = end - start
    along = np.where(np.abs(along) < _NEAR_M, _NEAR_M, along)
    enters, leaves = _TOUCHES, 1 - _TOUCHES  # shares of each segment, for each box [n, k, boxes]
    for axis in range(3):
        low, high = np.array([(box.low[axis], box.high[axis]) for box in BOXES]).reshape(-1, 2).T
        one, other = ((side - start[..., axis, None]) / along[..., axis, None] for side in (low, high))
        enters, leaves = np.maximum(enters, np.minimum(one, other)), np.minimum(leaves, np.maximum(one, other))
    return (leaves - enters > _TOUCHES).any(axis=-1)
