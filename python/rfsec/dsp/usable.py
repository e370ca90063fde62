# SPDX-License-Identifier: GPL-3.0-or-later
"""Which samples are measurements: neither those that are not finite, nor those larger than any receiver gives."""

import numpy as np
import numpy.typing as npt

#: Of I or Q. float32 holds the squares of such samples and sums of many of them; those of larger ones become infinite.
LARGEST = 1e15


def usable(samples: npt.NDArray[np.complex64]) -> npt.NDArray[np.bool_]:
    """Return which samples, complex64 of any shape, are finite with I and Q within ±`LARGEST`."""
    return (np.abs(samples.real) <= LARGEST) & (np.abs(samples.imag) <= LARGEST)
