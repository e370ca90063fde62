# SPDX-License-Identifier: GPL-3.0-or-later
"""The probes that one end measured: their numbers, which both ends share, and their quantized symbols."""

from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError

HIGHEST_LEVELS = 8


@dataclass(frozen=True)
class MeasuredProbes:
    """Probes in the order of their numbers.

    Parameters
    ----------
    numbers : int64 [n]
        Which probe each row is, 0 or more, strictly rising. A number must never come back on one link: a counter that is
        never set back, or a time in nanoseconds.
    symbols : int8 [n, m]
        Levels from 0; -1 in a guard band. The repr hides them.
    left_out : int
        Probes that gave no symbol at all (not finite, or all alike) and are not among these.
    """

    numbers: np.ndarray
    symbols: np.ndarray
    left_out: int = 0

    def __repr__(self) -> str:
        return f"MeasuredProbes({len(self.numbers)} probes, {self.left_out} left out)"

    @classmethod
    def of(cls, numbers: np.ndarray, symbols: np.ndarray) -> "MeasuredProbes":
        """Sort probes, and leave those out that have guard bands only.

        Raises ParameterError where a number comes twice or is negative, or the symbols are not int8 [n, m] from -1 to 7.
        """
        numbers, symbols = np.asarray(numbers), np.asarray(symbols)
        if numbers.ndim != 1 or not np.issubdtype(numbers.dtype, np.integer) or symbols.ndim != 2 or len(symbols) != len(numbers):
            raise ParameterError("The probes must be whole numbers [n] beside symbols [n, m]. "
                                 f"Got {numbers.dtype} {list(numbers.shape)} beside {list(symbols.shape)} instead.")
        if symbols.dtype != np.int8 or (symbols.size and not -1 <= symbols.min() <= symbols.max() < HIGHEST_LEVELS):
            raise ParameterError(f"The symbols of probes must be int8 from -1 to {HIGHEST_LEVELS - 1}. Quantize the features first.")
        outside = len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) <= np.iinfo(np.int64).max
        if outside or len(np.unique(numbers)) < len(numbers):
            raise ParameterError("The numbers of probes must be 0 or more, below 2^63, and each must come once. Number them anew.")
        usable = (symbols >= 0).any(axis=1)
        order = np.argsort(numbers[usable], kind="stable")
        return cls(numbers[usable][order].astype(np.int64), symbols[usable][order], int((~usable).sum()))

    def rows(self, numbers: np.ndarray) -> np.ndarray:
        """The symbols, int8 [k, m], of the probes `numbers`, int64 [k], which must be among these."""
        return self.symbols[np.searchsorted(self.numbers, numbers)]
