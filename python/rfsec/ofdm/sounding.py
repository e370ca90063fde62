# SPDX-License-Identifier: GPL-3.0-or-later
"""The waveform that sounds a channel: 802.11a's training fields, the long one as often as the estimate shall average."""

import numpy as np

from ..errors import ParameterError
from .preamble import FIELD, LONG_FIELD, SHORT_FIELD

MOST_REPEATS = 64


def check_repeats(repeats: int) -> None:
    """Raise ParameterError unless `repeats` is a number of long symbols that a sounding may have."""
    if not isinstance(repeats, int | np.integer) or not 2 <= repeats <= MOST_REPEATS or repeats % 2:
        raise ParameterError(f"The 'repeats' of a sounding must be an even number, 2 to {MOST_REPEATS}. Got {repeats!r} instead.")


def sounding_length(repeats: int) -> int:
    """Return the samples of a sounding."""
    return FIELD * (1 + repeats // 2)


def sounding(repeats: int = 2) -> np.ndarray:
    """Return a sounding of unit mean power, complex64: the short field, and the long one, which has two symbols, again and again.

    With 2 repeats it is the preamble of IEEE Std 802.11-2020, 17.3.3. Raises ParameterError where their number is odd, or
    outside 2 to 64.
    """
    check_repeats(repeats)
    return np.concatenate((SHORT_FIELD, np.tile(LONG_FIELD, repeats // 2)))
