# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of bursts: one branch looks at the samples in time, one at lines of spectra, one at the levels of symbols."""

import torch
from scipy import signal
from torch import Tensor, nn

from .fourier import Fourier
from .lag_convolutions import Residual, convolution, lag_features
from .symbol_levels import SymbolLevels

_SPECTRA = 6
_ROWS = _SPECTRA + 1
_MAIN_LOBE = 48  # lags in which any signal is like itself: a cyclic prefix repeats later
_FLOOR = 1e-2  # under which a spectrum of unit power holds nothing
_TAPS, _PASSBAND = 33, 0.56  # of the filter that takes the noise beside a burst away; a burst occupies half of the band
_LAGS = (2, 3)  # samples, about a symbol of PSK or QAM in a conditioned burst
_MOMENTS = 3
_LEVEL_UNITS = (64, 32)


class Spectra(nn.Module):
    """Spectra of a window: of x, x^2, |x|^2, of the frequency's changes, of the 4th and 8th power of the phase; autocorrelation.

    A power of x takes the modulation off PSK and leaves a line at a multiple of its carrier; |x|^2 and the changes of
    frequency have lines at the symbol rate (Gardner, "Exploitation of Spectral Redundancy in Cyclostationary Signals",
    IEEE SP Magazine, 1991). High powers are taken of the phase alone, which has no peaks. The autocorrelation has lines
    where a cyclic prefix or a preamble repeats.
    """

    def __init__(self, length: int) -> None:
        super().__init__()
        self.fourier = Fourier(length // 32, 32)

    def forward(self, windows: Tensor, filtered: Tensor) -> tuple[Tensor, Tensor]:
        """Return logarithmic rows less their means [batch, 7, time], and how far the lines stand out [batch, 7].

        Both inputs are [batch, 2 (I, Q), time].
        """
        real, imag = windows[:, 0], windows[:, 1]
        power = real * real + imag * imag
        size, phase = _polar(filtered)
        fourth = _squared(*_squared(*phase))
        eighth = _squared(*fourth)
        frequency = phase[1] * _before(phase[0]) - phase[0] * _before(phase[1])
        change = (frequency - _before(frequency)) ** 2
        nothing = torch.zeros_like(power)
        signals = (
            (real, imag),
            _squared(filtered[:, 0], filtered[:, 1]),
            (size * fourth[0], size * fourth[1]),
            (size * eighth[0], size * eighth[1]),
            (_without_mean(power), nothing),
            (_without_mean(change), nothing),
        )
        real, imag = self.fourier(*(torch.stack(parts, dim=1) for parts in zip(*signals)))
        spectra = real * real + imag * imag
        lines = torch.log(spectra.amax(dim=2) + _FLOOR) - torch.log(spectra.mean(dim=2) + _FLOOR)
        alike = self._alike(spectra[:, :1])
        repeated = torch.log(alike[:, :, _MAIN_LOBE:-_MAIN_LOBE].amax(dim=2) + _FLOOR)
        rows = torch.log(torch.cat((spectra, alike), dim=1) + _FLOOR)
        return 0.4 * _without_mean(rows), torch.cat((lines, repeated), dim=1)

    def _alike(self, spectrum: Tensor) -> Tensor:
        """How alike a window is to itself, circularly later: [batch, 1, time], about 1 where it is not."""
        real, imag = self.fourier(spectrum, torch.zeros_like(spectrum))
        power = real * real + imag * imag
        return power / (power[:, :, :1] + 1e-6) * (0.5 * power.shape[2])


def _polar(windows: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The size of samples, and their direction as a real and an imaginary part."""
    real, imag = windows[:, 0], windows[:, 1]
    size = torch.sqrt(real * real + imag * imag + 1e-6)
    return size, (real / size, imag / size)


def _squared(real: Tensor, imag: Tensor) -> tuple[Tensor, Tensor]:
    return real * real - imag * imag, 2 * real * imag


def _before(values: Tensor, lag: int = 1) -> Tensor:
    return torch.cat((values[:, :lag], values[:, :-lag]), dim=1)


def _without_mean(values: Tensor) -> Tensor:
    return values - values.mean(dim=-1, keepdim=True)


def _turned_symbols(filtered: Tensor) -> Tensor:
    """The 4th power of the phase from symbol to symbol: [batch, 4, time]. QPSK turns by multiples of 90 degrees only."""
    size, (real, imag) = _polar(filtered)
    rows = []
    for lag in _LAGS:
        then_real, then_imag = _before(real, lag), _before(imag, lag)
        turn = (real * then_real + imag * then_imag, imag * then_real - real * then_imag)
        rows += [size * part for part in _squared(*_squared(*turn))]
    return torch.stack(rows, dim=1)


def _moments(windows: Tensor) -> Tensor:
    """Mean size, third moment, and logarithm of the fourth: [batch, 3]. A constant envelope has 1, 1 and 0."""
    power = windows[:, 0] ** 2 + windows[:, 1] ** 2
    size = torch.sqrt(power + 1e-6)
    return torch.stack((size.mean(dim=1), (power * size).mean(dim=1), torch.log((power * power).mean(dim=1) + _FLOOR)), dim=1)


class BurstNetwork(nn.Module):
    """Dilated residual blocks over time at a quarter of the rate, and over frequency; poolings, lines, moments and levels joined.

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
        taps = torch.from_numpy(signal.firwin(_TAPS, _PASSBAND, window=("kaiser", 4.0)).astype("float32"))
        self.register_buffer("taps", taps.repeat(2, 1, 1), persistent=False)
        self.spectra = Spectra(length)
        self.time = nn.Sequential(
            convolution(5 + 2 * len(_LAGS), width, 7, stride=2),
            convolution(width, width, 5, stride=2),
            *(Residual(width, dilation) for dilation in (1, 2, 4, 8)),
        )
        self.score = nn.Conv1d(width, 1, 1)
        self.frequency = nn.Sequential(
            convolution(_ROWS, bins, 7, stride=2),
            convolution(bins, bins, 5, stride=2),
            *(Residual(bins, dilation) for dilation in (1, 2, 4)),
            convolution(bins, 2 * bins, 5, stride=4),
            Residual(2 * bins),
            Residual(2 * bins, 2),
        )
        self.even = nn.BatchNorm1d(_ROWS + _MOMENTS)
        self.levels = SymbolLevels(length)
        hidden, seen = _LEVEL_UNITS
        self.constellation = nn.Sequential(
            nn.BatchNorm1d(SymbolLevels.features),
            nn.Linear(SymbolLevels.features, hidden),
            nn.ReLU(),
            nn.Linear(hidden, seen),
            nn.ReLU(),
        )
        self.head = nn.Sequential(
            nn.Linear(3 * width + 4 * bins + _ROWS + _MOMENTS + seen, 4 * width),
            nn.ReLU(),
            nn.Dropout(1 - keep),
            nn.Linear(4 * width, labels),
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time] of unit power."""
        filtered = nn.functional.conv1d(windows, self.taps, padding=_TAPS // 2, groups=2)
        states = self.time(torch.cat((lag_features(windows), _turned_symbols(filtered)), dim=1))
        weight = torch.softmax(self.score(states), dim=2)
        spectra, lines = self.spectra(windows, filtered)
        spectral = self.frequency(spectra)
        pooled = ((states * weight).sum(dim=2), states.amax(dim=2), states.mean(dim=2), spectral.amax(dim=2), spectral.mean(dim=2))
        numbers = self.even(torch.cat((lines, _moments(windows)), dim=1))
        return self.head(torch.cat((*pooled, numbers, self.constellation(self.levels(windows))), dim=1))
