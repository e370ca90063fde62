# SPDX-License-Identifier: GPL-3.0-or-later
"""The LSTM on averaged spectra, after Rajendran et al. 2018 (doi:10.1109/TCCN.2018.2835460), section VI-C."""

from torch import Tensor, nn

from ...errors import ParameterError
from .lstm import start_lstm


class SpectrumLstm(nn.Module):
    """LSTM layers along frequency and a dense layer on the last bin's state; spectra of any width.

    Parameters
    ----------
    labels : int
        Number of classes.
    layers, cells : int
        At least 1 (table IV: 1 and 2 layers of 16 to 128 cells).
    keep : float
        Dropout keep probability during training, on each layer's output.

    Raises
    ------
    ParameterError
        If `layers` or `cells` is below 1.
    """

    def __init__(self, labels: int, layers: int = 2, cells: int = 128, keep: float = 0.8) -> None:
        super().__init__()
        if layers < 1 or cells < 1:
            raise ParameterError(f"The 'layers' and 'cells' of an LSTM must be at least 1. Got {layers}, {cells} instead.")
        self.lstm = nn.LSTM(1, cells, num_layers=layers, batch_first=True, dropout=1 - keep if layers > 1 else 0.0)
        self.dropout = nn.Dropout(1 - keep)
        self.dense = nn.Linear(cells, labels)
        start_lstm(self.lstm)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 1, bins]."""
        states, _ = self.lstm(windows.transpose(1, 2))
        return self.dense(self.dropout(states[:, -1]))
