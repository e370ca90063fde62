# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's measures on rows whose values can be counted by hand."""

import numpy as np
import pytest
from gnuradio.rfsec.keygen.metrics import key_error_rate, key_generation_ratio, nmse, nvd

ALICE = np.array([[0, 1, -1, 3], [2, -1, 1, 1]], np.int8)
BOB = np.array([[0, 2, 0, 3], [2, 0, -1, 0]], np.int8)


def test_errors_are_bits_that_both_keep_and_that_differ():
    assert key_error_rate(ALICE, BOB, 4) == pytest.approx(3 / 10)  # 01 for 10, and 01 for 00, of 5 symbols
    assert np.isnan(key_error_rate(ALICE, np.full_like(BOB, -1), 4))


def test_the_generation_ratio_is_bits_over_carriers():
    assert key_generation_ratio(ALICE, BOB, 4) == pytest.approx(10 / 4)  # 5 symbols of 2 bits, from 2 probes of 2 carriers
    full = np.zeros((3, 128), np.int8)
    assert key_generation_ratio(full, full, 2) == 2


@pytest.mark.parametrize("kind", [np.float32, np.complex64])
def test_distances_are_squares_over_squares(kind):
    true = np.array([[3, 4], [0, 2]], kind)
    estimated = true + np.array([[5, 0], [0, 1]], kind)
    np.testing.assert_allclose(nvd(estimated, true), [1, 0.25])
    assert nmse(estimated, true) == pytest.approx(0.625)
