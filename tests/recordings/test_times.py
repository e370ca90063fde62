# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of SigMF captures, to the nanosecond."""

import pytest
from gnuradio.rfsec.recordings.recording import open_recording
from gnuradio.rfsec.recordings.times import time_ns
from gnuradio.rfsec.recordings.tunings import tunings_of


@pytest.mark.parametrize("iso, expected", [
    ("1970-01-01T00:00:02+00:00", 2_000_000_000),
    ("1970-01-01T00:00:02.123456+00:00", 2_123_456_000),
    ("2026-01-31T12:00:00.25", 1_769_860_800_250_000_000),
    ("2026-01-31T14:00:00.25+02:00", 1_769_860_800_250_000_000),
    ("9999-12-31T23:59:59.9-00:01", None), ("9999-12-31T23:59:60Z", None), ("9999-12-31T23:59:59Z", 253_402_300_799_000_000_000),
    ("1960-01-01T00:00:00.5", None), ("1969-12-31T23:59:59.999999999Z", None), ("1970-01-01T00:00:00Z", 0), (None, None),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000), ("2016-12-31T23:59:60.25Z", 1_483_228_800_250_000_000),
    ("2017-01-01T00:59:60+01:00", 1_483_228_800_000_000_000), ("20161231T235960Z", 1_483_228_800_000_000_000),
])
def test_a_time_is_counted_from_1970(iso, expected):
    assert time_ns(iso) == expected


def test_nanoseconds_are_kept():
    assert time_ns("2026-01-31T12:00:00.123456789Z") == 1_769_860_800_123_456_789


@pytest.mark.parametrize("told, expected", [("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000), ("1960-01-01T00:00:00Z", None)])
def test_a_recording_has_the_time_of_a_leap_second_and_none_before_1970(sigmf_pair, told, expected):
    path = sigmf_pair(bytes(400), edit=lambda metadata: metadata["captures"][0].update({"core:datetime": told}))
    with open_recording(path) as recording:
        [(tuning, end)] = tunings_of(recording)
    assert tuning.time_ns_of(0) == expected and end == 100
