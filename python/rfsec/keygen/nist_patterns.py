# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of NIST SP 800-22 Rev. 1a that count overlapping patterns: sections 2.11 and 2.12; sequences are taken as rings.

Patterns are the longest that the standard allows for n bits, up to the reference code's defaults: shorter than floor(log2 n) - 2
(section 2.11.7) and than floor(log2 n) - 5 (2.12.7). Longer ones hardly occur twice, and any sequence would pass.
"""

import numpy as np
from scipy import special

ENTROPY_LENGTH, SERIAL_LENGTH = 10, 16
FEWEST_OF_ENTROPY, FEWEST_OF_SERIAL = 1 << 7, 1 << 5  # that a pattern of 1 bit is allowed for, and one of 2


def serial(bits: np.ndarray, length: int | None = None) -> np.ndarray:
    """Return both P-values, float64 [m, 2], of bits uint8 [m, n]: patterns of `length` bits are equally frequent."""
    length = length or min(SERIAL_LENGTH, _log2(bits) - 3)
    one, two, three = (_psi(bits, length - shorter) for shorter in range(3))
    return np.stack((special.gammaincc(2.0 ** (length - 2), (one - two) / 2),
                     special.gammaincc(2.0 ** (length - 3), (one - 2 * two + three) / 2)), axis=1)


def approximate_entropy(bits: np.ndarray, length: int | None = None) -> np.ndarray:
    """Return P-values, float64 [m, 1]: patterns of one bit more are as frequent as those of `length` bits make likely."""
    length = length or min(ENTROPY_LENGTH, _log2(bits) - 6)
    entropy = _phi(bits, length) - _phi(bits, length + 1)
    return special.gammaincc(2.0 ** (length - 1), bits.shape[1] * (np.log(2) - entropy))[:, None]


def _log2(bits: np.ndarray) -> int:
    return bits.shape[1].bit_length() - 1


def _psi(bits: np.ndarray, length: int) -> np.ndarray:
    if length <= 0:
        return np.zeros(len(bits))
    counts, row = _counts(bits, length)
    squares = np.bincount(row, counts.astype(np.float64) ** 2, len(bits))
    return squares * 2.0**length / bits.shape[1] - bits.shape[1]


def _phi(bits: np.ndarray, length: int) -> np.ndarray:
    if length == 0:
        return np.zeros(len(bits))
    counts, row = _counts(bits, length)
    shares = counts / bits.shape[1]
    return np.bincount(row, shares * np.log(shares), len(bits))


def _counts(bits: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """How often each pattern that occurs does, and in which sequence."""
    count = bits.shape[1]
    ring = np.concatenate((bits, np.resize(bits.T, (length - 1, len(bits))).T), axis=1) if length > 1 else bits
    codes = np.zeros(bits.shape, np.int32)
    for shift in range(length):
        codes = codes << 1 | ring[:, shift : shift + count]
    codes.sort(axis=1)
    first = np.ones(codes.shape, bool)
    first[:, 1:] = codes[:, 1:] != codes[:, :-1]
    at = np.flatnonzero(first)
    return np.diff(np.append(at, codes.size)), at // count
