# SPDX-License-Identifier: GPL-3.0-or-later
"""The published ORACLE recordings: 16 USRP X310 that send 802.11a at 5 MS/s, heard by one USRP B210, 2 to 62 ft away.

K. Sankhe et al., "ORACLE: Optimized Radio clAssification through Convolutional neuraL nEtworks", INFOCOM 2019; the files
are at https://www.genesys-lab.org/oracle (archive neu_m044q5210, folder KRI-16Devices-RawData). A recording is a pair

    <distance>ft/WiFi_air_X310_<serial number>_<distance>ft_run<1 or 2>.sigmf-data and .sigmf-meta

of four seconds, 20,006,400 samples. The pair is not quite SigMF, for the program that the authors converted their files
with puts the metadata within "_metadata", and writes pairs of 64-bit floats whatever "core:datatype" says (cf32). So the
annotation's count of samples and the file's size decide between complex64 and complex128.

Example
-------
>>> from pathlib import Path
>>> from rfsec.datasets.oracle import find_oracle
>>> for recording in find_oracle(Path("KRI-16Devices-RawData")):  # doctest: +SKIP
...     windows = recording.windows(128)[:4000]  # complex128 [4000, 128], of which nothing has been read yet
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DatasetError, ParameterError

#: Serial numbers of the transmitters; a recording's emitter is its place here.
EMITTERS = ("3123D52", "3123D54", "3123D58", "3123D64", "3123D65", "3123D70", "3123D76", "3123D78",
            "3123D79", "3123D7B", "3123D7D", "3123D7E", "3123D80", "3123D89", "3123EFE", "3124E4A")  # fmt: skip
_NAME = re.compile(r"WiFi_air_X310_([0-9A-F]{7})_([0-9]{1,3})ft_run([0-9])\.sigmf-data")
_TYPES = {"cf32": np.dtype("<c8"), "cf64": np.dtype("<c16")}
_MOST_METADATA = 1 << 20  # bytes
_HIGHEST_RATE_HZ = 1e12


@dataclass(frozen=True)
class OracleRecording:
    """One file.

    Attributes
    ----------
    path : Path
        Of the samples.
    emitter : int
        Place of its serial number in `EMITTERS`.
    distance_ft, run : int
    sample_rate_hz : float
    samples : ndarray of complex64 or complex128, shape (n,)
        Memory-mapped: a part is read when it is used.
    """

    path: Path
    emitter: int
    distance_ft: int
    run: int
    sample_rate_hz: float
    samples: np.ndarray

    def windows(self, length: int) -> np.ndarray:
        """Return windows of `length` samples that follow each other, shape (n // length, length), memory-mapped too.

        Raises
        ------
        ParameterError
            If `length` is below 1 or beyond the recording.
        """
        if not 1 <= length <= self.samples.size:
            most = self.samples.size
            raise ParameterError(f"The 'length' of windows of '{self.path}' must be 1 to {most}. Got {length} instead.")
        count = self.samples.size // length
        return self.samples[: count * length].reshape(count, length)


def find_oracle(folder: Path) -> tuple[OracleRecording, ...]:
    """Return the recordings in a folder and in those below it, by emitter, distance and run.

    Raises
    ------
    DatasetError
        If there are none, or one of them is not what its name or its metadata says.
    """
    found = (open_oracle(path) for path in Path(folder).rglob("WiFi_air_X310_*.sigmf-data"))
    recordings = sorted(found, key=lambda one: (one.emitter, one.distance_ft, one.run, one.path))
    if not recordings:
        raise DatasetError(f"The folder '{folder}' holds no WiFi_air_X310_*.sigmf-data. Unpack the archive there.")
    return tuple(recordings)


def open_oracle(path: Path) -> OracleRecording:
    """Open one recording by the name of its samples.

    Raises
    ------
    DatasetError
        If the name is not one of the set's, or metadata or samples are missing, cut short, or of another kind.
    """
    named = _NAME.fullmatch(path.name)
    if named is None or named[1] not in EMITTERS:
        raise DatasetError(
            f"The name of '{path}' must be WiFi_air_X310_<serial>_<distance>ft_run<number>.sigmf-data with the serial "
            "number of one of the set's 16 radios. It is not. Give it its published name."
        )
    metadata = _metadata(path.with_suffix(".sigmf-meta"))
    try:
        dtype = _dtype(path, metadata)
        samples = np.memmap(path, dtype, mode="r")
    except OSError as error:
        raise DatasetError(f"The recording '{path}' cannot be read: {error.strerror}. Check the path.") from None
    rate_hz = metadata["global"].get("core:sample_rate")
    if isinstance(rate_hz, bool) or not isinstance(rate_hz, (int, float)) or not 0 < rate_hz <= _HIGHEST_RATE_HZ:
        raise DatasetError(f"The 'core:sample_rate' of '{path}' must be above 0, at most {_HIGHEST_RATE_HZ:g}. Got {rate_hz!r:.40} instead. "
                           "Copy it again.")
    return OracleRecording(path, EMITTERS.index(named[1]), int(named[2]), int(named[3]), float(rate_hz), samples)


def _metadata(path: Path) -> dict:
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MOST_METADATA))
        metadata = document.get("_metadata", document)
        if isinstance(metadata["global"], dict) and isinstance(metadata.get("annotations", []), list):
            return metadata
    except OSError as error:
        raise DatasetError(f"The metadata '{path}' cannot be read: {error.strerror}. Put it beside its samples.") from None
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        pass
    raise DatasetError(f"The metadata '{path}' must be a JSON object with 'global' in it, as in SigMF. Copy it again.")


def _dtype(path: Path, metadata: dict) -> np.dtype:
    size = path.stat().st_size
    claimed = str(metadata["global"].get("core:datatype")).removesuffix("_le")
    counts = [one.get("core:sample_count") for one in metadata.get("annotations", []) if isinstance(one, dict)]
    if counts:
        said = f"{counts[0]} complex samples"
        fitting = [dtype for dtype in _TYPES.values() if size and size / dtype.itemsize in counts]
    else:
        said = f"whole samples of type {claimed}"
        fitting = [dtype for name, dtype in _TYPES.items() if size and name == claimed and size % dtype.itemsize == 0]
    if not fitting:
        raise DatasetError(f"The recording '{path}' must hold {said}, by its metadata. Got {size} bytes. Copy it again.")
    return fitting[0]
