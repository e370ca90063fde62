# SPDX-License-Identifier: GPL-3.0-or-later
"""Small draws that every part of a field burst takes, and the data that it sends."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Return True with the given probability."""
    return rng.random() < probability


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number that is uniform from `low` to `high` (a fifth of the time of ``rng.uniform``)."""
    return low + (high - low) * rng.random()


def log_between(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number whose logarithm is uniform; both bounds are above 0."""
    return low * (high / low) ** rng.random()


def pick(rng: np.random.Generator, values: Sequence[T], shares: Sequence[float] | None = None) -> T:
    """Return one of `values`, with the probabilities `shares` (which add up to 1), or with equal ones."""
    at = rng.random()
    if shares is None:
        return values[int(at * len(values))]
    return values[min(int(np.searchsorted(np.cumsum(shares), at, "right")), len(values) - 1)]


def ramp(count: int) -> npt.NDArray[np.float32]:
    """Return `count` numbers from 0 up to 1, which is left out (a fifth of the time of ``np.linspace``)."""
    return np.arange(count, dtype=np.float32) * np.float32(1 / max(1, count))


def draw_data(count: int, order: int, rng: np.random.Generator, whitened: bool = True) -> npt.NDArray[np.int64]:
    """Return the symbols of one transmission: random, often after a header, sometimes repeating.

    Parameters
    ----------
    count : int
        Symbols, at least 1.
    order : int
        Values 0..order-1, at least 2.
    rng : numpy.random.Generator
    whitened : bool
        False lets a fifth of the transmissions have long runs or a favourite symbol, as plain bits have.

    Returns
    -------
    ndarray of int64, shape (count,)
    """
    data = rng.integers(0, order, count)
    kind = rng.random()
    if kind < 0.08:
        data = np.resize(data[: int(between(rng, 8, 64))], count)
    elif kind < 0.18 and not whitened:
        fresh = np.where(rng.random(count) < between(rng, 0.25, 0.8), np.arange(count), 0)
        data = data[np.maximum.accumulate(fresh)]
    elif kind < 0.28 and not whitened:
        data[rng.random(count) < between(rng, 0.1, 0.5)] = int(rng.random() * order)
    if chance(rng, 0.4):
        _put_header(data, order, rng)
    return data


def _put_header(data: npt.NDArray[np.int64], order: int, rng: np.random.Generator) -> None:
    """Alternating symbols, a repeated sync word, or a constant stretch, mostly at the start."""
    length = int(between(rng, 0.02, 0.2) * len(data))
    one = int(rng.random() * order)
    pattern = pick(rng, ([one, order - 1 - one], rng.integers(0, order, int(between(rng, 4, 32))), [one]), (0.45, 0.35, 0.2))
    start = 0 if chance(rng, 0.8) else int(rng.random() * (len(data) - length))
    data[start : start + length] = np.resize(pattern, length)
