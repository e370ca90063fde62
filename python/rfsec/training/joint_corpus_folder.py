# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a joint model that a user recorded: the I/Q files of a folder."""

from dataclasses import dataclass, field

from ..datasets.joint_folder import FolderWindows
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
    """

    windows: FolderWindows = field(kw_only=True)

    def __post_init__(self) -> None:
        for labels in self.labels.values():
            check_labels(f"folder '{self.name}'", labels)

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
        """See `JointCorpus.part`; DatasetError where a part has no windows of a pair that the folder has."""
        part = self.windows.split(self.seed)[name]
        if missing := _pairs(self.windows.windows) - _pairs(part):
            modulation, emitter = min(missing)
            raise DatasetError(
                f"The folder '{self.name}' has no files of {self.windows.emitters[emitter]}/{self.windows.modulations[modulation]} left "
                f"for the {name} part. At least 10 files of each pair of labels are needed."
            )
        return part


def _pairs(windows: JointWindows) -> set[tuple[int, int]]:
    return set(zip(windows.modulation.tolist(), windows.emitter.tolist()))
