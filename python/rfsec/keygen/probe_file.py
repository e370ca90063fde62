# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes in an .npz file: what one end measured, by a flowgraph, a simulation, or anything else."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from ..npz_file import read_arrays
from .secret_file import refuse_open_secret

_WAY_OUT = "Save it with numpy.savez(FILE, probe=..., cfr=...) or numpy.savez(FILE, probe=..., features=...)"


@dataclass(frozen=True)
class ProbeFile:
    """What a file holds.

    Parameters
    ----------
    numbers : int64 [n]
        Which probe each row is; the same at both ends.
    values : complex64 [n, L] or float32 [n, m]
        Frequency responses as they were measured, or features that are ready to be quantized.
    """

    numbers: np.ndarray
    values: np.ndarray

    @property
    def measured(self) -> bool:
        """Whether `values` are frequency responses."""
        return np.iscomplexobj(self.values)


def read_probe_file(path: str | Path, *, secret: bool = False) -> ProbeFile:
    """Read ``probe``, int [n], and either ``cfr``, complex [n, L], or ``features``, float [n, m].

    Raises DatasetError where the file can't be read, or an array is missing or is not as above; KeyAgreementError where it is
    `secret`, since keys will be drawn from it, and others may read it.
    """
    found = read_arrays(path, "The probes", _WAY_OUT, ("probe", "cfr", "features"))
    if secret:
        with open(path, "rb") as file:
            refuse_open_secret(Path(path), file.fileno())
    if ("cfr" in found) == ("features" in found):
        raise DatasetError(f"'{path}' must have one of the arrays 'cfr' and 'features'. It has {'both' if 'cfr' in found else 'none'}. {_WAY_OUT}.")
    name = "cfr" if "cfr" in found else "features"
    values, kind = found[name], np.complexfloating if name == "cfr" else np.floating
    if values.ndim != 2 or not np.issubdtype(values.dtype, kind) or values.shape[1] < 2:
        raise _refused(path, name, f"{'complex' if name == 'cfr' else 'real'} rows of at least 2", values)
    numbers = found.get("probe")
    if numbers is None or numbers.shape != values.shape[:1] or not np.issubdtype(numbers.dtype, np.integer):
        raise _refused(path, "probe", f"{len(values)} whole numbers, one for each row of '{name}'", numbers)
    return ProbeFile(numbers, values)


def _refused(path: str | Path, name: str, rule: str, got: np.ndarray | None) -> DatasetError:
    text = "none" if got is None else f"{got.dtype} {list(got.shape)}"
    return DatasetError(f"The array '{name}' of '{path}' must be {rule}. Got {text} instead. {_WAY_OUT}.")
