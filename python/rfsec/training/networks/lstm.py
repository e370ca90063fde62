# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurrent networks on amplitude and phase, after Rajendran et al. 2018 (doi:10.1109/TCCN.2018.2835460)."""

from torch import Tensor, nn

from ...errors import ParameterError


def start_lstm(lstm: nn.LSTM) -> None:
    """Set weights and biases as section IV-D has them.

    Unit scaling: a uniform variance of 1 / fan-in, so that the input's scale is kept. Forget gates start open: PyTorch
    keeps two bias vectors a gate, and their forget parts sum to the paper's 1.
    """
    for name, parameter in lstm.named_parameters():
        if name.startswith("weight"):
            bound = (3.0 / parameter.shape[1]) ** 0.5
            nn.init.uniform_(parameter, -bound, bound)
        else:
            nn.init.zeros_(parameter)
            if name.startswith("bias_ih"):
                nn.init.ones_(parameter[lstm.hidden_size : 2 * lstm.hidden_size])


class AmplitudePhaseLstm(nn.Module):
    """LSTM layers and a dense layer on the last time step (section IV-B, fig. 2); windows of any length.

    With 11 labels the paper's two layers of 128 cells have 201,099 parameters.

    Parameters
    ----------
    labels : int
        Number of classes.
    layers : int
        LSTM layers, at least 1 (the paper tries 1 to 3).
    cells : int
        Cells a layer (the paper tries 16 to 256).
    keep : float
        Dropout keep probability during training, on each layer's output (the paper's 0.8).

    Raises
    ------
    ParameterError
        If `layers` or `cells` is below 1.
    """

    def __init__(self, labels: int, layers: int = 2, cells: int = 128, keep: float = 0.8) -> None:
        super().__init__()
        if layers < 1 or cells < 1:
            raise ParameterError(f"The 'layers' and 'cells' of an LSTM must be at least 1. Got {layers}, {cells} instead.")
        between = 1 - keep if layers > 1 else 0.0
        self.lstm = nn.LSTM(2, cells, num_layers=layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(1 - keep)
        self.dense = nn.Linear(cells, labels)
        start_lstm(self.lstm)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (amplitude, phase/pi), time]."""
        states, _ = self.lstm(windows.transpose(1, 2))
        return self.dense(self.dropout(states[:, -1]))


class TaperedLstm(nn.Module):
    """LSTM(128), LSTM(64) and a dense layer: the LSTM row of table I of the SigNet paper (Chen et al.); any length.

    With 11 labels it has 117,963 parameters, where that paper's table II says 0.2 M: its count is that of two layers of 128.

    Parameters
    ----------
    labels : int
        Number of classes.
    """

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.wide = nn.LSTM(2, 128, batch_first=True)
        self.narrow = nn.LSTM(128, 64, batch_first=True)
        self.dense = nn.Linear(64, labels)
        start_lstm(self.wide)
        start_lstm(self.narrow)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2, time]."""
        states, _ = self.wide(windows.transpose(1, 2))
        states, _ = self.narrow(states)
        return self.dense(states[:, -1])
