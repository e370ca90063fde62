# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps over real recordings, as a sensor of 2.4 MS/s that retunes through their band would measure them."""

import json
import os
from pathlib import Path

import numpy as np
from gnuradio.rfsec.datasets.technology_band import FFT_SIZE, FRAMES, RAW_BIN_HZ, SAMPLE_RATE_HZ, STEP_BINS, regridded
from gnuradio.rfsec.dsp.swept_spectrum import SweptSpectrum
from gnuradio.rfsec.recordings.recording import open_recording
from scipy import signal

FOLDER = Path(os.environ.get("RFSEC_RECORDINGS", ""))
STEP_HZ = STEP_BINS * RAW_BIN_HZ
_KEPT = slice((FFT_SIZE - STEP_BINS) // 2, (FFT_SIZE + STEP_BINS) // 2)
_QUIET_DB, _WIDER = -20.0, 5


def manifest_files(folder: str) -> list[dict]:
    """The entries of MANIFEST.json below a folder such as "ofdm/lte" that are streams of samples."""
    files = json.loads((FOLDER / "MANIFEST.json").read_text())["files"]
    return [one for one in files if one["name"].startswith(folder + "/") and one.get("sample_format")]


def read_entry(entry: dict) -> tuple[np.ndarray, float]:
    """All samples of a file, and its rate."""
    with open_recording(FOLDER / entry["name"], sample_format=entry["sample_format"], sample_rate_hz=entry["sample_rate"],
                        skip_bytes=entry.get("header_bytes") or 0) as recording:
        return recording.read(0, recording.sample_count), float(entry["sample_rate"])


def sweeps(samples: np.ndarray, rate_hz: float, count: int, rng: np.random.Generator) -> list[SweptSpectrum]:
    """`count` sweeps: each step is at a time of its own, five spectra long.

    A recording that is narrower than a step is put into the middle of a wider band first, which holds a receiver's noise
    20 dB below the recording's power density.
    """
    if rate_hz < SAMPLE_RATE_HZ:
        samples = signal.resample_poly(samples, _WIDER, 1)
        power = np.mean(np.abs(samples) ** 2) * _WIDER * 10 ** (_QUIET_DB / 10)
        samples = samples + np.sqrt(power / 2) * rng.standard_normal((samples.size, 2)).view(complex)[:, 0]
        rate_hz *= _WIDER
    steps = max(1, int(rate_hz // STEP_HZ))
    power = [_step(samples, rate_hz, (step - (steps - 1) / 2) * STEP_HZ) for step in range(steps)]
    found = []
    for _ in range(count):
        # Power of the frames [5, bins] of each step at a random time.
        parts = [one[(start := int(rng.integers(len(one) - FRAMES + 1))) : start + FRAMES].mean(axis=0) for one in power]
        row = np.concatenate(parts)
        found.append(regridded(row, -(row.size - 1) / 2 * RAW_BIN_HZ))
    return found


def _step(samples: np.ndarray, rate_hz: float, tuned_hz: float) -> np.ndarray:
    """Power spectra [frames, STEP_BINS] of the recording as a receiver hears it that is tuned there."""
    turned = samples * np.exp(-2j * np.pi * tuned_hz / rate_hz * np.arange(samples.size))
    factor = np.gcd(int(rate_hz), int(SAMPLE_RATE_HZ))
    slow = signal.resample_poly(turned, int(SAMPLE_RATE_HZ) // factor, int(rate_hz) // factor)
    frames = slow[: slow.size // FFT_SIZE * FFT_SIZE].reshape(-1, FFT_SIZE) * np.hanning(FFT_SIZE + 1)[:-1]
    return np.abs(np.fft.fftshift(np.fft.fft(frames, axis=1), axes=1))[:, _KEPT] ** 2
