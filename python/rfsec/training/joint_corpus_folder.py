# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a joint model that a user recorded: the I/Q files of a folder."""

from dataclasses import dataclass, field

import numpy as np

from ..datasets.joint_folder import FEWEST_FILES, FolderWindows
from ..datasets.joint_windows import JointWindows
from ..errors import DatasetError
from .corpus_labels import check_labels
from .joint_corpus import JointCorpus


@dataclass(frozen=True)
class FolderCorpus(JointCorpus):
    """The I/Q files of a folder, see ``datasets.joint_folder``; a file stands in one part only.

    Attributes
    ----------
    windows : FolderWindows

    Raises
    ------
    DatasetError
        If a pair of labels has too few files for three parts, or a label cannot stand in a card.
    """

    windows: FolderWindows = field(kw_only=True)

    def __post_init__(self) -> None:
        for labels in self.labels.values():
            check_labels(f"folder '{self.name}'", labels)
        windows = self.windows.windows
        files = np.unique(np.stack((windows.emitter, windows.modulation, windows.recording)), axis=1)
        pairs, counts = np.unique(files[:2], axis=1, return_counts=True)
        if counts.min() < FEWEST_FILES:
            emitter, modulation = pairs[:, counts.argmin()]
            raise DatasetError(
                f"The folder '{self.name}' must have at least {FEWEST_FILES} files of each pair of labels, to train, to validate and to test. "
                f"Of {self.windows.emitters[emitter]}/{self.windows.modulations[modulation]} it has {counts.min()}."
            )

    @property
    def name(self) -> str:
        """See `JointCorpus`."""
        return self.windows.name

    @property
    def identity(self) -> dict[str, object]:
        """See `JointCorpus.identity`; a folder may get other files under its name."""
        return super().identity | {"data_sha256": self.windows.windows.sha256()}

    @property
    def limits(self) -> tuple[str, ...]:
        """See `JointCorpus.limits`."""
        return ("Knows the rate, the place and the receiver of the files that it was trained on.",)

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """See `JointCorpus.labels`."""
        return {"modulation": self.windows.modulations, "emitter": self.windows.emitters}

    def part(self, name: str) -> JointWindows:
        """See `JointCorpus.part`."""
        return self.windows.split(self.seed)[name]
