# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the siamese paper's table 2, and what goes beyond it, one change at a time."""

from dataclasses import dataclass

NAME = "siamese-table2"
TITLE = "Siamese paper, table 2: pairs of windows told apart, and what is left of it elsewhere"
PAPER = (
    "L. Morge-Rollet, F. Le Roy, D. Le Jeune and R. Gautier, Siamese Network on I/Q Signal for RF Fingerprinting, 2020; its "
    "recordings are of the ORACLE set (K. Sankhe et al., INFOCOM 2019)"
)


@dataclass(frozen=True)
class EmitterRow:
    """One encoder.

    Attributes
    ----------
    name, title : str
        As ``rfsec train`` takes it, and as the table shows it.
    paper : float or None
        Pair accuracy on the test set by the paper, percent.
    """

    name: str
    title: str
    paper: float | None = None

    @property
    def file_stem(self) -> str:
        """What its files are called, see ``models.model_path``."""
        return self.name


ROWS = (
    EmitterRow("siamese-logistic", "logistic regression", 99.52),
    EmitterRow("siamese-contrastive", "contrastive loss", 97.44),
    EmitterRow("siamese-transfer", "contrastive transfer", 93.3),
    EmitterRow("siamese-contrastive-unaligned", "contrastive, windows from anywhere in the frame"),
    EmitterRow("siamese-contrastive-augmented", "contrastive, trained with many channels, days and receivers"),
    EmitterRow("siamese-contrastive-equalised", "contrastive, equalised by the training field"),
    EmitterRow("siamese-contrastive-complex", "contrastive, equalised, complex-valued convolutions"),
    EmitterRow("rffi-80211-contrastive", "ours, contrastive loss"),
    EmitterRow("rffi-80211-triplet", "ours, triplets"),
    EmitterRow("rffi-80211-supervised", "ours, supervised contrastive loss"),
    EmitterRow("rffi-80211", "ours, supervised contrastive loss of single and of fused windows"),
)
OURS, PAPERS = "rffi-80211", tuple(row.name for row in ROWS if row.paper)
