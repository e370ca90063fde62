# SPDX-License-Identifier: GPL-3.0-or-later
"""The narrow two-dimensional CNN of O'Shea et al. 2016, as table I of the SigNet paper (Chen et al.) has it."""

from torch import Tensor, nn

from ...errors import ParameterError

_LEAST_WINDOW = 3


class Cnn2d(nn.Module):
    """256 filters of 1 x 3 on the rows I and Q, 80 of 2 x 3 across both, two dense layers; dropout 0.5 after each.

    The table names no padding. Its counts (2.71 M at 128 samples, 10.57 M at 512) fit a time axis that is two samples
    shorter before the dense layers: here the first convolution is padded and the second is not.

    Parameters
    ----------
    labels : int
        Number of classes.
    window : int
        Samples of a window, at least 3; the dense layer is made for it.

    Raises
    ------
    ParameterError
        If `window` is too short.
    """

    def __init__(self, labels: int, window: int = 128) -> None:
        super().__init__()
        if window < _LEAST_WINDOW:
            raise ParameterError(f"The 'window' of a 2D-CNN must be at least {_LEAST_WINDOW} samples. Got {window} instead.")
        self.body = nn.Sequential(
            nn.Conv2d(1, 256, (1, 3), padding=(0, 1)),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Conv2d(256, 80, (2, 3)),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(80 * (window - 2), 256),
            nn.ReLU(),
            nn.Dropout(0.5),
        )
        self.dense = nn.Linear(256, labels)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), window]."""
        return self.dense(self.body(windows.unsqueeze(1)))
