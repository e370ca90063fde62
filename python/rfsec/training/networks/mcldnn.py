# SPDX-License-Identifier: GPL-3.0-or-later
"""The three-stream network MCLDNN of Xu et al. 2020 (doi:10.1109/LWC.2020.2999453)."""

import torch
from torch import Tensor, nn


class Mcldnn(nn.Module):
    """Convolutions on I, on Q and on both together, joined, then two LSTM layers and three dense ones; any length.

    With 11 labels it has 406,199 parameters: the letter's layers with PyTorch's two bias vectors a gate (405,175 with
    one). The SigNet paper (Chen et al.) says 0.37 M: its table I joins the rows earlier, by 1D convolutions of kernel 7.

    Parameters
    ----------
    labels : int
        Number of classes.
    """

    def __init__(self, labels: int) -> None:
        super().__init__()
        # Even kernels keep the length with one zero more behind than before, over the two rows as over time.
        self.both = nn.Sequential(nn.ZeroPad2d((3, 4, 0, 1)), nn.Conv2d(1, 50, (2, 8)), nn.ReLU())
        self.in_phase = nn.Sequential(nn.ConstantPad1d((7, 0), 0.0), nn.Conv1d(1, 50, 8), nn.ReLU())
        self.quadrature = nn.Sequential(nn.ConstantPad1d((7, 0), 0.0), nn.Conv1d(1, 50, 8), nn.ReLU())
        self.separate = nn.Sequential(nn.ZeroPad2d((3, 4, 0, 0)), nn.Conv2d(50, 50, (1, 8)), nn.ReLU())
        self.join = nn.Sequential(nn.Conv2d(100, 100, (2, 5)), nn.ReLU())
        self.lstm = nn.LSTM(100, 128, num_layers=2, batch_first=True)
        self.hidden = nn.Sequential(
            nn.Linear(128, 128), nn.SELU(), nn.Dropout(0.5), nn.Linear(128, 128), nn.SELU(), nn.Dropout(0.5)
        )
        self.dense = nn.Linear(128, labels)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time], time at least 5."""
        rows = torch.stack((self.in_phase(windows[:, :1]), self.quadrature(windows[:, 1:])), dim=2)
        joined = self.join(torch.cat((self.both(windows.unsqueeze(1)), self.separate(rows)), dim=1))
        states, _ = self.lstm(joined.squeeze(2).transpose(1, 2))
        return self.dense(self.hidden(states[:, -1]))
