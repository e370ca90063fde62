# SPDX-License-Identifier: GPL-3.0-or-later
"""Probabilities from logits."""

import numpy as np
import numpy.typing as npt


def softmax(logits: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float32]:
    """Return softmax(logits / `temperature`), float32 [n, labels]; rows that are not finite give rows that are not finite."""
    with np.errstate(invalid="ignore", over="ignore"):
        scores = logits / np.float32(temperature)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
    return scores
