# SPDX-License-Identifier: GPL-3.0-or-later
"""The classifier in flowgraphs: the same decisions at any cut of the stream, each about the right samples."""

import json
from itertools import pairwise

import numpy as np
import pmt
import pytest
from flowgraphs import NO_TEXT, ArraySink, ChunkedSource, RecordCollector, complex_noise, run, rx_time
from gnuradio import gr, rfsec
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.records import DecisionRecord
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_models import write_range_model
from small_model import LABELS, small_card, write_small_model

LENGTH = 32


@pytest.fixture(scope="module", params=["iq", "amp_phase", "iq_min_max"])
def model(request, tmp_path_factory):
    return write_small_model(tmp_path_factory.mktemp("model") / "small.onnx", LENGTH, request.param)


@pytest.fixture(scope="module")
def iq_model(tmp_path_factory):
    return write_small_model(tmp_path_factory.mktemp("model") / "small.onnx", LENGTH)


class Classified:
    """One run over ``samples``: the records, both streams, the counters."""

    def __init__(self, samples, model, *, hop=LENGTH, sizes=(1 << 20,), tags=(), max_items=100_000_000, streams=True, **options):
        top, source = gr.top_block(), ChunkedSource(samples, sizes, tags)
        self.block = classifier = rfsec.onnx_classifier(str(model), LENGTH, **options)
        chain = [source, windower := rfsec.iq_windower(LENGTH, hop)]
        if classifier.card.input.representation == "amp_phase":
            chain.append(amp_phase := rfsec.iq_to_amp_phase(LENGTH))  # noqa: F841 (a block lives as long as its name)
        top.connect(*chain, classifier)
        collector = RecordCollector()
        top.msg_connect(classifier, "decisions", collector, "decisions")
        if streams:
            sinks = [ArraySink(classifier, port) for port in range(2)]
            for port, sink in enumerate(sinks):
                top.connect((classifier, port), sink)
        run(top, max_items)
        self.records = [DecisionRecord.from_pmt(message) for message in collector.messages]
        self.lines = [record.to_json() for record in self.records]
        if streams:
            self.labels, self.probabilities = (sink.items() for sink in sinks)
            self.tags = sinks[0].tags()

    @property
    def counted(self):
        return self.block.classified, self.block.skipped, self.block.invalid


def bare_probabilities(model, samples, hop=LENGTH):
    """Probabilities of the windows by a session alone, in one batch."""
    session = rfsec.ModelSession(model)
    windows = np.lib.stride_tricks.sliding_window_view(samples, LENGTH)[::hop]
    return session.run(represent(session.card.input.representation, windows))[0]


@pytest.mark.parametrize("length", [32, 45, 96])
def test_a_model_of_a_range_of_lengths_runs_at_each(tmp_path, length):
    path, samples = write_range_model(tmp_path / "range.onnx", 32, 96), complex_noise(96 * 40)
    top, source = gr.top_block(), ChunkedSource(samples)
    windower, classifier = rfsec.iq_windower(length, length), rfsec.onnx_classifier(str(path), length)
    labels, probabilities = ArraySink(classifier), ArraySink(classifier, 1)
    top.connect(source, windower, classifier, labels)
    top.connect((classifier, 1), probabilities)
    run(top)
    windows = samples[:len(samples) // length * length].reshape(-1, length)
    (expected,) = rfsec.ModelSession(path).run(represent("iq", windows))
    np.testing.assert_array_equal(labels.items(), expected.argmax(axis=1))
    np.testing.assert_allclose(probabilities.items(), expected, atol=1e-6)


@pytest.mark.parametrize("hop", [LENGTH, 7, 50])
def test_decisions_are_those_of_the_bare_model(model, hop):
    samples = complex_noise(20_000)
    found = Classified(samples, model, hop=hop)
    expected = bare_probabilities(model, samples, hop)
    np.testing.assert_array_equal(found.labels, expected.argmax(axis=1))
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)
    assert [one.label for one in found.records] == [LABELS[best] for best in expected.argmax(axis=1)]
    assert [one.sample_start for one in found.records] == list(range(0, len(samples) - LENGTH + 1, hop))
    np.testing.assert_allclose([one.confidence for one in found.records], expected.max(axis=1), atol=2e-6)
    assert {(one.verdict, one.confidence >= 0.4) for one in found.records} <= {("accepted", True), ("unknown", False)}
    assert found.counted == (len(expected), 0, 0)


@settings(max_examples=15, deadline=None)
@given(total=st.integers(0, 9000), sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=4),
       max_items=st.integers(1, 200), batch=st.sampled_from([7, 64]), streams=st.booleans())
def test_lines_do_not_depend_on_the_cut_of_the_stream(iq_model, total, sizes, max_items, batch, streams):
    samples = complex_noise(total)
    whole = Classified(samples, iq_model, batch=batch)
    cut = Classified(samples, iq_model, batch=batch, sizes=sizes, max_items=max_items, streams=streams)
    assert whole.lines == cut.lines
    if streams:
        assert whole.probabilities.tobytes() == cut.probabilities.tobytes()


def test_no_decision_is_lost_when_short_streams_end(iq_model):
    for total in range(50):
        assert len(Classified(complex_noise(total * LENGTH), iq_model, streams=total % 2 == 0).records) == total


@settings(max_examples=15, deadline=None)
@given(grids=st.lists(st.integers(1, 1200), max_size=10, unique=True).map(sorted), hop=st.integers(1, 80),
       sizes=st.lists(st.integers(1, 900), min_size=1, max_size=4), start_s=st.integers(0, 2**33))
def test_decisions_after_a_discontinuity_name_their_samples_and_time(iq_model, grids, hop, sizes, start_s):
    """As UHD after overflows: rx_time again at the first sample after each gap, its clock ahead by what was lost."""
    grids, rate = [0, *grids], 2.4e6
    times = [start_s * 1_000_000_000 + round(grid * 1e9 / rate) + 12_345_678 * number for number, grid in enumerate(grids)]
    tags = [(0, "rx_rate", pmt.from_double(rate)), (0, "rx_freq", pmt.from_double(868e6))]
    tags += [(grid, "rx_time", rx_time(time)) for grid, time in zip(grids, times)]
    found = Classified(complex_noise(1200), iq_model, hop=hop, sizes=sizes, tags=tags)
    expected = [(start, time + round((start - grid) * 1e9 / rate))
                for (grid, end), time in zip(pairwise([*grids, 1200]), times) for start in range(grid, end - LENGTH + 1, hop)]
    assert [(one.sample_start, one.time_ns) for one in found.records] == expected
    assert {(one.sample_count, one.freq_hz, one.sample_rate_hz) for one in found.records} <= {(LENGTH, 868e6, rate)}
    assert len([tag for tag in found.tags if tag[1] == "window_start"]) == sum(
        end - grid >= LENGTH for grid, end in pairwise([*grids, 1200]))


def test_a_retune_and_a_new_rate_count_time_from_their_own_sample(iq_model):
    tags = [(0, "rx_time", rx_time(10_000_000_000)), (0, "rx_rate", pmt.from_double(1e6)), (0, "rx_freq", pmt.from_double(1e8)),
            (1000, "rx_freq", pmt.from_double(2e8)), (2000, "rx_rate", pmt.from_double(5e5))]
    found = Classified(complex_noise(3000), iq_model, tags=tags).records
    at = {one.sample_start: (one.time_ns - 10_000_000_000, one.freq_hz, one.sample_rate_hz) for one in found}
    assert at[32] == (32_000, 1e8, 1e6)
    assert at[1032] == (1_032_000, 2e8, 1e6)
    assert at[2032] == (2_000_000 + 64_000, 2e8, 5e5)


@pytest.mark.parametrize("key, value", [
    ("rx_time", pmt.intern("noon")), ("rx_time", pmt.make_tuple(pmt.from_uint64(2**64 - 1), pmt.from_double(0.5))),
    ("rx_time", pmt.make_tuple(pmt.from_uint64(1), pmt.from_double(float("nan")))), ("rx_rate", pmt.from_double(0)),
    ("rx_rate", pmt.from_double(float("nan"))), ("rx_rate", pmt.from_double(1e-300)), ("rx_rate", pmt.PMT_NIL),
    ("rx_freq", pmt.from_double(float("inf"))), ("window_start", pmt.from_uint64(2**64 - 1)), ("window_hop", pmt.PMT_T), (NO_TEXT, pmt.PMT_T)])
def test_a_tag_that_makes_no_sense_is_passed_over(iq_model, key, value):
    tags = [(0, "rx_time", rx_time(10**18)), (0, "rx_rate", pmt.from_double(1e6)), (64, key, value)]
    found = Classified(complex_noise(320), iq_model, tags=tags, streams=False).records
    assert [one.sample_start for one in found] == list(range(0, 320, LENGTH))
    assert {(one.sample_rate_hz, one.freq_hz) for one in found} == {(1e6, None)}
    assert [one.time_ns for one in found] == [10**18 + one.sample_start * 1000 for one in found]


@pytest.mark.filterwarnings("error")
def test_windows_that_are_not_finite_are_skipped_and_the_rest_unaffected(model):
    samples = complex_noise(LENGTH * 300)
    clean = Classified(samples, model)
    bad = np.array([0, 5, 6, 7, 150, 299])
    samples[bad * LENGTH + 3] = [np.nan, np.inf, -np.inf, complex(0, np.nan), complex(np.inf, np.nan), complex(0, -np.inf)]
    found = Classified(samples, model)
    good = np.setdiff1d(np.arange(300), bad)
    assert (found.labels[bad] == -1).all() and not found.probabilities[bad].any()
    assert found.probabilities[good].tobytes() == clean.probabilities[good].tobytes()
    assert [found.lines[index] for index in good] == [clean.lines[index] for index in good]
    assert {(found.records[index].verdict, found.records[index].label, found.records[index].confidence) for index in bad} == {
        ("skipped", None, None)}
    assert found.counted == (294, 0, 6)


def test_a_window_that_overflows_inside_the_model_is_skipped(tmp_path):
    """Finite amplitudes from a block of the user's own can still give logits that are not."""
    model = write_small_model(tmp_path / "small.onnx", LENGTH, "amp_phase")
    windows = np.random.default_rng(1).normal(size=(10, 2 * LENGTH)).astype(np.float32)
    windows[4] = 3e38
    top, source, collector = gr.top_block(), ChunkedSource(windows), RecordCollector()
    classifier = rfsec.onnx_classifier(str(model), LENGTH)
    top.connect(source, classifier)
    top.msg_connect(classifier, "decisions", collector, "decisions")
    run(top)
    assert [DecisionRecord.from_pmt(message).verdict == "skipped" for message in collector.messages] == [
        index == 4 for index in range(10)]
    assert (classifier.classified, classifier.invalid) == (9, 1)


def test_each_head_decides_on_its_own(tmp_path):
    heads = [{"name": name, "labels": labels, "temperature": 2.0, "reject_threshold": 0.0}
             for name, labels in (("modulation", LABELS), ("band", ["low", "high"]))]
    model = write_small_model(tmp_path / "two.onnx", LENGTH, card=small_card(LENGTH, heads=heads), heads=(("modulation", 3), ("band", 2)))
    found = Classified(complex_noise(LENGTH * 100), model)
    by_head = {name: [one for one in found.records if one.head == name] for name in ("modulation", "band")}
    assert {name: len(records) for name, records in by_head.items()} == {"modulation": 100, "band": 100}
    assert {one.label for one in by_head["band"]} == {"low", "high"}


def test_a_flowgraph_that_runs_again_counts_from_its_new_start(iq_model):
    samples = complex_noise(LENGTH * 10)
    top, source = gr.top_block(), ChunkedSource(samples)
    windower, classifier, collector = rfsec.iq_windower(LENGTH, 16), rfsec.onnx_classifier(str(iq_model), LENGTH), RecordCollector()
    top.connect(source, windower, classifier)
    top.msg_connect(classifier, "decisions", collector, "decisions")
    run(top)
    source._sent = 0
    run(top)
    lines = [DecisionRecord.from_pmt(message).to_json() for message in collector.messages]
    assert len(lines) == 38 and lines[:19] == lines[19:]


@pytest.mark.parametrize("options, error, message", [
    ({"batch": 0}, rfsec.ParameterError, "The 'batch' parameter of ONNX Classifier must be a whole number, 1 to 4096. Got 0"),
    ({"batch": 5000}, rfsec.ParameterError, "'batch'"), ({"batch": 1.5}, rfsec.ParameterError, "'batch'"),
    ({"threads": 0}, rfsec.ParameterError, "The 'threads' parameter of ONNX Classifier must be a whole number, 1 to 256. Got 0"),
    ({"threads": "2"}, rfsec.ParameterError, "'threads'"),
    ({"on_overload": "drop"}, rfsec.ParameterError, "'on_overload'.*wait, skip. Got 'drop' instead"),
    ({"length": 33}, rfsec.ModelError, "exactly 32 samples. Got 33 instead"), ({"length": 0}, rfsec.ParameterError, "'length'"),
    ({"length": 32.0}, rfsec.ParameterError, "'length'"),
    ({"representation": "amp_phase"}, rfsec.ModelError, "takes the representation 'iq'. Got 'amp_phase'"),
    ({"classes": 4}, rfsec.ModelError, "'modulation' has 3 labels. Got classes=4"),
    ({"model": "no-such-model"}, rfsec.ModelError, "no-such-model: neither a model file nor one of the shipped models")])
def test_bad_parameters_raise_when_the_block_is_made(iq_model, options, error, message):
    with pytest.raises(error, match=message) as caught:
        rfsec.onnx_classifier(**{"model": str(iq_model), "length": LENGTH, **options})
    assert "\n" not in str(caught.value)


def test_streams_and_records_say_the_same(iq_model):
    found = Classified(complex_noise(LENGTH * 200), iq_model)
    assert [LABELS[label] for label in found.labels] == [json.loads(line)["label"] for line in found.lines]
