# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of power: the same at any cut, each emission where it is, the level that of the noise."""

import numpy as np
import pytest
from gnuradio.rfsec.dsp.power_rows import PowerRows
from hypothesis import given, settings
from hypothesis import strategies as st

COUNT, BINS = 20_000, 64


def noise(count=COUNT):
    rng = np.random.default_rng(4)
    return (rng.normal(size=(count, 2)) / np.sqrt(2)).astype(np.float32).view(np.complex64)[:, 0]


def rows_of(samples, samples_per_row, frames, cuts=()):
    """All rows, [n, BINS], of samples that come in pieces."""
    rows, found = PowerRows(samples_per_row, BINS, frames), {}
    parts = [rows.push(piece) for piece in np.split(samples, sorted(cuts))]
    for numbers, power in [*parts, rows.finish()]:
        for number, one in zip(numbers.tolist(), power):
            found[number] = np.maximum(found.get(number, 0), one)
    assert sorted(found) == list(range(len(found)))
    return np.array([found[number] for number in range(len(found))])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, COUNT), max_size=30), st.sampled_from([(30.5, 1), (250.0, 4), (4321.1, 3)]))
def test_rows_do_not_depend_on_the_cut(cuts, pace):
    samples = noise()
    assert np.array_equal(rows_of(samples, *pace, cuts), rows_of(samples, *pace))


@pytest.mark.parametrize("samples_per_row, frames", [(32, 1), (500, 16)])
def test_a_burst_is_in_its_rows_and_at_its_frequency(samples_per_row, frames):
    samples = np.zeros(COUNT, np.complex64)
    samples[5000:8000] = np.exp(2j * np.pi * 0.25 * np.arange(3000))
    rows = rows_of(samples, samples_per_row, frames)
    assert len(rows) == COUNT // samples_per_row + 1
    loud = np.flatnonzero(rows.max(axis=1) > 1)
    assert abs(loud[0] - 5000 / samples_per_row) <= 2 and abs(loud[-1] - 8000 / samples_per_row) <= 2
    assert set(rows[loud].argmax(axis=1)) == {BINS * 3 // 4}


def test_noise_has_its_own_power_in_every_bin():
    assert abs(rows_of(2 * noise(), 32, 1).mean() - 4) < 0.2


@pytest.mark.parametrize("bad", [np.nan, 1e25])
def test_samples_that_are_not_finite_or_too_large_count_as_zero(bad):
    samples, cleaned = noise(), noise()
    samples[3000:3100] = bad
    cleaned[3000:3100] = 0
    assert np.array_equal(rows_of(samples, 100, 4), rows_of(cleaned, 100, 4))
