# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals as matrices: S2M, GAF, MTF, constellation and reshape against their formulas, written out as loops."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import ParameterError  # noqa: E402
from gnuradio.rfsec.training.networks.matrix_baselines import (  # noqa: E402
    constellation,
    gramian_field,
    markov_field,
    reshape,
)
from gnuradio.rfsec.training.networks.signal_to_matrix import SignalToMatrix  # noqa: E402

SAMPLES = (3, 1, 4, 1.5, 9, 2, 6, 5, 3.5, 8, 9.7, 0.3)


def random_windows(length):
    return np.random.default_rng(6).standard_normal((2, 2, length)).astype(np.float32)


@pytest.mark.parametrize("size, stride", [(3, 1), (5, 1), (3, 4), (1, 2)])
def test_s2m_is_its_formula(size, stride):
    """Equation 7, for each pair of slices."""
    operator, signal = SignalToMatrix(2, size, stride), random_windows(21)
    with torch.no_grad():
        matrices, filters = operator(torch.from_numpy(signal)).numpy(), operator.filters.numpy()
    starts = range(0, 21 - size + 1, stride)
    assert matrices.shape == (2, 2, len(starts), len(starts))
    for window, channel in np.ndindex(2, 2):
        row = signal[window, channel]
        for h, first in enumerate(starts):
            for l, second in enumerate(starts):
                expected = row[first : first + size] @ filters[channel] @ row[second : second + size]
                assert matrices[window, channel, h, l] == pytest.approx(expected, abs=1e-4)


def test_s2m_starts_from_a_standard_gaussian():
    torch.manual_seed(8)
    filters = SignalToMatrix(64, 9).filters
    assert float(filters.detach().mean()) == pytest.approx(0, abs=0.05)
    assert float(filters.detach().std()) == pytest.approx(1, abs=0.05)


def test_gramian_field_is_its_formula():
    signal = random_windows(33)
    fields = gramian_field(torch.from_numpy(signal)).numpy()
    for window, channel in np.ndindex(2, 2):
        row = signal[window, channel].astype(np.float64)
        angle = np.arccos((row - row.min()) / (row.max() - row.min()) * 2 - 1)
        for i, j in np.ndindex(33, 33):
            assert fields[window, channel, i, j] == pytest.approx(np.cos(angle[i] + angle[j]), abs=1e-5)


@pytest.mark.parametrize("length", [17, 128])
def test_markov_field_is_its_definition(length):
    """17 samples put the bins' edges on samples; 128 put them between."""
    signal = random_windows(length)
    fields = markov_field(torch.from_numpy(signal)).numpy()
    for window, channel in np.ndindex(2, 2):
        row = signal[window, channel].astype(np.float64)
        edges = np.percentile(row, np.arange(1, 8) / 8 * 100)
        bins = [sum(value > edge for edge in edges) for value in row]
        counts = np.zeros((8, 8))
        for before, after in zip(bins, bins[1:]):
            counts[before, after] += 1
        share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        np.testing.assert_allclose(fields[window, channel], share[np.ix_(bins, bins)], atol=1e-6)


def test_fields_are_those_of_pyts():
    """First rows made once with pyts 0.14.1 (summation over -1 to 1; 8 quantile bins) in an environment of its own."""
    windows = torch.tensor([[SAMPLES, SAMPLES]])
    gramian = [-0.637845, -0.112997, -0.793684, -0.287093, -0.837306, -0.425, -0.974762, -0.904943, -0.721811, -0.968232,
               -0.425532, 0.425532]
    markov = [0, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0.5]
    np.testing.assert_allclose(gramian_field(windows)[0, 0, 0], gramian, atol=1e-5)
    np.testing.assert_allclose(markov_field(windows)[0, 1, 0], markov, atol=1e-6)


def test_fields_of_silence_are_finite():
    silence = torch.zeros(1, 2, 128)
    for field in (gramian_field(silence), markov_field(silence), constellation(silence)):
        assert torch.isfinite(field).all()


def test_constellation_counts_every_sample_in_its_cell():
    signal = random_windows(128) * 1.5
    counts = constellation(torch.from_numpy(signal)).numpy()
    assert counts.shape == (2, 1, 64, 64)
    for window in range(2):
        inside = signal[window].clip(-2.49, 2.49)  # what lies beyond counts at the border
        expected, _, _ = np.histogram2d(inside[0], inside[1], bins=64, range=[[-2.5, 2.5]] * 2)
        np.testing.assert_array_equal(counts[window, 0], expected)


def test_reshape_puts_q_after_i():
    windows = torch.arange(256.0).reshape(1, 2, 128)
    assert torch.equal(reshape(windows), torch.arange(256.0).reshape(1, 1, 16, 16))
    assert reshape(torch.zeros(3, 2, 512)).shape == (3, 1, 32, 32)
    with pytest.raises(ParameterError, match="half a square number of samples"):
        reshape(torch.zeros(1, 2, 100))
