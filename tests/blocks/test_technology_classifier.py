# SPDX-License-Identifier: GPL-3.0-or-later
"""The technology classifier says of each sweep what the classifier without GNU Radio says, and where it can't."""

import threading

import numpy as np
import pmt
import pytest
from flowgraphs import ChunkedSource, RecordCollector, run, rx_time
from gnuradio import gr, rfsec
from gnuradio.rfsec.dsp.swept_spectrum import SweptSpectrum
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.inference.technology_classifier import TechnologyClassifier
from gnuradio.rfsec.records import DecisionRecord
from sensor_scene import write_small_technologies

BINS, RATE_HZ, TIME_NS = 1024, 2.4e6, 1_750_000_000_000_000_000
FIRST_HZ = 99.005e6


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(write_small_technologies(tmp_path_factory.mktemp("model") / "technologies.onnx"))


def spectra(count, seed=1):
    """float32 [count, BINS]: noise, and two emissions in each."""
    rng = np.random.default_rng(seed)
    power = 1e-9 * rng.gamma(5, 0.2, (count, BINS))
    power[:, 200:220] += 1e-7
    for row, first in enumerate(rng.integers(500, 900, count)):
        power[row, first : first + 5] += 1e-6
    return (10 * np.log10(power)).astype(np.float32)


def tags_of(item, **changes):
    values = {"rx_freq": pmt.from_double(FIRST_HZ), "bin_hz": pmt.from_double(10e3), "rx_time": rx_time(TIME_NS + item),
              "window_start": pmt.from_uint64(1000 * item), "sample_count": pmt.from_uint64(900), "sample_rate_hz": pmt.from_double(RATE_HZ),
              **changes}
    return [(item, key, value) for key, value in values.items() if value is not None]


def decided(block, items, tags, source=ChunkedSource, sizes=(2, 1, 3)):
    """The records that come of items."""
    top, source, sink = gr.top_block(), source(items, sizes, tags), RecordCollector()
    top.connect(source, block)
    top.msg_connect(block, "decisions", sink, "decisions")
    run(top)
    return [DecisionRecord.from_pmt(message) for message in sink.messages]


def test_each_emission_has_the_decision_of_the_classifier(model):
    items = spectra(7)
    block = rfsec.technology_classifier(model, BINS)
    records = decided(block, items, [tag for item in range(7) for tag in tags_of(item)])
    middle_hz = FIRST_HZ + (BINS - 1) / 2 * 10e3
    wanted = [(1000 * item, one) for item, row in enumerate(items)
              for one in TechnologyClassifier(model).decide(SweptSpectrum(FIRST_HZ, 10e3, row))]
    assert len(records) == len(wanted) >= 14 and block.classified == 7
    for record, (start, one) in zip(records, wanted):
        assert (record.sample_start, record.sample_count, record.time_ns) == (start, 900, TIME_NS + start // 1000)
        assert (record.freq_hz, record.sample_rate_hz, record.head, record.model) == (middle_hz, RATE_HZ, "technology", "small-technologies")
        assert (record.label, record.verdict) == (one.label, one.verdict)
        assert record.confidence == pytest.approx(one.confidence, abs=1e-6) and record.snr_db == pytest.approx(one.snr_db, abs=0.01)
        assert middle_hz + record.centre_hz == pytest.approx((one.low_hz + one.high_hz) / 2)
        assert record.bandwidth_hz == pytest.approx(one.high_hz - one.low_hz)
    places = [(record.freq_hz + record.centre_hz - FIRST_HZ) / 10e3 for record in records]
    assert sum(abs(place - 209.5) < 2 for place in places) == 7


def test_decisions_may_be_about_the_mean_of_the_newest_sweeps(model):
    items, tags = spectra(6), [tag for item in range(6) for tag in tags_of(item)]
    records, several = decided(rfsec.technology_classifier(model, BINS, sweeps=4), items, tags), TechnologyClassifier(model, sweeps=4)
    wanted = [(1000 * item, one.confidence) for item, row in enumerate(items) for one in several.decide(SweptSpectrum(FIRST_HZ, 10e3, row))]
    assert [(record.sample_start, pytest.approx(record.confidence, abs=1e-6)) for record in records] == wanted
    assert len(wanted) > 2 * len(items)  # those of the sweeps before are still there


def test_a_higher_threshold_leaves_the_weaker_emission_out(model):
    items, tags = spectra(1), tags_of(0)
    assert len(decided(rfsec.technology_classifier(model, BINS), items, tags)) == 2
    assert len(decided(rfsec.technology_classifier(model, BINS, min_snr_db=25.0), items, tags)) == 1


@pytest.mark.parametrize("changes", [{"rx_freq": None}, {"bin_hz": None}, {"bin_hz": pmt.from_double(1e-9)}, {"rx_freq": pmt.intern("x")},
                                     {"window_start": pmt.from_double(-1)}, {"sample_rate_hz": pmt.from_double(float("nan"))},
                                     {"sample_count": pmt.from_uint64(1 << 63)}, {"rx_time": pmt.PMT_T},
                                     {"rx_time": rx_time(3 * 10**20)}, {"rx_freq": pmt.from_double(1e308)}])
def test_an_item_without_sensible_tags_is_counted(model, changes):
    block = rfsec.technology_classifier(model, BINS)
    block.set_log_level("off")
    rest = tags_of(1)
    records = decided(block, spectra(2), [*tags_of(0, **changes), *rest])
    assert block.invalid == 1 and block.classified == 1 and {record.sample_start for record in records} == {1000}


def test_bins_that_the_model_does_not_take_are_said_and_skipped(model):
    block = rfsec.technology_classifier(model, BINS)
    block.set_log_level("off")
    records = decided(block, spectra(2), [*tags_of(0, bin_hz=pmt.from_double(20e3)), *tags_of(1)])
    assert isinstance(block.error, ParameterError) and "10000" in str(block.error)
    first = records[0]
    assert (first.verdict, first.label, first.sample_start, first.centre_hz, first.bandwidth_hz) == ("skipped", None, 0, 0.0, BINS * 20e3)
    assert (block.skipped, block.classified) == (1, 1) and {record.verdict for record in records[1:]} != {"skipped"}


def test_a_source_that_does_not_wait_gets_the_newest_sweep_decided(model):
    block = rfsec.technology_classifier(model, BINS, on_overload="skip")
    count, gate = 40, threading.Event()
    decide = block._classifier.decide

    def slow(spectrum):
        gate.wait(10)
        return decide(spectrum)

    block._classifier.decide = slow

    class Source(ChunkedSource):
        def work(self, input_items, output_items):
            done = ChunkedSource.work(self, input_items, output_items)
            if done < 0:  # everything was given away: nobody held the source up
                gate.set()
            return done

    records = decided(block, spectra(count), [tag for item in range(count) for tag in tags_of(item)], Source, (1,))
    assert block.classified + block.skipped == count and block.skipped >= 1
    verdicts = {}
    for record in records:
        verdicts.setdefault(record.sample_start, set()).add(record.verdict == "skipped")
    assert sorted(verdicts) == [1000 * item for item in range(count)] and all(len(one) == 1 for one in verdicts.values())
    assert verdicts[1000 * (count - 1)] == {False}
    assert sum(one == {True} for one in verdicts.values()) == block.skipped


@pytest.mark.parametrize("on_overload, sweeps", [("wait", 1), ("skip", 1), ("wait", 4)])
def test_a_flowgraph_can_run_again(model, on_overload, sweeps):
    block, sink = rfsec.technology_classifier(model, BINS, sweeps=sweeps, on_overload=on_overload), RecordCollector()
    tags = [tag for item in range(sweeps) for tag in tags_of(item)]
    top, source = gr.top_block(), ChunkedSource(spectra(sweeps), tags=tags)
    top.connect(source, block)
    top.msg_connect(block, "decisions", sink, "decisions")
    run(top)
    source._sent, source._tags = 0, tags
    run(top)
    records = [DecisionRecord.from_pmt(message) for message in sink.messages]
    half = len(records) // 2
    assert half >= 2 * sweeps and records[half:] == records[:half] and block.classified == 2 * sweeps


def test_values_that_are_not_finite_do_no_harm(model):
    items = spectra(3)
    items[0], items[1, 300:600] = np.nan, np.inf
    block = rfsec.technology_classifier(model, BINS)
    records = decided(block, items, [tag for item in range(3) for tag in tags_of(item)])
    assert block.classified == 3 and block.error is None and 2000 in {record.sample_start for record in records}


@pytest.mark.parametrize("change, name", [({"bins": 0}, "bins"), ({"bins": 1 << 21}, "bins"), ({"min_snr_db": -1}, "min_snr_db"),
                                          ({"threads": 0}, "threads"), ({"on_overload": "drop"}, "on_overload")])
def test_a_parameter_outside_its_range_is_refused(model, change, name):
    with pytest.raises(ParameterError, match=name):
        rfsec.technology_classifier(**{"model": model, "bins": BINS, **change})


def test_a_model_of_another_kind_is_refused():
    with pytest.raises(ModelError):
        rfsec.technology_classifier("field", BINS)
