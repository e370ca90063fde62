# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a network is: accuracy at each SNR and for each label, how calibrated, and the temperature that calibrates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize_scalar
from torch import Tensor, nn

from ..inference.calibration_error import expected_calibration_error
from ..inference.representations import represent
from .corpus_base import Parts

# Windows of 128 samples evaluated at once, which take a SigNet no more memory than a step of its training; fewer of longer ones,
# whose matrices grow with the square of their length.
_BATCH, _BATCH_LENGTH = 128, 128


@dataclass(frozen=True)
class Metrics:
    """Accuracies as the model card states them, shares of 1."""

    accuracy: float
    accuracy_0_to_18_db: float | None
    accuracy_by_snr: dict[str, float]
    accuracy_by_label_18_db: dict[str, float]
    expected_calibration_error: float


@torch.no_grad()
def logits_of(network: nn.Module, representation: str, parts: Parts, device: torch.device) -> Tensor:
    """Return the float32 logits [n, labels] of every window, on the CPU; leaves the network in its own mode."""
    was_training = network.training
    network.eval()
    logits = []
    for part in parts:
        batch = max(1, int(_BATCH * min(1.0, (_BATCH_LENGTH / part.x.shape[1]) ** 2)))
        for i in range(0, len(part), batch):
            windows = torch.from_numpy(represent(representation, part.x[i : i + batch]))
            logits.append(network(windows.to(device)).float().cpu())
    network.train(was_training)
    return torch.cat(logits)


def accuracy_of(logits: Tensor, parts: Parts) -> float:
    """Return the share of windows whose largest logit is their label's."""
    return float(np.mean(logits.argmax(1).numpy() == labels_of(parts)))


def measure(logits: Tensor, parts: Parts, labels: tuple[str, ...], temperature: float) -> Metrics:
    """Return the accuracies of `logits`; those at SNRs that the data do not have are None or absent."""
    label, snr_db = labels_of(parts), snrs_of(parts)
    right: npt.NDArray[np.bool_] = logits.argmax(1).numpy() == label
    middle, at_18_db = right[(snr_db >= 0) & (snr_db <= 18)], snr_db == 18
    present = np.unique(label[at_18_db])
    return Metrics(
        accuracy=_share(right),
        accuracy_0_to_18_db=_share(middle) if len(middle) else None,
        accuracy_by_snr={str(snr): _share(right[snr_db == snr]) for snr in np.unique(snr_db)},
        accuracy_by_label_18_db={labels[i]: _share(right[at_18_db & (label == i)]) for i in present},
        expected_calibration_error=calibration_error(logits, parts, temperature),
    )


def labels_of(parts: Parts) -> npt.NDArray[np.int16]:
    """Return the label index of every window."""
    return np.concatenate([part.label for part in parts])


def snrs_of(parts: Parts) -> npt.NDArray[np.int16]:
    """Return the SNR label of every window, dB."""
    return np.concatenate([part.snr_db for part in parts])


def probabilities_of(logits: Tensor, temperature: float) -> npt.NDArray[np.float64]:
    """Return softmax(logits / `temperature`), [n, labels]."""
    return torch.softmax(logits.double() / temperature, dim=1).numpy()


def calibration_error(logits: Tensor, parts: Parts, temperature: float) -> float:
    """Return the expected calibration error of softmax(logits / `temperature`)."""
    probabilities = probabilities_of(logits, temperature)
    return round(expected_calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels_of(parts)), 4)


def _share(right: npt.NDArray[np.bool_]) -> float:
    return round(float(np.mean(right)), 4)


def fit_temperature(logits: Tensor, parts: Parts) -> float:
    """Return the temperature in [0.1, 10] that minimises the cross-entropy of softmax(logits / T).

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    label = torch.from_numpy(labels_of(parts).astype(np.int64))

    def loss(log_temperature: float) -> float:
        return float(nn.functional.cross_entropy(logits / np.exp(log_temperature), label))

    best = minimize_scalar(loss, bounds=(np.log(0.1), np.log(10.0)), method="bounded")
    return round(float(np.exp(best.x)), 4)
