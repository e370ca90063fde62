# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a network is: accuracy at each SNR and for each label, and the temperature that calibrates it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize_scalar
from torch import Tensor, nn

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.rml2016a import LABELS
from ..inference.representations import represent

_BATCH = 1024


@dataclass(frozen=True)
class Metrics:
    """Accuracies as the model card states them, shares of 1."""

    accuracy: float
    accuracy_0_to_18_db: float
    accuracy_by_snr: dict[str, float]
    accuracy_by_label_18_db: dict[str, float]


@torch.no_grad()
def logits_of(network: nn.Module, representation: str, data: LabelledWindows, device: torch.device) -> Tensor:
    """Return the float32 logits [n, labels] of every window, on the CPU; leaves the network in its own mode."""
    was_training = network.training
    network.eval()
    parts = [
        network(torch.from_numpy(represent(representation, data.x[i : i + _BATCH])).to(device)).float().cpu()
        for i in range(0, len(data), _BATCH)
    ]
    network.train(was_training)
    return torch.cat(parts)


def accuracy_of(logits: Tensor, data: LabelledWindows) -> float:
    """Return the share of windows whose largest logit is their label's."""
    return float(np.mean(logits.argmax(1).numpy() == data.label))


def measure(logits: Tensor, data: LabelledWindows) -> Metrics:
    """Return the accuracies of `logits` on `data`, which must hold windows of 0 to 18 dB."""
    right: npt.NDArray[np.bool_] = logits.argmax(1).numpy() == data.label
    high = right[data.snr_db == 18], data.label[data.snr_db == 18]
    return Metrics(
        accuracy=_share(right),
        accuracy_0_to_18_db=_share(right[data.snr_db >= 0]),
        accuracy_by_snr={str(snr): _share(right[data.snr_db == snr]) for snr in np.unique(data.snr_db)},
        accuracy_by_label_18_db={name: _share(high[0][high[1] == i]) for i, name in enumerate(LABELS)},
    )


def _share(right: npt.NDArray[np.bool_]) -> float:
    return round(float(np.mean(right)), 4)


def fit_temperature(logits: Tensor, data: LabelledWindows) -> float:
    """Return the temperature in [0.1, 10] that minimises the cross-entropy of softmax(logits / T).

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    label = torch.from_numpy(data.label.astype(np.int64))

    def loss(log_temperature: float) -> float:
        return float(nn.functional.cross_entropy(logits / np.exp(log_temperature), label))

    best = minimize_scalar(loss, bounds=(np.log(0.1), np.log(10.0)), method="bounded")
    return round(float(np.exp(best.x)), 4)
