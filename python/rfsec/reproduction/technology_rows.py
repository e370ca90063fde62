# SPDX-License-Identifier: GPL-3.0-or-later
"""The LSTM paper's table IV and figure 15: technologies from averaged spectra."""

from dataclasses import dataclass

PAPER = (
    "S. Rajendran et al., Deep Learning Models for Wireless Signal Classification With Distributed Low-Cost Spectrum Sensors, 2018, "
    "doi:10.1109/TCCN.2018.2835460, section VI; its spectra are of Electrosense's sensors"
)
OURS = "technology-conv"
LAYERS, CELLS = (1, 2), (16, 32, 64, 128)
_TABLE4 = {1: (70.02, 74.39, 79.38, 81.05), 2: (72.69, 75.93, 80.92, 81.68)}


@dataclass(frozen=True)
class TechnologyRow:
    """One classifier.

    Attributes
    ----------
    name, title : str
        As ``rfsec train`` takes it, and as the page shows it.
    paper : float or None
        Accuracy by the paper, percent.
    """

    name: str
    title: str
    paper: float | None = None

    @property
    def file_stem(self) -> str:
        """What its files are called, see ``models.model_path``."""
        return self.name


@dataclass(frozen=True)
class TechnologyTable:
    """A table or figure of the paper: its rows, and whether confusions are drawn."""

    name: str
    title: str
    rows: tuple[TechnologyRow, ...]
    confusions: bool


def _lstm(layers: int, cells: int, paper: float) -> TechnologyRow:
    return TechnologyRow(f"technology-lstm-{layers}x{cells}", f"LSTM, {layers} layer{'s' * (layers > 1)}, {cells} cells", paper)


_OURS = TechnologyRow(OURS, "ours: convolutions over frequency")
TABLES = {
    table.name: table
    for table in (
        TechnologyTable(
            "lstm-table4",
            "LSTM paper, table IV: layers and cells",
            (*(_lstm(layers, cells, _TABLE4[layers][place]) for layers in LAYERS for place, cells in enumerate(CELLS)), _OURS),
            confusions=False,
        ),
        TechnologyTable("lstm-fig15", "LSTM paper, figure 15: which technologies are taken for which", (_lstm(2, 128, 80.0), _OURS), confusions=True),
    )
}
