# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic speech: level, pauses, band, determinism."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.speech import AUDIO_RATE_HZ, synthesise_speech


def test_level_pauses_and_band():
    audio = synthesise_speech(20.0, 0.1, 0.5, np.random.default_rng(1))
    frames = np.sqrt(np.mean(audio[: len(audio) // 441 * 441].reshape(-1, 441) ** 2, axis=1))
    silent = np.mean(frames < 0.002)
    assert len(audio) == round(20.0 * AUDIO_RATE_HZ) and audio.dtype == np.float32
    assert silent == pytest.approx(0.5, abs=0.15)
    assert np.sqrt(np.mean(audio**2) / (1 - silent)) == pytest.approx(0.1, rel=0.25)
    power = np.abs(np.fft.rfft(audio)) ** 2
    frequency = np.fft.rfftfreq(len(audio), 1 / AUDIO_RATE_HZ)
    assert power[(frequency > 80) & (frequency < 8000)].sum() / power.sum() > 0.9


def test_without_pauses_and_reproducible():
    first, second = (synthesise_speech(2.0, 0.1, 0.0, np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    frames = np.sqrt(np.mean(first[: len(first) // 4410 * 4410].reshape(-1, 4410) ** 2, axis=1))
    assert frames.min() > 0.01
