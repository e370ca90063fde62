# SPDX-License-Identifier: GPL-3.0-or-later
"""The published RadioML 2016.10a file: a pickle by Python 2 of {(modulation, SNR): float32 [n, 2, 128]}."""

from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .labelled_windows import LabelledWindows
from .pickled_arrays import load_arrays
from .rml2016a import LABELS, WINDOW

_RULE = "{(modulation, SNR): numbers [n, 2, 128]}, as RML2016.10a_dict.pkl does"


def read_pickle(path: Path, windows_per_cell: int | None) -> tuple[LabelledWindows, tuple[str, ...]]:
    """Read RadioML 2016.10a, or a part of it with fewer modulations, which no code in the file can misuse.

    Parameters
    ----------
    path : Path
    windows_per_cell : int or None
        Of each label at each SNR, the first that the file holds; None is all.

    Returns
    -------
    LabelledWindows, tuple of str
        Ordered by label (as `rml2016a.LABELS`), then SNR.

    Raises
    ------
    DatasetError
        If the file holds anything else.
    """
    try:
        with path.open("rb") as file:
            arrays = load_arrays(file)
    except MemoryError:
        raise DatasetError(f"The data set '{path}' does not fit into memory. Close other programs.") from None
    except Exception as error:  # a damaged pickle raises whatever its bytes lead to
        reason = " ".join(str(error).split())[:200]
        raise DatasetError(
            f"The data set '{path}' must be an .npz, an .hdf5, or a pickle that holds {_RULE}. "
            f"It cannot be read: {reason}. Download or make it again."
        ) from None
    cells = {_cell(path, key): _windows(path, key, array, windows_per_cell) for key, array in arrays.items()}
    labels = tuple(label for label in LABELS if any(label == name for name, _ in cells))
    snrs_db = sorted({snr for _, snr in cells})
    keys = [(label, snr) for label in labels for snr in snrs_db]
    missing = [key for key in keys if key not in cells]
    if missing or not keys:
        raise DatasetError(
            f"The data set '{path}' must hold every modulation at every SNR. "
            f"{missing[0] if missing else 'Each of them'} is missing. Download it again."
        )
    counts = [len(cells[key]) for key in keys]
    return LabelledWindows(
        x=np.concatenate([cells[key] for key in keys]),
        label=np.repeat([labels.index(label) for label, _ in keys], counts).astype(np.int16),
        snr_db=np.repeat([snr for _, snr in keys], counts).astype(np.int16),
    ), labels


def _cell(path: Path, key: object) -> tuple[str, int]:
    """The label and SNR that a key names; Python 2 wrote text as bytes."""
    if isinstance(key, tuple) and len(key) == 2:
        label = key[0].decode("latin1") if isinstance(key[0], bytes) else key[0]
        if label in LABELS and isinstance(key[1], int) and abs(key[1]) <= 1000:
            return label, key[1]
    raise DatasetError(
        f"The keys of '{path}' must be pairs of a modulation of RadioML 2016.10a ({', '.join(LABELS)}) and an SNR. "
        f"Got {str(key)[:80]!r} instead. Save other data as an .npz with x, label and snr_db."
    )


def _windows(path: Path, key: object, array: np.ndarray, count: int | None) -> np.ndarray:
    """The first windows of one cell as complex64 [n, 128]."""
    if array.ndim != 3 or array.shape[0] < 1 or array.shape[1:] != (2, WINDOW) or array.dtype.kind != "f":
        raise DatasetError(
            f"The arrays of '{path}' must be floats [n, 2, {WINDOW}]. "
            f"Got {array.dtype} {list(array.shape)} for {str(key)[:80]} instead. Download it again."
        )
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused as such
        return (array[:count, 0] + 1j * array[:count, 1]).astype(np.complex64)
