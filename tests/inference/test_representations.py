# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model sees of a window: the same signal at any strength that a sample can have."""

import numpy as np
import pytest
from gnuradio.rfsec.inference.representations import represent


def windows(count: int = 4, length: int = 600) -> np.ndarray:
    parts = np.random.default_rng(5).standard_normal((count, 2 * length), np.float32)
    return parts.view(np.complex64)


def rows(given: np.ndarray) -> np.ndarray:
    return np.stack((given.real, given.imag), axis=1).astype(np.float64)


@pytest.mark.parametrize("strength", [1e-42, 1e-36, 1e-13, 1e-3, 1, 1e4, 1e19, 1e35])
def test_unit_power_whatever_the_strength(strength):
    given = windows() * np.float32(strength)
    found = represent("iq", given)
    assert found.dtype == np.float32 and found.flags.c_contiguous
    exact = rows(given) / np.sqrt(np.mean(np.abs(given.astype(complex)) ** 2, axis=1))[:, None, None]
    np.testing.assert_allclose(found, exact, rtol=3e-6)


def test_a_window_of_zeros_stays_zero_and_one_that_is_not_finite_is_not_finite():
    given = windows(3)
    given[0], given[1, 7] = 0, np.inf
    found = represent("iq", given)
    assert not found[0].any() and not np.isfinite(found[1]).all()
    np.testing.assert_allclose(found[2], represent("iq", given[2:])[0], rtol=3e-6)


@pytest.mark.parametrize("strength", [1e-36, 1, 3e38])
def test_a_channel_spans_minus_one_to_one_whatever_the_strength(strength):
    given = windows() / np.float32(8) * np.float32(strength)
    given[:, 0], given[:, 1] = strength * (1 - 1j), strength * (1j - 1)
    found = represent("iq_min_max", given)
    assert (found.min(axis=2) == -1).all() and (found.max(axis=2) == 1).all()
    np.testing.assert_allclose(found, rows(given) / strength, atol=1e-6)
