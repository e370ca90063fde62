# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe Sink: keeps measured channels in a file, to train a mapper of them or to agree on keys later."""

import tempfile
from pathlib import Path

import numpy as np
from gnuradio import gr

from ..datasets.files import write_arrays, written_aside
from ..errors import OutputError
from ..keygen.features import from_features
from ..keygen.secret_file import OWNER_ONLY
from .parameters import check_whole
from .probe_numbers import probe_numbers

NAME = "Probe Sink"


def _try(path: Path) -> None:
    """Raise OutputError where a file of that name could not be written when the flowgraph stops."""
    if not path.parent.is_dir():
        raise OutputError(f"{path}: the folder {path.parent} is not there. Make it, or name another file.")
    if not path.name or path.is_dir():
        raise OutputError(f"{path}: this is a folder. Name a file in it.")
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise OutputError(f"{path}: nothing can be written to {path.parent}: {error.strerror}. Name another file.") from None


class probe_sink(gr.sync_block):
    """
    Write what one end measured into an .npz file when the flowgraph stops: probe, int64 [n], and cfr, complex64 [n, carriers].

    rfsec keygen alice and bob take such a file. Its mode is 0600, since whoever reads it knows the keys drawn from it. The rows of
    Alice's and Bob's files with equal numbers are the pairs that rfsec train makes a mapper of. A flowgraph that starts again, after
    lock() and unlock() too, begins a new file in its place.

    Args:
        path: of the file, whose folder must be there; what it had before is replaced. "" keeps nothing
        carriers: carriers of a response, 2 to 4096

    Ports:
        in: float32 vectors of 2 * carriers: real parts, then imaginary parts, from Channel Features or Simulated Room. Kept in
            memory until the end: half a kilobyte each with 52 carriers

    Tags:
        probe (uint64) numbers an item; later ones count on from there. Without it items count from 0. One that is no whole number
            below 2^62 counts for nothing. Of two items with one number the first one stays

    Example:
        probes = rfsec.probe_sink("alice.npz", 52)
        tb.connect(estimator, features, probes)
    """

    def __init__(self, path: str = "", carriers: int = 52):
        check_whole(NAME, "carriers", carriers, 4096, lowest=2)
        if path:
            _try(Path(path))
        gr.sync_block.__init__(self, NAME, [(np.float32, 2 * carriers)], None)
        self._path, self._carriers = path, carriers
        self._numbers: list[np.ndarray] = []

    def start(self):
        if self._numbers:
            self.logger.warn(f"{self._path}: the probes of the run before are replaced. Use a sink of its own for each run.")
        self._next, self._numbers, self._values = 0, [], []
        return True

    def work(self, input_items, output_items):
        values = input_items[0]
        numbers = probe_numbers(self, len(values), self._next)
        self._next = int(numbers[-1]) + 1
        if self._path:
            self._numbers.append(numbers)
            self._values.append(values.copy())
        return len(values)

    def stop(self):
        if self._path:
            values = np.concatenate([np.empty((0, 2 * self._carriers), np.float32), *self._values])
            numbers, rows = np.unique(np.concatenate([np.empty(0, np.int64), *self._numbers]), return_index=True)
            try:
                with written_aside(Path(self._path), "file of probes", "Give the block another path") as aside:
                    aside.touch(OWNER_ONLY, exist_ok=False)  # before a value is in it
                    write_arrays(aside, {"probe": numbers, "cfr": from_features(values[rows])})
            except OutputError as error:
                self.logger.error(str(error))
        return True
