# SPDX-License-Identifier: GPL-3.0-or-later
"""Our network on averaged spectra: convolutions over frequency, and the absolute width beside them."""

import math

import torch
from torch import Tensor, nn

_BODY = 0.25  # 5 dB over the floor, in the units of a window
_UPPER = 0.3  # 6 dB below the mean
_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)  # waves from 8 octaves of width to half of one
_SMOOTH, _LAGS = 15, 14  # bins: LTE's reference signals come back every 45 kHz
_INSIDE, _LARGEST = 0.99, 0.5  # of a smoothed body; 10 dB
_NUMBERS = 2 + 4 * len(_FACTORS) + _LAGS + 5


class _Norm(nn.LayerNorm):
    """Normalises each bin over its channels: batches are of one width each, so their statistics are not those of others."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


def _block(channels: int, out: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv1d(channels, out, 5, stride, 2), _Norm(out), nn.ReLU())


class _Residual(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(channels, channels, 3, 1, dilation, dilation), _Norm(channels), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class SpectrumConv(nn.Module):
    """Convolutions at the full resolution for combs and edges, then strided ones for shapes; pooled, with numbers of the whole.

    Widths in hertz tell much: a bin is always 10 kHz, so counts of bins are widths.

    Parameters
    ----------
    labels : int
        Number of classes.
    width : int
        Channels at the full resolution; twice as many after the strides.
    """

    def __init__(self, labels: int, width: int = 24) -> None:
        super().__init__()
        self.fine = nn.Sequential(_block(2, width, 1), _Residual(width, 1), _Residual(width, 3))
        self.coarse = nn.Sequential(_block(width, width, 2), _block(width, 2 * width, 2), _Residual(2 * width, 1), _block(2 * width, 2 * width, 2),
                                    _Residual(2 * width, 1), _Residual(2 * width, 2), _Residual(2 * width, 4))
        self.head = nn.Sequential(nn.Linear(6 * width + _NUMBERS, 4 * width), nn.ReLU(), nn.Dropout(0.2), nn.Linear(4 * width, labels))

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 1, bins]."""
        highest = windows.amax(dim=2, keepdim=True)
        fine = self.fine(torch.cat((windows, windows - highest), dim=1))
        coarse = self.coarse(fine)
        numbers = _numbers(windows[:, 0], highest[:, 0])
        return self.head(torch.cat((fine.amax(dim=2), fine.mean(dim=2), coarse.amax(dim=2), coarse.mean(dim=2), numbers), dim=1))


def _numbers(rows: Tensor, highest: Tensor) -> Tensor:
    """What a window [batch, bins] is as a whole: [batch, _NUMBERS].

    Widths of what is over the floor and of its upper part, each as a logarithm and as waves of it, which a dense layer can
    tell 7.6 MHz from 8.3 MHz by; the autocorrelation of the ripple, and its size; height, mean, roughness and spread of the body.
    """
    body = (rows > _BODY).float()
    count = body.sum(dim=1, keepdim=True) + 1
    mean = (rows * body).sum(dim=1, keepdim=True) / count
    upper = (rows > mean - _UPPER).float().sum(dim=1, keepdim=True) + 1
    spread = ((rows - mean) ** 2 * body).sum(dim=1, keepdim=True) / count
    both = body[:, 1:] * body[:, :-1]
    rough = ((rows[:, 1:] - rows[:, :-1]) ** 2 * both).sum(dim=1, keepdim=True) / (both.sum(dim=1, keepdim=True) + 1)
    inside = (_smooth(body) > _INSIDE).float()  # edges would outdo any ripple
    ripple = inside * (rows - _smooth(rows)).clamp(-_LARGEST, _LARGEST)
    power = (ripple**2).sum(dim=1, keepdim=True)
    size = torch.sqrt(power / (inside.sum(dim=1, keepdim=True) + 1) + 1e-4)
    alike = [(ripple[:, lag:] * ripple[:, :-lag]).sum(dim=1, keepdim=True) / (power + 1e-3) for lag in range(1, _LAGS + 1)]
    widths = torch.log2(torch.cat((count, upper), dim=1))
    waves = [wave(math.pi * factor * widths) for factor in _FACTORS for wave in (torch.sin, torch.cos)]
    return torch.cat((widths / 4, *waves, *alike, size, highest, mean, torch.sqrt(rough + 1e-4), torch.sqrt(spread + 1e-4)), dim=1)


def _smooth(rows: Tensor) -> Tensor:
    return nn.functional.avg_pool1d(rows[:, None], _SMOOTH, 1, _SMOOTH // 2)[:, 0]
