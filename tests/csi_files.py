# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels that others measured of static scenes: CSI of an ESP32 and of an Intel 5300."""

import csv
from pathlib import Path

import numpy as np


def read_esp32(path: Path) -> np.ndarray:
    """Responses on the 52 carriers of 802.11's long training field in their order, complex64 [n, 52], of lines ending in "[imag real ...]"."""
    with path.open() as lines:
        values = [np.array(row["CSI_DATA"].strip("[] ").split(), np.int16) for row in csv.DictReader(lines)]
    pairs = np.array([one for one in values if one.size == 128]).reshape(-1, 64, 2)
    used = np.r_[38:64, 1:27]  # carriers -26 to -1, then 1 to 26, of an FFT of 64
    return (pairs[..., 1] + 1j * pairs[..., 0])[:, used].astype(np.complex64)


def read_intel5300(path: Path) -> np.ndarray:
    """Responses of the first pair of antennas on 30 carriers, complex64 [n, 30], of the beamforming records of the Linux CSI Tool."""
    data, at, found = path.read_bytes(), 0, []
    while at + 3 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        record = data[at + 3 : at + 2 + size]
        if data[at + 2] == 0xBB and len(record) == size - 1:
            antennas = record[8] * record[9]
            bits = np.unpackbits(np.frombuffer(record[20:], np.uint8), bitorder="little")
            first = 3 + np.arange(30) * (3 + 16 * antennas)
            parts = np.packbits(bits[first[:, None] + np.arange(16)], axis=1, bitorder="little").view(np.int8)
            found.append(parts[:, 0] + 1j * parts[:, 1])
        at += 2 + size
    return np.array(found, np.complex64)
