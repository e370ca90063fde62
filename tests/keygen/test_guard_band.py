# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard-band quantizer against SciPy's normal distribution, row by row as the paper writes it."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.keygen.guard_band import bits_of, check_guard_band, quantize
from scipy import stats

PAPER = [(2, 0.1), (4, 0.2 / 6), (8, 0.2 / 14)]


def as_in_the_paper(row, levels, epsilon):
    """Algorithm 1 with the intervals of equation 20, the outermost without end."""
    normal = stats.norm(row.mean(), row.std(ddof=1))
    symbols = np.full(row.size, -1)
    for k in range(1, levels + 1):
        low = normal.ppf((k - 1) / levels + epsilon) if k > 1 else -np.inf
        high = normal.ppf(k / levels - epsilon) if k < levels else np.inf
        symbols[(row >= low) & (row <= high)] = k - 1
    return symbols


@pytest.mark.parametrize("levels, epsilon", [*PAPER, (2, 0.0), (2, 0.49), (4, 0.124), (8, 0.0)])
def test_symbols_are_those_of_algorithm_1(levels, epsilon):
    rng = np.random.default_rng(levels)
    features = np.concatenate((rng.normal(3, 2, (20, 128)), rng.uniform(-1, 0, (20, 128)), rng.exponential(size=(20, 128))))
    expected = [as_in_the_paper(row, levels, epsilon) for row in features]
    np.testing.assert_array_equal(quantize(features, levels, epsilon), expected)


@pytest.mark.parametrize("levels, epsilon", PAPER)
def test_a_fifth_of_gaussian_features_is_guarded_and_levels_are_alike_inside(levels, epsilon):
    symbols = quantize(np.random.default_rng(2).normal(size=(400, 1024)), levels, epsilon)
    shares = [float((symbols == level).mean()) for level in range(-1, levels)]
    assert shares[0] == pytest.approx(0.2, abs=0.005)
    outer, inner = 1 / levels - epsilon, 1 / levels - 2 * epsilon
    assert shares[1:] == pytest.approx([outer, *[inner] * (levels - 2), outer], abs=0.005)


@pytest.mark.parametrize("scale, offset", [(1e-6, 0), (1e6, 0), (1e-300, 0), (1e300, 0), (1, 1000)])
def test_neither_scale_nor_offset_matters(scale, offset):
    features = np.random.default_rng(3).normal(size=(50, 64))
    np.testing.assert_array_equal(quantize(features * scale + offset), quantize(features))


def test_rows_that_say_nothing_are_guard_bands_only():
    features = np.random.default_rng(4).normal(size=(6, 8)).astype(np.float32)
    features[0, 0], features[1, 1], features[2, 2], features[3], features[4] = np.nan, np.inf, -np.inf, 0, 1e5
    symbols = quantize(features)
    assert symbols.dtype == np.int8 and (symbols[:5] == -1).all() and (symbols[5] >= 0).any()
    assert quantize(features[:0]).shape == (0, 8)


def test_bits_are_the_common_binary_code_row_by_row():
    symbols = np.array([[3, -1, 0], [1, 2, -1]], np.int8)
    np.testing.assert_array_equal(bits_of(symbols, symbols >= 0, 4), [1, 1, 0, 0, 0, 1, 1, 0])
    np.testing.assert_array_equal(bits_of(np.array([[5, 7]], np.int8), np.array([[True, False]]), 8), [1, 0, 1])


@pytest.mark.parametrize("levels, epsilon", [(3, 0.1), (16, 0.01), (2, 0.5), (2, -0.1), (2, np.nan), (4, 0.125), (8, 0.0625)])
def test_parameters_out_of_range_are_refused(levels, epsilon):
    with pytest.raises(ParameterError, match="of a guard-band quantizer .* must be .* Got .* instead|of a guard-band quantizer must be"):
        check_guard_band(levels, epsilon)


@pytest.mark.parametrize("shape", [(4,), (4, 1), (2, 2, 2)])
def test_features_that_are_no_rows_are_refused(shape):
    with pytest.raises(ParameterError, match="rows of at least 2"):
        quantize(np.zeros(shape))


def test_complex_responses_are_no_features():
    with pytest.raises(ParameterError, match="must be real.* Got complex128 instead"):
        quantize(np.ones((3, 8)) + 1j)
