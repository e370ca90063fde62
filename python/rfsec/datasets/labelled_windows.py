# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of complex samples with their label and SNR."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LabelledWindows:
    """A set of labelled windows.

    Attributes
    ----------
    x : ndarray of complex64, shape (n, length)
    label : ndarray of int16, shape (n,)
        Index into the data set's labels.
    snr_db : ndarray of int16, shape (n,)
        The data set's own SNR label, dB.
    """

    x: npt.NDArray[np.complex64]
    label: npt.NDArray[np.int16]
    snr_db: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.label)

    def __getitem__(self, rows: slice | npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> "LabelledWindows":
        return LabelledWindows(self.x[rows], self.label[rows], self.snr_db[rows])

    @classmethod
    def concatenate(cls, parts: "Sequence[LabelledWindows]") -> "LabelledWindows":
        """Return the windows of `parts`, at least one and of equal length, one after the other."""
        return cls(*(np.concatenate([getattr(part, field) for part in parts]) for field in ("x", "label", "snr_db")))

    def sha256(self) -> str:
        """Return the SHA-256 of samples, labels and SNRs (little-endian, C order), in hexadecimal."""
        digest = hashlib.sha256()
        for array in (self.x, self.label, self.snr_db):
            digest.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).data)
        return digest.hexdigest()
