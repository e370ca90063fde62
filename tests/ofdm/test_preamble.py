# SPDX-License-Identifier: GPL-3.0-or-later
"""The training fields against the numbers of IEEE Std 802.11-2020, annex I.1.3 (to three decimals there)."""

import numpy as np
from gnuradio.rfsec.ofdm.preamble import CARRIERS, LONG_FIELD, LONG_SEQUENCE, SHORT_FIELD

SCALE = np.sqrt(52) / 64  # the annex divides by the transform's length
SHORT = [0.046 + 0.046j, -0.132 + 0.002j, -0.013 - 0.079j, 0.143 - 0.013j, 0.092, 0.143 - 0.013j, -0.013 - 0.079j,
         -0.132 + 0.002j, 0.046 + 0.046j, 0.002 - 0.132j, -0.079 - 0.013j, -0.013 + 0.143j, 0.092j, -0.013 + 0.143j,
         -0.079 - 0.013j, 0.002 - 0.132j]
LONG_GUARD = [-0.156, 0.012 - 0.098j, 0.092 - 0.106j, -0.092 - 0.115j, -0.003 - 0.054j, 0.075 + 0.074j, -0.127 + 0.021j,
              -0.122 + 0.017j]


def test_fields_are_those_of_the_standard():
    np.testing.assert_allclose(SHORT_FIELD * SCALE, np.tile(SHORT, 10), atol=8e-4)
    np.testing.assert_allclose(LONG_FIELD[:8] * SCALE, LONG_GUARD, atol=8e-4)
    np.testing.assert_array_equal(LONG_FIELD[:96], LONG_FIELD[64:])


def test_carriers_carry_the_long_sequence():
    spectrum = np.fft.fft(LONG_FIELD[32:96]) * SCALE
    np.testing.assert_allclose(spectrum[CARRIERS], LONG_SEQUENCE, atol=1e-5)
    assert CARRIERS.size == 52 and 0 not in CARRIERS and abs(spectrum[0]) < 1e-5
