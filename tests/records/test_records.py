# SPDX-License-Identifier: GPL-3.0-or-later
"""A decision record survives its JSON and PMT forms, and refuses what none of them can hold."""

import json
from dataclasses import replace
from datetime import datetime, timezone

import pmt
import pytest
from gnuradio.rfsec import records
from gnuradio.rfsec.records import FIELDS, MAX_TIME_NS, VERDICTS, DecisionRecord, iso_time, time_after
from hypothesis import given
from hypothesis import strategies as st
from sigmf import SigMFFile

POSITIVE = st.none() | st.floats(min_value=0, exclude_min=True, allow_infinity=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
RECORDS = st.builds(
    DecisionRecord, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.none() | st.integers(0, MAX_TIME_NS - 1),
    NUMBER, NUMBER, NUMBER, TEXT, st.none() | TEXT, NUMBER, st.sampled_from(VERDICTS), TEXT,
    NUMBER, POSITIVE, POSITIVE)
ONE = DecisionRecord(1280, 128, 1_700_000_000_123_456_789, 868e6, 2.4e6, None, "modulation", "QPSK", 0.987654, "accepted", "m")
BURST = replace(ONE, snr_db=17.5, centre_hz=-2e5, bandwidth_hz=1e5, symbol_rate_hz=4800.0)


@given(RECORDS)
def test_json_holds_every_field_in_order(record):
    line = record.to_json()
    assert "\n" not in line and "\r" not in line
    values = json.loads(line)
    assert tuple(values) == FIELDS
    time = values.pop("time")
    assert values == {name: getattr(record, name) for name in FIELDS if name != "time"}
    assert time == (None if record.time_ns is None else iso_time(record.time_ns))


@given(RECORDS)
def test_a_pmt_message_gives_the_record_back(record):
    again = DecisionRecord.from_pmt(record.to_pmt())
    assert again == record
    assert again.to_json() == record.to_json()


@given(RECORDS)
def test_a_message_from_another_process_gives_the_record_back(record):
    assert DecisionRecord.from_pmt(pmt.deserialize_str(pmt.serialize_str(record.to_pmt()))) == record


@given(st.integers(0, MAX_TIME_NS - 1))
def test_times_are_exact_to_the_nanosecond(time_ns):
    text = iso_time(time_ns)
    whole, nanoseconds = text.removesuffix("Z").split(".")
    seconds = (datetime.fromisoformat(whole).replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc))
    assert (seconds.days * 86400 + seconds.seconds) * 1_000_000_000 + int(nanoseconds) == time_ns and len(nanoseconds) == 9
    assert DecisionRecord.from_pmt(replace(ONE, time_ns=time_ns).to_pmt()).time_ns == time_ns


def test_a_line_as_written():
    assert ONE.to_json() == (
        '{"sample_start":1280,"sample_count":128,"time":"2023-11-14T22:13:20.123456789Z","freq_hz":868000000.0,'
        '"sample_rate_hz":2400000.0,"snr_db":null,"head":"modulation","label":"QPSK","confidence":0.987654,'
        '"verdict":"accepted","model":"m","centre_hz":null,"bandwidth_hz":null,"symbol_rate_hz":null}')
    assert BURST.to_json().endswith('"model":"m","centre_hz":-200000.0,"bandwidth_hz":100000.0,"symbol_rate_hz":4800.0}')


def test_a_line_does_not_depend_on_what_was_written_before():
    records._json.cache_clear()  # whatever the tests before wrote
    lines = [replace(ONE, centre_hz=zero, freq_hz=zero).to_json() for zero in (-0.0, 0.0, -0.0)]
    assert len(set(lines)) == 1 and '"centre_hz":0.0,' in lines[0] and '"freq_hz":0.0,' in lines[0]


@given(st.lists(RECORDS, max_size=4))
def test_annotations_are_valid_sigmf(records):
    # SigMF asks for annotations in the order of their samples, and for edges and counts in its own ranges.
    records = [replace(one, sample_start=one.sample_start % 2**63, sample_count=1 + one.sample_count % 2**62, freq_hz=None,
                       centre_hz=None)
               for one in records]
    annotations = sorted((one.to_sigmf_annotation() for one in records), key=lambda one: one["core:sample_start"])
    SigMFFile(metadata={
        "global": {"core:datatype": "cf32_le", "core:version": "1.2.0", "core:sample_rate": 1e6, "core:metadata_only": True,
                   "core:extensions": [{"name": "rfsec", "version": "0.1.0", "optional": True}]},
        "captures": [{"core:sample_start": 0}], "annotations": annotations}).validate()


def test_an_annotation_names_what_sigmf_has_a_name_for():
    assert ONE.to_sigmf_annotation() == {
        "core:sample_start": 1280, "core:sample_count": 128, "core:label": "QPSK", "core:generator": "gr-rfsec m",
        "core:freq_lower_edge": 866.8e6, "core:freq_upper_edge": 869.2e6, "rfsec:head": "modulation",
        "rfsec:verdict": "accepted", "rfsec:confidence": 0.987654, "rfsec:time": "2023-11-14T22:13:20.123456789Z"}
    bare = replace(ONE, time_ns=None, freq_hz=None, label=None, confidence=None, verdict="skipped").to_sigmf_annotation()
    assert bare == {"core:sample_start": 1280, "core:sample_count": 128, "core:generator": "gr-rfsec m",
                    "rfsec:head": "modulation", "rfsec:verdict": "skipped"}


def test_the_edges_of_a_burst_are_those_of_its_band():
    whole = ONE.to_sigmf_annotation()
    assert BURST.to_sigmf_annotation() == {
        **whole, "core:freq_lower_edge": 867.75e6, "core:freq_upper_edge": 867.85e6, "rfsec:snr_db": 17.5,
        "rfsec:symbol_rate_hz": 4800.0}
    untuned = replace(BURST, freq_hz=None).to_sigmf_annotation()
    assert (untuned["core:freq_lower_edge"], untuned["core:freq_upper_edge"]) == (-250e3, -150e3)


@pytest.mark.parametrize("name, value", [
    ("sample_start", -1), ("sample_start", 1.0), ("sample_count", None), ("sample_count", True), ("time_ns", -1),
    ("time_ns", MAX_TIME_NS), ("freq_hz", float("nan")), ("sample_rate_hz", float("inf")), ("snr_db", "3"),
    ("confidence", float("nan")), ("confidence", False), ("head", None), ("label", 3), ("verdict", "perhaps"), ("model", b"m"),
    ("centre_hz", float("inf")), ("bandwidth_hz", 0.0), ("bandwidth_hz", float("nan")), ("symbol_rate_hz", -1), ("symbol_rate_hz", True)])
def test_a_record_refuses_what_its_forms_can_not_hold(name, value):
    with pytest.raises(ValueError, match=name.removesuffix("_ns").removesuffix("_start").removesuffix("_count")):
        replace(ONE, **{name: value})


@pytest.mark.parametrize("message", [
    pmt.PMT_NIL, pmt.PMT_T, pmt.intern("decision"), pmt.from_long(3), pmt.make_dict(), pmt.cons(pmt.make_dict(), pmt.make_u8vector(3, 0)),
    pmt.cons(pmt.intern("a"), pmt.intern("b")), pmt.make_vector(len(FIELDS), pmt.PMT_NIL), pmt.make_tuple(pmt.PMT_T)])
def test_a_message_that_is_no_decision_is_refused(message):
    with pytest.raises(ValueError, match="must be a PMT dict with exactly the keys sample_start"):
        DecisionRecord.from_pmt(message)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [
    pmt.make_vector(2, pmt.PMT_T), pmt.PMT_T, pmt.init_f32vector(1, [1.0]), pmt.make_tuple(pmt.from_uint64(2**63), pmt.from_double(0.5)),
    pmt.make_tuple(pmt.from_uint64(1), pmt.from_double(float("nan"))), pmt.from_double(float("nan"))])
def test_a_message_with_a_wrong_value_is_refused_by_its_name(name, value):
    with pytest.raises(ValueError, match=name):
        DecisionRecord.from_pmt(pmt.dict_add(ONE.to_pmt(), pmt.intern(name), value))


@pytest.mark.parametrize("name", FIELDS)
def test_a_message_with_a_key_missing_or_misspelt_is_refused(name):
    short = pmt.dict_delete(ONE.to_pmt(), pmt.intern(name))
    for message in (short, pmt.dict_add(short, pmt.intern(name + "s"), pmt.PMT_T)):
        with pytest.raises(ValueError, match=name):
            DecisionRecord.from_pmt(message)


@pytest.mark.parametrize("time, samples, rate_hz, expected", [
    (None, 5, 1e6, None), (10_000, 5, 1e6, 15_000), (10_000, -10, 1e6, 0), (10_000, -11, 1e6, None), (0, 1, 1e-300, None),
    (253_402_300_799_999_999_999, 1, 1e9, None), (253_402_300_799_999_999_998, 1, 1e9, 253_402_300_799_999_999_999),
])
def test_a_time_that_no_record_can_hold_is_none(time, samples, rate_hz, expected):
    assert time_after(time, samples, rate_hz) == expected
