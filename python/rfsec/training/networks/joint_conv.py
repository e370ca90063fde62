# SPDX-License-Identifier: GPL-3.0-or-later
"""Our joint network: what does not turn with the carrier's phase, at two samples a symbol, and one trunk for both heads.

An amplifier shows in how gain and phase follow the envelope, and the envelope of 10 samples a symbol is known from two:
so learnt filters bring the rate down by five first. Lag products of what they give hold the envelope and its turns
without the carrier's phase, which the paper's network must learn to ignore.
"""

import torch
from torch import Tensor, nn

_FILTERS, _TAPS, _DECIMATION = 8, 31, 5
_NARROWEST, _WIDEST = 0.05, 0.16  # cut-off of the first filters, cycles a sample
_LAGS = (1, 2)
_WIDTH, _DILATIONS, _HIDDEN, _DROPOUT = 48, (1, 2, 4, 8), 128, 0.2


class LagProducts(nn.Module):
    """Real filters that I and Q share, each fifth sample of what they give, and y[t] conj(y[t - k]) for k = 0, 1, 2."""

    channels = _FILTERS * (1 + 2 * len(_LAGS))

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
        products = [i * i + q * q]
        for lag in _LAGS:
            later_i, later_q, earlier_i, earlier_q = i[..., lag:], q[..., lag:], i[..., :-lag], q[..., :-lag]
            pair = (later_i * earlier_i + later_q * earlier_q, later_q * earlier_i - later_i * earlier_q)
            products += [nn.functional.pad(one, (lag, 0)) for one in pair]
        return torch.cat(products, dim=1)


def _convolution(inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    layer = nn.Conv2d(inputs, outputs, (1, 3), (1, stride), (0, dilation), (1, dilation), bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.ReLU())


class JointConv(nn.Module):
    """Lag products, dilated residual convolutions, three poolings, a dense layer, and a layer for each head.

    Parameters
    ----------
    labels : tuple of int
        Labels of each head.
    """

    def __init__(self, labels: tuple[int, ...]) -> None:
        super().__init__()
        self.products = LagProducts()
        self.norm = nn.BatchNorm2d(LagProducts.channels)
        self.first = _convolution(LagProducts.channels, _WIDTH, stride=2)
        self.blocks = nn.ModuleList(_convolution(_WIDTH, _WIDTH, dilation=dilation) for dilation in _DILATIONS)
        self.attention = nn.Conv2d(_WIDTH, _WIDTH, 1)
        self.dense = nn.Sequential(nn.Linear(3 * _WIDTH, _HIDDEN), nn.ReLU(), nn.Dropout(_DROPOUT))
        self.heads = nn.ModuleList(nn.Linear(_HIDDEN, count) for count in labels)
        # Images of height 1 with the channels innermost train faster than Conv1d on a CPU.
        self.to(memory_format=torch.channels_last)

    def features(self, windows: Tensor) -> Tensor:
        """Return what all heads see, [batch, 128], of windows [batch, 2 (I, Q), time]."""
        # Powers of samples span more than bfloat16's 8 bits tell apart.
        with torch.autocast(windows.device.type, enabled=False):
            images = self.norm(self.products(windows.float()).unsqueeze(2).contiguous(memory_format=torch.channels_last))
        images = self.first(images)
        for block in self.blocks:
            images = images + block(images)
        weights = torch.softmax(self.attention(images).float(), dim=3)
        images = images.float()
        pooled = torch.cat([(weights * images).sum(3), images.mean(3), images.amax(3)], dim=1)
        return self.dense(pooled.flatten(1))

    def forward(self, windows: Tensor) -> tuple[Tensor, ...]:
        """Return logits [batch, labels] of each head for windows [batch, 2 (I, Q), time]."""
        features = self.features(windows)
        return tuple(head(features) for head in self.heads)
