# SPDX-License-Identifier: GPL-3.0-or-later
"""The spectrogram of a page: bounded, complete, and each emission in its place."""

import numpy as np
import pytest
from gnuradio.rfsec.report.overview import COLUMNS, FLOOR_DB, Overview


def levels(samples, piece=10_000) -> np.ndarray:
    overview = Overview(samples.size)
    for start in range(0, samples.size, piece):
        overview.push(samples[start:start + piece])
    overview.finish()
    return overview.levels_db()


@pytest.mark.parametrize("count", [1, 63, 64, 1000, 300_000])
def test_every_column_is_filled(count):
    noise = np.random.default_rng(1).normal(size=(count, 2)).astype(np.float32).view(np.complex64)[:, 0]
    found = levels(noise)
    assert (found.max(axis=0) > FLOOR_DB).all() and np.isfinite(found).all()


def test_its_size_does_not_grow_with_the_recording():
    assert Overview(10**11).levels_db().shape == (256, COLUMNS)


def test_a_short_burst_is_seen_in_a_long_recording():
    samples = 0.01 * np.random.default_rng(1).normal(size=(2_000_000, 2)).astype(np.float32).view(np.complex64)[:, 0]
    samples[1_500_000:1_500_200] += np.exp(2j * np.pi * -0.25 * np.arange(200))
    found = levels(samples)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert (row, column) == (64, COLUMNS * 3 // 4)


def test_silence_is_dark():
    assert (levels(np.zeros(5000, np.complex64)) == FLOOR_DB).all()
