# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a burst is in frequency, at the ends of the band too."""

import numpy as np
import pytest
from gnuradio.rfsec.detection.measure import measure


@pytest.mark.parametrize("count", [1, 20, 40, 5000])
@pytest.mark.parametrize("middle", [-0.499, -0.487, 0.0, 0.487, 0.499])
def test_a_line_is_found_where_it_is(count, middle):
    """Of a few samples the spectrum is so coarse that a narrow band at the end of all has no bin of its own."""
    samples = np.exp(2j * np.pi * middle * np.arange(count)).astype(np.complex64)
    found = measure(samples, 1e-3, (middle - 0.002, middle + 0.002))
    assert found.centre == pytest.approx(middle, abs=1 / 32) and 0 < found.bandwidth <= 2.1 / 32 and np.isfinite(found.snr_db)
