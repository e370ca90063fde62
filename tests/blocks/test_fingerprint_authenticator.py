# SPDX-License-Identifier: GPL-3.0-or-later
"""The fingerprint authenticator in flowgraphs, on windows and on bursts: who it was, at any cut, and nothing lost without a count."""

from dataclasses import replace

import numpy as np
import pmt
import pytest
from flowgraphs import ChunkedSource, RecordCollector, complex_noise, run, rx_time
from fsk_scene import RATE_HZ, clipped, fsk_scene
from gnuradio import gr, rfsec
from gnuradio.rfsec.blocks.burst_pdu import BurstPdu
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.fingerprint.fsk_values import NAMES
from gnuradio.rfsec.fingerprint.gallery import Gallery
from gnuradio.rfsec.records import DecisionRecord
from small_encoder import write_selecting_encoder, write_window_encoder

LENGTH = 128
FREQUENCIES = {"door": 0.1, "gate": 0.15, "stranger": 0.3}


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoders")
    return {"windows": str(write_window_encoder(folder / "windows.onnx", LENGTH)),
            "bursts": str(write_selecting_encoder(folder / "bursts.onnx", "fsk_burst", len(NAMES), 0))}


@pytest.fixture
def made(encoders, tmp_path):
    """Makes an authenticator whose gallery lies in this test's folder."""
    return lambda kind, **options: rfsec.fingerprint_authenticator(str(tmp_path / f"{kind}.db"), encoders[kind], **options)


def message(**values):
    return pmt.to_pmt(values)


def names(block) -> list[str]:
    return [one.name for one in block._authenticator.gallery.emitters()]


def tones(*senders, windows=8) -> np.ndarray:
    """Windows of each sender's tone in a little noise, one sender after the other."""
    parts = [np.exp(2j * np.pi * FREQUENCIES[name] * np.arange(windows * LENGTH)) for name in senders]
    samples = np.concatenate(parts) + 0.01 * complex_noise(len(senders) * windows * LENGTH)
    return samples.astype(np.complex64)


def authenticated(block, samples, sizes=(1 << 20,), tags=()):
    """The decisions and replies of a block of windows."""
    top, source, windower = gr.top_block(), ChunkedSource(samples, sizes, tags), rfsec.iq_windower(LENGTH, LENGTH)
    decisions, replies = RecordCollector(), RecordCollector("replies")
    top.connect(source, windower, block)
    top.msg_connect(block, "decisions", decisions, "decisions")
    top.msg_connect(block, "replies", replies, "replies")
    run(top)
    return [DecisionRecord.from_pmt(one) for one in decisions.messages], [pmt.to_python(one) for one in replies.messages]


def searched(block, samples, rate_hz=RATE_HZ):
    """The decisions and replies of a block of bursts behind a burst detector."""
    top, source, detector = gr.top_block(), ChunkedSource(samples), rfsec.burst_detector(rate_hz)
    decisions, replies = RecordCollector(), RecordCollector("replies")
    top.connect(source, detector)
    top.msg_connect(detector, "bursts", block, "bursts")
    top.msg_connect(block, "decisions", decisions, "decisions")
    top.msg_connect(block, "replies", replies, "replies")
    run(top)
    return [DecisionRecord.from_pmt(one) for one in decisions.messages], [pmt.to_python(one) for one in replies.messages]


def told(block, *pairs):
    """The decisions and replies after (port, message) pairs, each handled before the next: a flowgraph does not order ports."""
    decided, answered = [], []
    block._publish, block._commands._answer = decided.append, answered.append
    handlers = {"bursts": block._handle, "enrol": block._commands.enrol, "revoke": block._commands.revoke}
    for port, one in pairs:
        handlers[port](one)
    return decided, answered


def test_windows_are_fused_and_decided_at_any_cut(made):
    samples = tones("door", "gate", "stranger", "door")
    block = made("windows", windows=4, enrol="door", examples=8)
    whole, replies = authenticated(block, samples, tags=[(0, "rx_rate", pmt.from_double(1e6)), (0, "rx_time", rx_time(10**18))])
    assert replies == [{"command": "enrol", "name": "door", "done": True, "text": "Enrolled door from 8 windows."}]
    assert [one.label for one in whole] == [None] * 6 + ["door", "door"]  # what is enrolled was decided about before
    assert [(one.sample_start, one.sample_count) for one in whole] == [(512 * number, 512) for number in range(8)]
    assert whole[3].time_ns == 10**18 + 3 * 512_000 and whole[3].sample_rate_hz == 1e6
    assert {one.verdict for one in whole[6:]} == {"accepted"} and {one.head for one in whole} == {"emitter"}
    assert block.decided == 8 and (block.skipped, block.invalid, block.rejected, block.error) == (0, 0, 0, None)
    block._authenticator.gallery.revoke("door")
    again = made("windows", windows=4, enrol="door", examples=8)
    cut, _ = authenticated(again, samples, (301, 7), tags=[(0, "rx_rate", pmt.from_double(1e6)), (0, "rx_time", rx_time(10**18))])
    assert cut == whole


def test_no_decision_spans_a_gap_and_what_is_not_finite_is_counted(made):
    samples = tones("door", "door", "door")
    samples[5 * LENGTH + 3] = np.nan
    gap = [(10 * LENGTH, "rx_time", rx_time(10**18))]
    block = made("windows", windows=4)
    records, _ = authenticated(block, samples, tags=gap)
    places = [(one.sample_start // LENGTH, one.sample_count // LENGTH, one.verdict) for one in records]
    # Window 5 is left out of the second four, which the gap leaves incomplete; a new four begins at the gap.
    assert places == [(0, 4, "unknown"), (5, 1, "skipped"), (4, 5, "unknown"), (10, 4, "unknown"), (14, 4, "unknown"), (18, 4, "unknown")]
    assert block.invalid == 1 and block.decided == 5


def test_an_enrolment_by_message_in_a_running_flowgraph(made):
    block = made("windows", windows=2)
    block.to_basic_block()._post(pmt.intern("enrol"), message(name="gate", examples=6))
    records, [reply] = authenticated(block, tones("gate", "door"))
    assert reply["done"] and names(block) == ["gate"]
    assert [one.label for one in records] == [None] * 3 + ["gate"] + [None] * 4


def test_bursts_behind_a_detector_are_told_apart(made):
    block = made("bursts", enrol="door", examples=2)
    records, replies = searched(block, fsk_scene(["door", "door", "gate", "stranger", "door"]))
    assert [(one.label, one.verdict) for one in records] == [
        (None, "unknown"), (None, "unknown"), (None, "unknown"), (None, "unknown"), ("door", "accepted")]
    assert replies[0]["text"] == "Enrolled door from 2 bursts."
    block = made("bursts", enrol="gate")
    records, _ = searched(block, fsk_scene(["gate", "door", "gate"], seed=7))
    assert [one.label for one in records] == [None, "door", "gate"]
    assert all(one.is_burst and one.snr_db > 20 and one.sample_rate_hz == RATE_HZ for one in records)
    assert abs(records[1].centre_hz + 9e3) < 1e3 and records[1].confidence > 0.95 and block.decided == 3


def test_several_bursts_of_one_emitter_are_one_decision(made):
    searched(made("bursts", enrol="door"), fsk_scene(["door"]))
    records, _ = searched(made("bursts", windows=2), fsk_scene(["door"] * 5, seed=3))
    assert [one.label for one in records] == ["door", "door"]
    assert records[0].sample_count > 20_000 and records[1].sample_start > records[0].sample_start + records[0].sample_count


def pdu(scene, **changes) -> object:
    """The first burst of a scene as a message."""
    detector = BurstDetector(RATE_HZ)
    burst = (detector.push(scene) + detector.flush())[0]
    return BurstPdu(replace(burst, **changes), None, None).to_pmt()


DOOR, GATE = fsk_scene(["door"]), fsk_scene(["gate"])
HOSTILE = [pmt.PMT_NIL, pmt.intern("x"), pmt.from_long(3), pmt.make_dict(), pmt.make_u8vector(3, 1), message(name=5), message(name=""),
           message(name=" door"), message(name="x" * 65), message(name="x", examples=0), message(name="x", examples="many"),
           pmt.cons(pmt.intern("other"), pmt.intern("x"))]


def test_commands_change_the_gallery_and_are_answered(made):
    block = made("bursts")
    pair = pmt.cons(pmt.intern("name"), pmt.intern("gate"))
    decided, answered = told(block, ("enrol", message(name="door", examples=2)), ("bursts", pdu(DOOR)), ("bursts", pdu(DOOR)),
                             ("enrol", pair), ("bursts", pdu(GATE)), ("bursts", pdu(GATE)), ("revoke", pair), ("bursts", pdu(GATE)))
    assert [one.label for one in decided] == [None, None, None, "gate", None]
    assert [(one.command, one.name, one.done) for one in answered] == [
        ("enrol", "door", True), ("enrol", "gate", True), ("revoke", "gate", True)]
    assert names(block) == ["door"] and block.rejected == 0


def test_a_burst_that_does_not_vary_is_skipped_and_the_next_one_decided(made):
    block = made("bursts")
    told(block, ("enrol", message(name="door")), ("bursts", pdu(DOOR)))
    steady = pdu(DOOR, samples=np.tile([1, -1], 32).astype(np.complex64), centre_hz=0.0, bandwidth_hz=1.0)
    decided, _ = told(block, ("bursts", steady), ("bursts", pdu(DOOR)))
    assert [(one.label, one.verdict) for one in decided] == [(None, "skipped"), ("door", "accepted")] and block.invalid == 1


@pytest.mark.parametrize("port", ["enrol", "revoke"])
def test_a_message_of_the_wrong_type_is_counted_answered_and_changes_nothing(made, port):
    block = made("bursts")
    told(block, ("enrol", message(name="door")), ("bursts", pdu(DOOR)))
    hostile = HOSTILE[:-3] + HOSTILE[-1:] if port == "revoke" else HOSTILE
    _, answered = told(block, *((port, one) for one in hostile))
    assert block.rejected == len(hostile) == len(answered) and not any(one.done for one in answered)
    assert all(one.text and "\n" not in one.text for one in answered)
    decided, _ = told(block, ("bursts", pdu(DOOR)))
    assert names(block) == ["door"] and decided[0].label == "door"


@pytest.mark.parametrize("port", ["enrol", "revoke"])
def test_a_name_that_is_none_is_not_repeated_as_it_came(made, port):
    block, hostile = made("bursts"), "evil\n:error: erased \x1b[31m" + "A" * 10_000
    _, answered = told(block, ("enrol", message(name="good", examples=9)), (port, message(name=hostile)))
    [reply] = [one for one in answered if one.name != "good"]
    assert reply.name is None and not reply.done and reply.text.isprintable() and len(reply.text) < 300


def test_what_must_not_be_enrolled_is_not(made):
    block = made("bursts")
    told(block, ("enrol", message(name="door")), ("bursts", pdu(DOOR)))
    noise = pdu(DOOR, samples=complex_noise(400), centre_hz=0.0)
    for pairs, why in (([("enrol", message(name="door"))], "enrolled already"),
                       ([("revoke", message(name="nobody"))], "no emitter 'nobody'"),
                       ([("enrol", message(name="hiss")), ("bursts", noise)], "hiss was not enrolled: the burst gives no fingerprint"),
                       ([("enrol", message(name="loud")), ("bursts", pdu(DOOR, clips=True))], "it clips"),
                       ([("enrol", message(name="one", examples=2)), ("enrol", message(name="two"))], "one is being enrolled")):
        before = block.rejected
        _, [answer] = told(block, *pairs)
        assert why in answer.text and not answer.done and block.rejected == before + 1
    block.stop()
    assert names(block) == ["door"] and block.rejected == 6 and block.invalid == 1


@pytest.mark.parametrize("samples, why", [
    (complex_noise(32 * LENGTH), "nothing but noise"), (clipped(tones("door", windows=32), 0.8), "clip"),
    (tones("door", windows=16), "the stream ended after 16 of 20 examples")])
def test_windows_that_must_not_be_enrolled_are_not(made, samples, why):
    block = made("windows", enrol="door", examples=20)
    records, _ = authenticated(block, samples)
    assert block.rejected == 1 and names(block) == [] and len(records) == len(samples) // LENGTH
    _, replies = authenticated(made("windows", enrol="door", examples=20), samples[: 20 * LENGTH])
    assert why in "".join(one["text"] for one in replies) or len(samples) < 20 * LENGTH


def test_bursts_that_cannot_be_used_are_skipped_and_counted(made):
    block = made("bursts")
    bad = np.full(400, np.nan, np.complex64)
    decided, _ = told(block, ("bursts", pdu(DOOR, samples=bad)), ("bursts", pmt.intern("x")), ("bursts", pdu(DOOR)))
    assert [one.verdict for one in decided] == ["skipped", "unknown"] and decided[0].label is decided[0].confidence is None
    assert (block.invalid, block.refused, block.decided) == (1, 1, 1)


@pytest.mark.parametrize("kind, changes", [
    ("refused", {"model_rate_hz": 1e-3}), ("refused", {"model_rate_hz": 1e-300}), ("refused", {"centre_hz": 1e15}),
    ("refused", {"bandwidth_hz": 1e300}), ("refused", {"sample_rate_hz": 1e300, "model_rate_hz": 1e300}),
    ("invalid", {"samples": np.full(400, 1e-42, np.complex64)})])
def test_no_burst_ends_a_running_flowgraph(made, kind, changes):
    """What a handler raises ends its block without a word: the burst after it is decided."""
    block, decisions, top = made("bursts"), RecordCollector(), gr.top_block()
    top.msg_connect(block, "decisions", decisions, "decisions")
    for one in (pdu(DOOR, **changes), pdu(DOOR), pmt.cons(pmt.intern("done"), pmt.from_long(1))):
        block.to_basic_block()._post(pmt.intern("system" if pmt.is_symbol(pmt.car(one)) else "bursts"), one)
    run(top)
    assert (getattr(block, kind), block.decided) == (1, 1)
    assert [DecisionRecord.from_pmt(one).verdict for one in decisions.messages][-1] == "unknown"


def test_a_gallery_that_is_damaged_while_it_runs_stops_nothing(made, tmp_path):
    block = made("bursts")
    told(block, ("enrol", message(name="door")), ("bursts", pdu(DOOR)))
    with Gallery(tmp_path / "bursts.db") as other:
        other._file._db.execute("UPDATE example SET crc32 = crc32 + 1")
    decided, _ = told(block, ("bursts", pdu(DOOR)), ("bursts", pdu(DOOR)))
    assert [one.verdict for one in decided] == ["skipped"] * 2 and block.skipped == 2
    assert "this gallery is damaged" in str(block.error)


def test_another_process_enrols_and_this_one_knows(made, tmp_path):
    block = made("bursts")
    told(block, ("bursts", pdu(DOOR)))
    embedded = block._authenticator.fingerprinter.embed([DOOR], RATE_HZ)
    with Gallery(tmp_path / "bursts.db") as other:
        other.enrol("door", embedded.values)
    decided, _ = told(block, ("bursts", pdu(DOOR)))
    assert decided[0].label == "door"


def test_windows_in_skip_mode_are_all_accounted_for(made):
    block = made("windows", on_overload="skip", batch=4)
    records, _ = authenticated(block, tones("door", windows=2000))
    assert block.decided + block.skipped == 2000 == sum(one.sample_count for one in records) // LENGTH
    assert block.skipped == sum(one.sample_count for one in records if one.verdict == "skipped") // LENGTH


@pytest.mark.parametrize("options, error, rule", [
    ({"windows": 0}, rfsec.ParameterError, "'windows' parameter of Fingerprint Authenticator must be a whole number, 1 to 4096"),
    ({"k": 0}, rfsec.ParameterError, "'k'"), ({"examples": 0}, rfsec.ParameterError, "'examples'"),
    ({"batch": 0}, rfsec.ParameterError, "'batch'"), ({"threads": 0}, rfsec.ParameterError, "'threads'"),
    ({"score": 1.5}, rfsec.ParameterError, "'score'"), ({"false_accepts": -1}, rfsec.ParameterError, "'false_accepts'"),
    ({"false_accepts": 0.3}, rfsec.ParameterError, "one of 0.01, 0.05"), ({"on_overload": "drop"}, rfsec.ParameterError, "wait, skip"),
    ({"length": 64}, rfsec.ModelError, "takes windows of 128 samples. Got length=64"), ({"enrol": " x"}, rfsec.GalleryError, "name of an emitter")])
def test_bad_parameters_raise_when_the_block_is_made(made, options, error, rule):
    with pytest.raises(error, match=rule):
        made("windows", **options)


def test_a_gallery_of_another_encoder_is_refused(made, encoders, tmp_path):
    made("bursts")
    with pytest.raises(rfsec.GalleryError, match="made with the encoder"):
        rfsec.fingerprint_authenticator(str(tmp_path / "bursts.db"), encoders["windows"])
    with pytest.raises(rfsec.ModelError, match="no-such-encoder"):
        rfsec.fingerprint_authenticator(str(tmp_path / "x.db"), "no-such-encoder")
