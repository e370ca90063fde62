# SPDX-License-Identifier: GPL-3.0-or-later
"""SigNet2.0 (Chen et al., "SigNet: A Novel Deep Learning Framework for Radio Signal Classification", section II-D)."""

from torch import Tensor, nn

from ...errors import ParameterError
from .resnet import ResNet, make_stage, stage_channels
from .signal_to_matrix import SignalToMatrix


class SigNet2(nn.Module):
    """The first stages of a residual network over time, S2M on each channel they give, the other stages over images.

    The paper replaces "stage1 and stage2" of five (fig. 2), that is the stem and the first residual stage: so does this
    network by default. 128 samples become 256 channels of 32, S2M makes a matrix of 30 x 30 of each, and stages 3 to 5
    go on at sizes 15, 8 and 4. It has 23.45 M parameters, where table II says 23.52 M: that count fits the stem alone
    over time (`stages_over_time` = 1). The text is taken to define the model, not the count.

    Parameters
    ----------
    labels : int
        Number of classes.
    depth : int
        Of the residual network: 18, 34, 50 or 101.
    filter_size : int
        Elements of an S2M slice of the feature sequence.
    stages_over_time : int
        1 or 2.

    Raises
    ------
    ParameterError
        If one of these is not allowed.
    """

    def __init__(self, labels: int, depth: int = 50, filter_size: int = 3, stages_over_time: int = 2) -> None:
        super().__init__()
        if stages_over_time not in (1, 2):
            raise ParameterError(f"The 'stages_over_time' of SigNet2.0 must be 1 or 2. Got {stages_over_time} instead.")
        stages, channels = [], 2
        for number in range(1, stages_over_time + 1):
            stages.append(make_stage(depth, number, channels, axes=1))
            channels = stage_channels(depth, number)
        self.sequence = nn.Sequential(*stages)
        self.matrix = SignalToMatrix(channels, filter_size)
        self.resnet = ResNet(labels, depth, channels, first=stages_over_time + 1)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time]."""
        return self.resnet(self.matrix(self.sequence(windows)))
