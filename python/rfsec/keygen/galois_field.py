# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of 256 to 4,096 elements, by logarithms (S. Lin and D. J. Costello, "Error Control Coding", chapter 2)."""

from functools import cache

import numpy as np

#: Primitive polynomials by their degree, the bits of an element; bit k is the coefficient of x^k (Lin and Costello, table 2.7).
POLYNOMIALS = {8: 0b100011101, 9: 0b1000010001, 10: 0b10000001001, 11: 0b100000000101, 12: 0b1000001010011}


class Field:
    """The field whose elements have `bits` bits, a key of `POLYNOMIALS`.

    Attributes
    ----------
    order : int
        Of the multiplicative group, 2^bits - 1.
    power : int64 [2 order]
        Powers of the primitive element, twice round.
    """

    def __init__(self, bits: int) -> None:
        self.bits, self.order = bits, (1 << bits) - 1
        self.power = np.zeros(2 * self.order, np.int64)
        value = 1
        for exponent in range(self.order):
            self.power[exponent] = self.power[exponent + self.order] = value
            value <<= 1
            if value > self.order:
                value ^= POLYNOMIALS[bits]
        self._log = np.zeros(self.order + 1, np.int64)  # that of 0 is of no use
        self._log[self.power[: self.order]] = np.arange(self.order)

    def multiply(self, one: np.ndarray | int, other: np.ndarray | int) -> np.ndarray:
        """Return products of elements, element by element."""
        product = self.power[self._log[one] + self._log[other]]
        return np.where((np.asarray(one) == 0) | (np.asarray(other) == 0), 0, product)

    def inverse(self, one: int) -> int:
        """Return the inverse of an element that is not 0."""
        return int(self.power[self.order - self._log[one]])


@cache
def field(bits: int) -> Field:
    """Return the field whose elements have `bits` bits, made once."""
    return Field(bits)
