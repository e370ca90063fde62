# SPDX-License-Identifier: GPL-3.0-or-later
"""Which samples are measurements: neither those that are not finite, nor those larger than any receiver gives."""

import numpy as np
import numpy.typing as npt

#: Of I or Q. float32 holds the squares of such samples and sums of many of them; those of larger ones become infinite.
LARGEST = 1e15


def only_usable(samples: npt.NDArray[np.complex64]) -> tuple[npt.NDArray[np.complex64], int]:
    """Return samples, complex64 of any shape, with zeros for those whose I or Q is not finite or beyond ±`LARGEST`, and how many these are."""
    good = (np.abs(samples.real) <= LARGEST) & (np.abs(samples.imag) <= LARGEST)
    if good.all():
        return samples, 0
    return np.where(good, samples, np.complex64(0)), int(np.count_nonzero(~good))
