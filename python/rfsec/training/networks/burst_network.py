# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of bursts: one branch looks at the samples in time, one at the lines of spectra."""

import torch
from torch import Tensor, nn

from .fourier import Fourier
from .lag_convolutions import Residual, convolution, lag_features

_SPECTRA = 6
_FLOOR = 1e-2  # under which a spectrum of unit power holds nothing


class Spectra(nn.Module):
    """Logarithmic spectra of a window: of x, x^2, x^4, x^8, |x|^2 and of the frequency's changes.

    A power of x takes the modulation off PSK and leaves a line at a multiple of its carrier; |x|^2 and the changes of
    frequency have lines at the symbol rate (Gardner, "Exploitation of Spectral Redundancy in Cyclostationary Signals",
    IEEE SP Magazine, 1991). x^8 is taken of the phase alone.
    """

    def __init__(self, length: int) -> None:
        super().__init__()
        self.fourier = Fourier(length // 32, 32)

    def forward(self, windows: Tensor) -> Tensor:
        """Return [batch, 6, time] of windows [batch, 2 (I, Q), time], each spectrum less its mean."""
        real, imag = windows[:, 0], windows[:, 1]
        square = _squared(real, imag)
        power = real * real + imag * imag
        size = torch.sqrt(power + 1e-6)
        phase = (real / size, imag / size)
        eighth = _squared(*_squared(*_squared(*phase)))
        frequency = phase[1] * _before(phase[0]) - phase[0] * _before(phase[1])
        change = (frequency - _before(frequency)) ** 2
        nothing = torch.zeros_like(power)
        signals = ((real, imag), square, _squared(*square), eighth, (_without_mean(power), nothing), (_without_mean(change), nothing))
        real, imag = self.fourier(*(torch.stack(parts, dim=1) for parts in zip(*signals)))
        return 0.4 * _without_mean(torch.log(real * real + imag * imag + _FLOOR))


def _squared(real: Tensor, imag: Tensor) -> tuple[Tensor, Tensor]:
    return real * real - imag * imag, 2 * real * imag


def _before(values: Tensor) -> Tensor:
    return torch.cat((values[:, :1], values[:, :-1]), dim=1)


def _without_mean(values: Tensor) -> Tensor:
    return values - values.mean(dim=-1, keepdim=True)


class BurstNetwork(nn.Module):
    """Dilated residual blocks over time at a quarter of the rate, and over frequency; their poolings are joined.

    Parameters
    ----------
    labels : int
        Number of classes.
    length : int
        Samples of a window, a multiple of 32.
    width : int
        Channels over time; over frequency there are three quarters of them.
    keep : float
        Dropout keep probability before the last layer.
    """

    def __init__(self, labels: int, length: int = 1024, width: int = 32, keep: float = 0.9) -> None:
        super().__init__()
        bins = 3 * width // 4
        self.spectra = Spectra(length)
        self.time = nn.Sequential(
            convolution(5, width, 7, stride=2),
            convolution(width, width, 5, stride=2),
            *(Residual(width, dilation) for dilation in (1, 2, 4, 8)),
        )
        self.score = nn.Conv1d(width, 1, 1)
        self.frequency = nn.Sequential(
            convolution(_SPECTRA, bins, 7, stride=2),
            convolution(bins, bins, 5, stride=2),
            *(Residual(bins, dilation) for dilation in (1, 2, 4)),
            convolution(bins, 2 * bins, 5, stride=4),
            Residual(2 * bins),
            Residual(2 * bins, 2),
        )
        self.head = nn.Sequential(
            nn.Linear(3 * width + 4 * bins, 4 * width), nn.ReLU(), nn.Dropout(1 - keep), nn.Linear(4 * width, labels)
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time] of unit power."""
        states = self.time(lag_features(windows))
        weight = torch.softmax(self.score(states), dim=2)
        lines = self.frequency(self.spectra(windows))
        pooled = ((states * weight).sum(dim=2), states.amax(dim=2), states.mean(dim=2), lines.amax(dim=2), lines.mean(dim=2))
        return self.head(torch.cat(pooled, dim=1))
