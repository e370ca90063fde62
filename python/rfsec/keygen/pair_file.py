# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of probes in an .npz file: what Alice and Bob, and maybe Eve, had of the same channels at the same times."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from ..npz_file import read_arrays

_MOST_FEATURES = 4096  # symbols of a probe: `agreement_settings`
_WAY_OUT = "Save it with numpy.savez(FILE, alice=..., bob=...), rows of features, with eve=... where she measured too"


@dataclass(frozen=True)
class Pairs:
    """Features of n probes, float64 [n, m] each; row k of all is the same probe. `eve` is None where nobody played her."""

    alice: np.ndarray
    bob: np.ndarray
    eve: np.ndarray | None = None


def read_pairs(path: str | Path) -> Pairs:
    """Read ``alice``, ``bob`` and, where it is there, ``eve``: real [n, m], or complex [n, m / 2].

    Complex numbers become real parts, then imaginary parts.

    Raises DatasetError where the file can't be read, or an array is missing or is not as above.
    """
    found = read_arrays(path, "The pairs", _WAY_OUT, ("alice", "bob", "eve"))
    alice, bob = (_features(path, name, found.get(name)) for name in ("alice", "bob"))
    eve = _features(path, "eve", found["eve"]) if "eve" in found else None
    for name, other in (("bob", bob), ("eve", eve)):
        if other is not None and other.shape != alice.shape:
            raise DatasetError(f"The arrays 'alice' and '{name}' of '{path}' must be of the same probes and features. "
                               f"Got {_kind(found['alice'])} and {_kind(found[name])} instead. {_WAY_OUT}.")
    return Pairs(alice, bob, eve)


def _features(path: str | Path, name: str, values: np.ndarray | None) -> np.ndarray:
    if values is None or values.ndim != 2 or values.dtype.kind not in "fciu" or not len(values):
        raise DatasetError(f"The array '{name}' of '{path}' must be rows of real or complex numbers. "
                           f"Got {'none' if values is None else _kind(values)} instead. {_WAY_OUT}.")
    if np.iscomplexobj(values):
        values = np.concatenate((values.real, values.imag), axis=1)
    if not 2 <= values.shape[1] <= _MOST_FEATURES:
        raise DatasetError(f"The rows of '{name}' of '{path}' must have 2 to {_MOST_FEATURES} real features. "
                           f"Got {values.shape[1]} instead. {_WAY_OUT}.")
    return values.astype(np.float64)


def _kind(values: np.ndarray) -> str:
    return f"{values.dtype} {list(values.shape)}"
