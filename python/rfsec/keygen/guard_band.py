# SPDX-License-Identifier: GPL-3.0-or-later
"""The KGNet paper's quantizer: equally likely levels of a Gaussian, and bands between them in which a value counts for nothing.

X. Zhang et al., "Deep Learning-based Physical-Layer Secret Key Generation for FDD Systems", section VI-C, equations 18 to 20.
"""

import numpy as np
from scipy import special

from ..errors import ParameterError
from .features import real_rows

LEVELS = (2, 4, 8)
GUARD = -1


def check_guard_band(levels: int, epsilon: float) -> None:
    """Raise ParameterError where the number of levels or the quantization factor is outside its range."""
    if levels not in LEVELS:
        raise ParameterError(f"The 'levels' of a guard-band quantizer must be 2, 4 or 8. Got {levels!r} instead.")
    # An inner level is cut from both sides, the two of K = 2 from one side only.
    most = 0.5 if levels == 2 else 1 / (2 * levels)
    if not 0 <= epsilon < most:
        raise ParameterError(f"The 'epsilon' of a guard-band quantizer of {levels} levels must be at least 0 and below {most:g}. "
                             f"Got {epsilon!r} instead.")


def quantize(features: np.ndarray, levels: int = 2, epsilon: float = 0.1) -> np.ndarray:
    """Return the level of each value, int8 [n, m], from 0 up; -1 in a guard band.

    Each row has a mean and a spread of its own, and levels that are equally likely for a Gaussian of those (18, 19). The
    outermost bounds are infinite, where equation 20 has 0 and 1.

    Parameters
    ----------
    features : float [n, m]
        m at least 2. A row that is not finite, or all alike, gives -1 only.
    levels : int
        K: 2, 4 or 8.
    epsilon : float
        Probability on either side of a bound that belongs to its guard band: at least 0, below 1/2 for K = 2, else below
        1/(2K).

    Raises
    ------
    ParameterError
        A parameter is outside its range, or the features are no real rows of at least 2.
    """
    check_guard_band(levels, epsilon)
    features = real_rows(features, 2)
    usable = np.isfinite(features).all(axis=1)
    values = np.where(usable[:, None], features, 0)
    scale = np.maximum(np.abs(values).max(axis=1, keepdims=True), np.finfo(float).tiny)
    values = values / scale  # so that squares neither vanish nor overflow
    spread = values.std(axis=1, ddof=1, keepdims=True)
    usable &= spread[:, 0] > 1e-9
    place = special.ndtr((values - values.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1))
    level = np.minimum((place * levels).astype(np.int8), levels - 1)
    lower, upper = level / levels, (level + 1) / levels
    guarded = ((level > 0) & (place < lower + epsilon)) | ((level < levels - 1) & (place > upper - epsilon))
    return np.where(guarded | ~usable[:, None], np.int8(GUARD), level)


def bits_of(symbols: np.ndarray, kept: np.ndarray, levels: int = 2) -> np.ndarray:
    """Return the bits, uint8 [k log2(levels)], of the symbols that are kept, row by row, in the common binary code.

    Parameters
    ----------
    symbols : int8 [n, m]
        0 to levels - 1 wherever `kept` holds.
    kept : bool [n, m]
    levels : int
    """
    width = levels.bit_length() - 1
    chosen = symbols[kept].astype(np.uint8)
    return (chosen[:, None] >> np.arange(width - 1, -1, -1, dtype=np.uint8) & 1).ravel()
