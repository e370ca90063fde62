# SPDX-License-Identifier: GPL-3.0-or-later
"""Complex white Gaussian noise."""

import numpy as np
import numpy.typing as npt


def complex_noise(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Return circular white Gaussian noise of unit mean power.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape `shape`
    """
    parts = rng.standard_normal((*shape, 2), dtype=np.float32)
    parts *= np.float32(np.sqrt(0.5))
    return parts.view(np.complex64)[..., 0]
