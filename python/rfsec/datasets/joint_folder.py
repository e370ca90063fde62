# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of I/Q files with two labels: ``FOLDER/EMITTER/MODULATION/RECORDING``.

Each file is one recording of any format that ``recordings`` reads by itself (.cf32, .cu8, .sigmf-meta, .wav ...). A name that ends in the SNR,
such as ``run3_10dB.cf32``, in whole dB below 100, has it in the tables; others stand at 100 dB, as they were recorded. Names that begin with
a dot are passed over.
"""

import hashlib
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DatasetError, RecordingError
from ..recordings.recording import open_recording
from .joint_windows import JointWindows
from .seeding import Purpose, seed_sequence

AS_RECORDED_DB = 100
_SHARES = {"training": 0.7, "validation": 0.2, "test": 0.1}  # the paper's 7:2:1
FEWEST_FILES = 6  # of which these shares give each part one
_SNR = re.compile(r"(?<![\d.])(-?\d{1,2})dB$")
_DATA_OF_A_PAIR = ".sigmf-data"
_MOST_WINDOWS = 1024  # of one file


@dataclass(frozen=True)
class FolderWindows:
    """The windows of a folder's files, and their labels in alphabetical order.

    Attributes
    ----------
    name : str
        Of the folder.
    modulations, emitters : tuple of str
    windows : JointWindows
        A file's number is its recording.
    """

    name: str
    modulations: tuple[str, ...]
    emitters: tuple[str, ...]
    windows: JointWindows

    def split(self, seed: int) -> dict[str, JointWindows]:
        """Return the training, validation and test windows, 7:2:1 of the files of each pair of labels; a file is in one part only."""
        parts = defaultdict(list)
        pairs = self.windows.emitter.astype(int) * len(self.modulations) + self.windows.modulation
        for pair in np.unique(pairs):
            files = np.unique(self.windows.recording[pairs == pair])
            files = np.random.default_rng(seed_sequence(Purpose.SPLIT, seed, int(pair))).permutation(files)
            bounds = np.round(np.cumsum([0, *_SHARES.values()]) * len(files)).astype(int)
            for name, low, high in zip(_SHARES, bounds, bounds[1:]):
                parts[name].extend(files[low:high])
        return {name: self.windows[np.isin(self.windows.recording, parts[name])] for name in _SHARES}


def load_joint_folder(folder: Path, window: int) -> FolderWindows:
    """Read a folder's files, cut into windows one after the other, at most 1,024 of a file.

    Parameters
    ----------
    folder : Path
    window : int
        Samples of a window.

    Raises
    ------
    DatasetError
        If there is no such folder, it has fewer than two labels of a kind, a file is shorter than a window or has a window without
        power, or two hold the same.
    RecordingError
        If a file cannot be read.
    """
    if not os.path.isdir(folder):
        raise DatasetError(f"There is no folder '{folder}' of recordings. Give one with files EMITTER/MODULATION/RECORDING.")
    paths = sorted(path for path in folder.glob("[!.]*/[!.]*/[!.]*") if _is_recording(path))
    emitters, modulations = (tuple(sorted({path.parts[place] for path in paths})) for place in (-3, -2))
    if len(emitters) < 2 or len(modulations) < 2:
        raise DatasetError(
            f"The folder '{folder}' must hold files EMITTER/MODULATION/RECORDING of at least two emitters and two modulations. "
            f"It has {len(emitters)} and {len(modulations)}."
        )
    counts = [_count(path, window) for path in paths]
    x, seen = np.empty((sum(counts), window), np.complex64), {}  # in place: a folder may take much of the memory
    for path, count, end in zip(paths, counts, np.cumsum(counts), strict=True):
        x[end - count : end] = _windows(path, count, window)
        other = seen.setdefault(hashlib.sha256(x[end - count : end]).digest(), path)
        if other is not path:
            raise DatasetError(f"The files '{other}' and '{path}' hold the same samples, and one may be tested that was trained on. Leave one out.")
    of_files = (
        [modulations.index(path.parts[-2]) for path in paths],
        [emitters.index(path.parts[-3]) for path in paths],
        [int(snr[1]) if (snr := _SNR.search(path.stem)) else AS_RECORDED_DB for path in paths],
        range(len(paths)),
    )
    # An int16 does not count every folder's files.
    columns = (np.repeat(np.array(one, kind), counts) for one, kind in zip(of_files, (*[np.int16] * 3, np.int32), strict=True))
    return FolderWindows(folder.resolve().name, modulations, emitters, JointWindows(x, *columns))


def _is_recording(path: Path) -> bool:
    """Whether it is a file, or a link that leads nowhere, of which the reader tells."""
    return path.suffix != _DATA_OF_A_PAIR and (os.path.isfile(path) or (os.path.islink(path) and not os.path.exists(path)))


def _count(path: Path, window: int) -> int:
    """Windows to take of a file."""
    try:
        with open_recording(path) as recording:
            samples = recording.sample_count
    except RecordingError as error:
        raise RecordingError(f"{error} A file of a folder is read by its name alone: mend it, or take it out of the folder.") from None
    if samples < window:
        raise DatasetError(f"The file '{path}' is too short: a window has {window} samples. It has {samples}.")
    return min(samples // window, _MOST_WINDOWS)


def _windows(path: Path, count: int, window: int) -> np.ndarray:
    with open_recording(path) as recording:
        samples = recording.read(0, count * window)
    if not np.isfinite(samples.view(np.float32)).all():
        raise DatasetError(f"The file '{path}' has samples that are not finite. Leave it out.")
    windows = samples.reshape(count, window)
    if not windows.any(axis=1).all():
        raise DatasetError(f"The file '{path}' has {window} zeros on end, which tell nothing of its labels. Cut them out, or leave it out.")
    return windows
