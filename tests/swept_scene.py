# SPDX-License-Identifier: GPL-3.0-or-later
"""A band of noise and carriers, what a receiver hears of it at each frequency, and recordings of sweeps over it."""

import json
from pathlib import Path

import numpy as np
from flowgraphs import complex_noise

RATE_HZ = 2.4e6
NOISE_DB = -60.0  # of a receiver's whole band
CARRIERS = {100.3e6: -20.0, 101.72e6: -40.0, 103.0e6: -30.0}  # Hz: dB of full scale


def heard(freq_hz: float, count: int, seed: int = 1) -> np.ndarray:
    """complex64 [count] of a receiver tuned to `freq_hz`, which is an ideal one."""
    samples = 10 ** (NOISE_DB / 20) * complex_noise(count, seed)
    for carrier_hz, power_db in CARRIERS.items():
        if abs(carrier_hz - freq_hz) < RATE_HZ / 2:
            samples += 10 ** (power_db / 20) * np.exp(2j * np.pi * (carrier_hz - freq_hz) / RATE_HZ * np.arange(count))
    return samples.astype(np.complex64)


def power_db(power: np.ndarray, first: int, last: int) -> float:
    """Power in the bins `first` up to, but without, `last` of decibels [bins]."""
    return 10 * float(np.log10(np.sum(10.0 ** (power[first:last] / 10))))


def write_sweeps(path: Path, centres_hz, dwell: int, sweeps: int, start: str = "2026-01-31T12:00:00Z") -> np.ndarray:
    """Write a SigMF recording, `path` and what belongs to it: each capture is a step. Return its samples."""
    steps = [heard(freq_hz, dwell, seed) for seed in range(sweeps) for freq_hz in centres_hz]
    samples = np.concatenate(steps)
    samples.tofile(path.with_suffix(".sigmf-data"))
    captures = [{"core:sample_start": index * dwell, "core:frequency": float(centres_hz[index % len(centres_hz)])} for index in range(len(steps))]
    captures[0]["core:datetime"] = start
    about = {"core:datatype": "cf32_le", "core:sample_rate": RATE_HZ, "core:version": "1.0.0"}
    path.with_suffix(".sigmf-meta").write_text(json.dumps({"global": about, "captures": captures, "annotations": []}))
    return samples
