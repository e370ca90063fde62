# SPDX-License-Identifier: GPL-3.0-or-later
"""Our joint network: one trunk at two samples a symbol, which sees the samples and what does not turn with their phase.

The envelope of 10 samples a symbol is known from two, so learnt filters bring the rate down by five first: the paper's
experts spend most of their work on layers at the full rate. Lag products hold the envelope and its turns without the carrier's
phase, which the paper's network must learn to ignore.
"""

import torch
from torch import Tensor, nn

from .time_convolution import TimeConvolution

_FILTERS, _TAPS, _DECIMATION = 4, 31, 5
_NARROWEST, _WIDEST = 0.05, 0.14  # cut-off of the first filters, cycles a sample
_LAGS = (1, 2)
_LAYERS, _WIDTH, _HIDDEN, _DROPOUT = 6, 64, 128, 0.2


class FiltersAndProducts(nn.Module):
    """Real filters that I and Q share, each fifth sample y of what they give, and y[t] conj(y[t - k]) for k = 0, 1, 2."""

    channels = _FILTERS * (3 + 2 * len(_LAGS))

    def __init__(self) -> None:
        super().__init__()
        self.filters = nn.Conv1d(1, _FILTERS, _TAPS, _DECIMATION, _TAPS // 2, bias=False)
        time = torch.arange(_TAPS) - _TAPS // 2
        cut = torch.linspace(_NARROWEST, _WIDEST, _FILTERS)[:, None]
        taps = torch.sinc(2 * cut * time) * torch.hamming_window(_TAPS, periodic=False)
        with torch.no_grad():
            self.filters.weight.copy_((taps / taps.norm(dim=1, keepdim=True) / 2)[:, None])

    def forward(self, windows: Tensor) -> Tensor:
        """Return [batch, channels, time / 5] of windows [batch, 2 (I, Q), time]."""
        i, q = (self.filters(windows[:, part : part + 1]) for part in (0, 1))
        given = [i, q, i * i + q * q]
        for lag in _LAGS:
            later_i, later_q, earlier_i, earlier_q = i[..., lag:], q[..., lag:], i[..., :-lag], q[..., :-lag]
            pair = (later_i * earlier_i + later_q * earlier_q, later_q * earlier_i - later_i * earlier_q)
            given += [nn.functional.pad(one, (lag, 0)) for one in pair]
        return torch.cat(given, dim=1)


class JointConv(nn.Module):
    """Filters and products, six convolutions that each halve the time, three poolings, a dense layer, a layer for each head.

    Parameters
    ----------
    labels : tuple of int
        Labels of each head.
    """

    def __init__(self, labels: tuple[int, ...]) -> None:
        super().__init__()
        self.given = FiltersAndProducts()
        self.norm = nn.BatchNorm2d(FiltersAndProducts.channels)
        layers, inputs = [], FiltersAndProducts.channels
        for _ in range(_LAYERS):
            layers += [TimeConvolution(inputs, _WIDTH), nn.BatchNorm2d(_WIDTH), nn.ReLU(), nn.MaxPool2d((1, 2))]
            inputs = _WIDTH
        self.layers = nn.Sequential(*layers)
        self.attention = nn.Conv2d(_WIDTH, _WIDTH, 1)
        self.dense = nn.Sequential(nn.Linear(3 * _WIDTH, _HIDDEN), nn.ReLU(), nn.Dropout(_DROPOUT))
        self.heads = nn.ModuleList(nn.Linear(_HIDDEN, count) for count in labels)
        # Images of height 1 with the channels innermost train faster than Conv1d on a CPU.
        self.to(memory_format=torch.channels_last)

    def forward(self, windows: Tensor) -> tuple[Tensor, ...]:
        """Return logits [batch, labels] of each head for windows [batch, 2 (I, Q), time]."""
        # Powers of samples span more than bfloat16's 8 bits tell apart.
        with torch.autocast(windows.device.type, enabled=False):
            images = self.norm(self.given(windows.float()).unsqueeze(2).contiguous(memory_format=torch.channels_last))
        images = self.layers(images)
        weights = torch.softmax(self.attention(images).float(), dim=3)
        images = images.float()
        pooled = torch.cat([(weights * images).sum(3), images.mean(3), images.amax(3)], dim=1)
        features = self.dense(pooled.flatten(1))
        return tuple(head(features) for head in self.heads)
