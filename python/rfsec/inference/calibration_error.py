# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a model's confidence is from its accuracy."""

import numpy as np
import numpy.typing as npt

_BINS = 15


def expected_calibration_error(confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_]) -> float:
    """Return the mean distance of confidence (0 to 1) and accuracy over windows, with 15 bins of equal width.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, eq. 3.
    """
    which = np.digitize(confidence, np.linspace(0, 1, _BINS + 1)[1:-1], right=True)
    # Windows of a bin times the distance of its means is the distance of its sums.
    return float(np.abs(np.bincount(which, confidence - right, _BINS)).sum() / len(right))
