# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of complex samples with two labels, their modulation and their emitter, and the recording that they are of."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .labelled_windows import LabelledWindows


@dataclass(frozen=True)
class JointWindows:
    """A set of windows with two labels.

    Attributes
    ----------
    x : ndarray of complex64, shape (n, length)
    modulation, emitter : ndarray of int16, shape (n,)
        Index into the data set's labels of each kind.
    snr_db : ndarray of int16, shape (n,)
        dB.
    recording : ndarray of int16 or int32, shape (n,)
        Windows of one modulation, emitter and recording were made in one go: a split keeps them together.
    """

    x: npt.NDArray[np.complex64]
    modulation: npt.NDArray[np.int16]
    emitter: npt.NDArray[np.int16]
    snr_db: npt.NDArray[np.int16]
    recording: npt.NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.snr_db)

    def __getitem__(self, rows: slice | npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> "JointWindows":
        return JointWindows(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def concatenate(cls, parts: "Sequence[JointWindows]") -> "JointWindows":
        """Return the windows of `parts`, at least one and of equal length, one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def of_head(self, head: str) -> LabelledWindows:
        """Return the same windows with the labels of one head: "modulation" or "emitter"."""
        return LabelledWindows(self.x, getattr(self, head), self.snr_db)

    def sha256(self) -> str:
        """Return the SHA-256 of all arrays (little-endian, C order), in hexadecimal."""
        digest = hashlib.sha256()
        for field in fields(self):
            array = getattr(self, field.name)
            digest.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).data)
        return digest.hexdigest()
