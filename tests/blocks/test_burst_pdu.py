# SPDX-License-Identifier: GPL-3.0-or-later
"""The PDU of a burst gives the burst back, and what is none is refused by the rule that it breaks."""

from dataclasses import replace

import numpy as np
import pmt
import pytest
from gnuradio.rfsec.blocks.burst_pdu import KEYS, BurstPdu
from gnuradio.rfsec.detection.burst import Burst
from gnuradio.rfsec.detection.condition import MAX_SAMPLES, condition

SAMPLES = np.array([1 + 2j, 3 - 4j, 0.5j], np.complex64)
ONE = BurstPdu(Burst(1000, 300, 1e6, -2e5, 5e4, 12.5, 4800.0, SAMPLES, 1e5), 1_700_000_000_123_456_789, 868e6)


@pytest.mark.parametrize("pdu", [ONE, BurstPdu(replace(ONE.burst, symbol_rate_hz=None, clips=True), None, None)])
def test_a_pdu_gives_the_burst_back(pdu):
    again = BurstPdu.from_pmt(pmt.deserialize_str(pmt.serialize_str(pdu.to_pmt())))
    assert again == pdu
    assert again.burst.samples.dtype == np.complex64 and np.array_equal(again.burst.samples, SAMPLES)


def with_value(key, value):
    message = ONE.to_pmt()
    return pmt.cons(pmt.dict_add(pmt.car(message), pmt.intern(key), value), pmt.cdr(message))


def with_samples(vector):
    return pmt.cons(pmt.car(ONE.to_pmt()), vector)


@pytest.mark.parametrize("message", [
    pmt.PMT_NIL, pmt.PMT_T, pmt.intern("x"), pmt.from_long(1), pmt.make_dict(), pmt.cons(pmt.PMT_T, pmt.make_c32vector(3, 0)),
    pmt.cons(pmt.make_dict(), pmt.PMT_NIL), with_samples(pmt.make_f32vector(3, 0)), with_samples(pmt.make_vector(3, pmt.PMT_NIL))])
def test_what_is_no_pdu_of_samples_is_refused(message):
    with pytest.raises(ValueError, match="must be a pair of a PMT dict and a c32vector"):
        BurstPdu.from_pmt(message)


@pytest.mark.parametrize("size", [0, MAX_SAMPLES + 1])
def test_samples_of_a_wrong_number_are_refused(size):
    with pytest.raises(ValueError, match=f"must be 1 to {MAX_SAMPLES}. Got {size} instead"):
        BurstPdu.from_pmt(with_samples(pmt.make_c32vector(size, 0)))


@pytest.mark.parametrize("key", KEYS)
def test_a_value_that_is_missing_or_wrong_is_refused_by_its_name(key):
    message = ONE.to_pmt()
    wrong = [pmt.cons(pmt.dict_delete(pmt.car(message), pmt.intern(key)), pmt.cdr(message))]
    values = (pmt.PMT_T, pmt.intern("1"), pmt.make_vector(2, pmt.PMT_T), pmt.from_double(float("nan")))
    wrong += [with_value(key, value) for value in (values[1:] if key == "clips" else values)]
    for one in wrong:
        with pytest.raises(ValueError, match=f"'{key}'"):
            BurstPdu.from_pmt(one)


@pytest.mark.parametrize("key, value", [
    ("bandwidth_hz", 0.0), ("sample_rate_hz", -1e6), ("model_rate_hz", 0.0), ("symbol_rate_hz", -5.0), ("snr_db", float("inf")),
    ("bandwidth_hz", 1.001e6), ("centre_hz", 0.501e6), ("centre_hz", -1e300), ("model_rate_hz", 60.0), ("model_rate_hz", 1e-300),
    ("model_rate_hz", 4.001e6), ("sample_rate_hz", 1e13), ("sample_rate_hz", 1e300)])
def test_a_number_out_of_range_is_refused_by_its_name(key, value):
    with pytest.raises(ValueError, match=f"'{key}'"):
        BurstPdu.from_pmt(with_value(key, pmt.from_double(value)))


@pytest.mark.parametrize("centre, bandwidth", [(0.5, 1.0), (-0.5, 2 / (1 << 15))])
def test_the_farthest_bands_that_a_detector_measures_are_taken(centre, bandwidth):
    """At the edges of the stream's band, the widest and the narrowest."""
    samples, ratio = condition(np.ones(40_000, np.complex64), centre, bandwidth)
    for rate_hz in (1.0, 1e6, 61.44e6):
        burst = Burst(0, 40_000, rate_hz, centre * rate_hz, bandwidth * rate_hz, 9.0, None, samples, ratio * rate_hz)
        assert BurstPdu.from_pmt(BurstPdu(burst, None, None).to_pmt()).burst == burst


@pytest.mark.parametrize("key, value", [("sample_count", 0), ("sample_start", 2**63)])
def test_samples_out_of_range_are_refused(key, value):
    with pytest.raises(ValueError, match="must be 1 or more, at a place from 0 on"):
        BurstPdu.from_pmt(with_value(key, pmt.from_uint64(value)))


def test_a_time_that_is_none_is_refused():
    for time in (pmt.make_tuple(pmt.from_uint64(2**63), pmt.from_double(0.5)), pmt.make_tuple(pmt.from_uint64(1), pmt.from_double(-3e9))):
        with pytest.raises(ValueError, match="time"):
            BurstPdu.from_pmt(with_value("time", time))
