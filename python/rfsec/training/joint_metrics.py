# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card says of a joint model's decisions: all heads together, and each."""

from typing import Any

import numpy as np
import torch

from ..datasets.joint_windows import JointWindows
from .evaluation import calibration_error
from .joint_corpus import JointCorpus


def joint_metrics(
    heads: tuple[str, ...], logits: list[np.ndarray], test: JointWindows, corpus: JointCorpus, temperatures: list[float]
) -> dict[str, Any]:
    """Return the card's metrics: of all heads together, and of each."""
    right = {head: values.argmax(1) == getattr(test, head) for head, values in zip(heads, logits, strict=True)}
    everywhere = np.logical_and.reduce(list(right.values()))
    by_head = {
        head: {
            "accuracy": _share(right[head]),
            "accuracy_by_snr": _by_snr(right[head], test),
            "accuracy_by_label": {
                label: _share(right[head][getattr(test, head) == index])
                for index, label in enumerate(corpus.labels[head])
                if (getattr(test, head) == index).any()
            },
            "expected_calibration_error": calibration_error(torch.from_numpy(values), (test.of_head(head),), temperature),
        }
        for (head, values), temperature in zip(zip(heads, logits, strict=True), temperatures, strict=True)
    }
    return {"accuracy": _share(everywhere), "accuracy_by_snr": _by_snr(everywhere, test), "by_head": by_head}


def _share(right: np.ndarray) -> float:
    return round(float(right.mean()), 4)


def _by_snr(right: np.ndarray, test: JointWindows) -> dict[str, float]:
    return {str(snr): _share(right[test.snr_db == snr]) for snr in np.unique(test.snr_db)}
