# SPDX-License-Identifier: GPL-3.0-or-later
"""Constellations: order, power, and the published levels."""

import numpy as np
import pytest

from gnuradio.rfsec.dsp.constellations import constellation
from gnuradio.rfsec.errors import ParameterError

ORDERS = {"BPSK": 2, "QPSK": 4, "8PSK": 8, "PAM4": 4, "PAM8": 8, "QAM16": 16, "QAM32": 32, "QAM64": 64, "16PSK": 16,
          "QAM256": 256, "QAM1024": 1024}


@pytest.mark.parametrize(("name", "order"), ORDERS.items())
def test_unit_power_and_distinct_points(name, order):
    points = constellation(name, unit_power=True)
    assert len(np.unique(np.round(points, 5))) == order
    assert np.mean(np.abs(points) ** 2) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "power"), [("QPSK", 1), ("PAM4", 5), ("PAM8", 21), ("QAM16", 10), ("QAM32", 20), ("QAM64", 42), ("QAM256", 170), ("QAM1024", 682)]
)
def test_published_levels_are_odd_integers(name, power):
    assert np.mean(np.abs(constellation(name, unit_power=False)) ** 2) == pytest.approx(power, abs=1e-4)


def test_32qam_is_a_cross():
    points = constellation("QAM32", unit_power=False)
    assert np.abs(points).max() == pytest.approx(np.sqrt(34))  # the corners, at sqrt(50), are missing
    np.testing.assert_allclose(np.sort(np.unique(np.round(points.real))), [-5, -3, -1, 1, 3, 5])


def test_unknown_name():
    with pytest.raises(ParameterError, match="'name' of a constellation must be one of BPSK.*Got 'QAM5' instead"):
        constellation("QAM5", unit_power=True)
