# SPDX-License-Identifier: GPL-3.0-or-later
"""The two-layer amplitude-phase LSTM of Rajendran et al. 2018 (doi:10.1109/TCCN.2018.2835460)."""

from torch import Tensor, nn


class AmplitudePhaseLstm(nn.Module):
    """Two LSTM layers of 128 cells and a dense layer on the last time step (section IV-B, fig. 2).

    Cell biases: PyTorch keeps two vectors a gate; their forget parts sum to the paper's starting bias of 1. With 11
    labels the network has 201,099 parameters.

    Parameters
    ----------
    labels : int
        Number of classes.
    cells : int
        Cells a layer.
    keep : float
        Dropout keep probability during training, on each layer's output (the paper's 0.8).
    """

    def __init__(self, labels: int, cells: int = 128, keep: float = 0.8) -> None:
        super().__init__()
        self.lstm = nn.LSTM(2, cells, num_layers=2, batch_first=True, dropout=1 - keep)
        self.dropout = nn.Dropout(1 - keep)
        self.dense = nn.Linear(cells, labels)
        for name, parameter in self.lstm.named_parameters():
            if name.startswith("weight"):
                # Unit scaling: a uniform variance of 1 / fan-in, so that the input's scale is kept.
                bound = (3.0 / parameter.shape[1]) ** 0.5
                nn.init.uniform_(parameter, -bound, bound)
            else:
                nn.init.zeros_(parameter)
                if name.startswith("bias_ih"):
                    nn.init.ones_(parameter[cells : 2 * cells])

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (amplitude, phase/pi), time]."""
        states, _ = self.lstm(windows.transpose(1, 2))
        return self.dense(self.dropout(states[:, -1]))
