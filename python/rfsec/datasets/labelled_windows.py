# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of complex samples with their label and SNR."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError


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

    def sha256(self) -> str:
        """Return the SHA-256 of samples, labels and SNRs (little-endian, C order), in hexadecimal."""
        digest = hashlib.sha256()
        for array in (self.x, self.label, self.snr_db):
            digest.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()


def cell_snrs(name: str, snrs_db: Sequence[int], windows_per_cell: int) -> npt.NDArray[np.int16]:
    """Return the SNRs of one label's windows, dB: `windows_per_cell` of each, in the order given.

    Raises
    ------
    ParameterError
        If there is no SNR or no window; `name` is the data set's, for the message.
    """
    if windows_per_cell < 1 or not snrs_db:
        raise ParameterError(
            f"{name} needs at least one SNR and at least 1 window per cell. "
            f"Got {len(snrs_db)} SNRs and {windows_per_cell} windows instead."
        )
    return np.repeat(np.asarray(snrs_db, np.int16), windows_per_cell)


def label_major(x: npt.NDArray[np.complex64], labels: int, snr_db: npt.NDArray[np.int16]) -> LabelledWindows:
    """Return the windows of `labels` labels, each of which has the SNRs `snr_db`, with both columns filled in."""
    return LabelledWindows(x, np.repeat(np.arange(labels, dtype=np.int16), len(snr_db)), np.tile(snr_db, labels))
