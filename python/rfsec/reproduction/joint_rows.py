# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the joint modulation and emitter paper: rows, and what the paper states of them."""

from dataclasses import dataclass, replace

PAPER = (
    "Z. Li et al., Joint Signal Adaptive Modulation Recognition and Radio Frequency Fingerprinting Based on Multi-task Learning, "
    "2024; its recordings are not public"
)
MMOE, OURS = "mmoe-cnn-transformer", "joint-conv"
MODULATION, EMITTER = "modulation", "emitter"


@dataclass(frozen=True)
class JointRow:
    """One model.

    Attributes
    ----------
    name, title : str
        As ``rfsec train`` takes it, and as the page shows it.
    paper : dict
        By head: accuracy at 0, 5, 10, 15 and 20 dB, percent, where the paper states it.
    emitter_weight : float or None
        Of the emitters' loss, where a figure is over it; that of the modulations has the rest of 1.
    """

    name: str
    title: str
    paper: dict[str, tuple[float, ...]]
    emitter_weight: float | None = None

    @property
    def file_stem(self) -> str:
        """What its files are called, see ``models.model_path``."""
        return self.name

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class JointTable:
    """A table or figure of the paper.

    Attributes
    ----------
    name, title, note : str
    rows : tuple of JointRow
    elsewhere : bool
        Whether rows of both heads are measured on what they were not trained on, too.
    """

    name: str
    title: str
    note: str
    rows: tuple[JointRow, ...]
    elsewhere: bool = False


_RIGHT = (100.0,) * 5
_UNIFORM = {EMITTER: (75.14, 90.89, 97.47, 99.17, 99.67), MODULATION: _RIGHT}
_MMOE_ROW = JointRow(MMOE, "MMOE-CNN-Transformer", _UNIFORM)
_OURS_ROW = JointRow(OURS, "ours", {})

_TABLES = (
    JointTable(
        "mmoe-table3",
        "single tasks, a shared bottom, and experts with gates",
        "The paper's claim is the first column of the emitters: experts with gates ahead of all other rows at 0 dB.",
        (
            JointRow("cnn-rff", "CNN-RFF", {EMITTER: (55.58, 80.19, 93.03, 98.17, 99.58)}),
            JointRow("cnn-amr", "CNN-AMR", {MODULATION: (99.94, 100.0, 100.0, 100.0, 100.0)}),
            JointRow("cnn-transformer-rff", "CNN-Transformer-RFF", {EMITTER: (62.97, 83.69, 95.58, 98.58, 99.19)}),
            JointRow("cnn-transformer-amr", "CNN-Transformer-AMR", {MODULATION: (99.92, 100.0, 100.0, 100.0, 100.0)}),
            JointRow("sb-cnn-transformer", "SB-CNN-Transformer",
                     {EMITTER: (73.86, 90.56, 97.25, 98.83, 99.14), MODULATION: (99.86, 100.0, 100.0, 100.0, 100.0)}),
            _MMOE_ROW,
            _OURS_ROW,
            JointRow(f"{MMOE}-random", "MMOE-CNN-Transformer, random data", {}),
            JointRow(f"{OURS}-random", "ours, random data", {}),
            JointRow(f"{MMOE}-unseen-pairs", "MMOE-CNN-Transformer, pairs left out", {}),
            JointRow(f"{OURS}-unseen-pairs", "ours, pairs left out", {}),
        ),
        elsewhere=True,
    ),
    JointTable(
        "mmoe-table4",
        "how the two losses are balanced",
        "The grid's best weight is the equal one by the paper, so that its row is that of uniform weights; figure 7 has the grid.",
        (
            replace(_MMOE_ROW, title="uniform, and the best of the grid"),
            JointRow(f"{MMOE}-uncertainty", "uncertainty",
                     {EMITTER: (74.28, 90.5, 97.22, 98.75, 99.17), MODULATION: (99.29, 100.0, 100.0, 100.0, 100.0)}),
            JointRow(f"{MMOE}-dwa", "dynamic weight average",
                     {EMITTER: (75.67, 90.97, 97.44, 98.89, 99.67), MODULATION: (99.86, 100.0, 100.0, 100.0, 100.0)}),
        ),
    ),
    JointTable(
        "mmoe-fig6",
        "a single head, and no Transformer",
        "The figure shows curves without numbers: both ablations below the whole model at 0 and 5 dB.",
        (
            _MMOE_ROW,
            JointRow("mmoe-cnn", "MMOE-CNN", {}),
            JointRow(f"{MMOE}-rff", "MMOE-CNN-Transformer-R", {}),
            JointRow(f"{MMOE}-amr", "MMOE-CNN-Transformer-A", {}),
        ),
    ),
    JointTable(
        "mmoe-fig7",
        "the losses' weights, in steps of 0.1",
        "Of the figure's curves the paper states equal weights alone: emitters are best there, and modulations hardly touched by any.",
        tuple(
            JointRow(
                MMOE if weight == 5 else f"{MMOE}-{weight}to{10 - weight}",
                f"emitter {weight / 10:g}, modulation {1 - weight / 10:g}",
                _UNIFORM if weight == 5 else {},
                weight / 10,
            )
            for weight in range(1, 10)
        ),
    ),
)
TABLES = {table.name: table for table in _TABLES}
