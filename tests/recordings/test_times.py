# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of SigMF captures, to the nanosecond."""

import pytest
from gnuradio.rfsec.recordings.times import time_ns


@pytest.mark.parametrize("iso, expected", [
    ("1970-01-01T00:00:02+00:00", 2_000_000_000),
    ("1970-01-01T00:00:02.123456+00:00", 2_123_456_000),
    ("2026-01-31T12:00:00.25", 1_769_860_800_250_000_000),
    ("2026-01-31T14:00:00.25+02:00", 1_769_860_800_250_000_000),
    ("1960-01-01T00:00:00.5", 0),
])
def test_a_time_is_counted_from_1970(iso, expected):
    assert time_ns(iso) == expected


def test_nanoseconds_are_kept():
    assert time_ns("2026-01-31T12:00:00.123456789Z") == 1_769_860_800_123_456_789
