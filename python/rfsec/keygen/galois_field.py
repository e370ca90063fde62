# SPDX-License-Identifier: GPL-3.0-or-later
"""The field of 1,024 elements, by logarithms (x^10 + x^3 + 1; Lin and Costello, "Error Control Coding", appendix A)."""

import numpy as np

BITS = 10
ORDER = (1 << BITS) - 1  # of the multiplicative group
_POLYNOMIAL = 0b10000001001


def _powers() -> np.ndarray:
    found, value = np.zeros(2 * ORDER, np.int64), 1
    for exponent in range(ORDER):
        found[exponent] = found[exponent + ORDER] = value
        value <<= 1
        if value > ORDER:
            value ^= _POLYNOMIAL
    return found


#: int64 [2046]: powers of the primitive element, twice round.
POWER = _powers()
#: int64 [1024]: their exponents; that of 0 is of no use.
LOG = np.zeros(ORDER + 1, np.int64)
LOG[POWER[:ORDER]] = np.arange(ORDER)


def multiply(one: np.ndarray | int, other: np.ndarray | int) -> np.ndarray:
    """Return products of elements, element by element."""
    product = POWER[LOG[one] + LOG[other]]
    return np.where((np.asarray(one) == 0) | (np.asarray(other) == 0), 0, product)


def inverse(one: int) -> int:
    """Return the inverse of an element that is not 0."""
    return int(POWER[ORDER - LOG[one]])
