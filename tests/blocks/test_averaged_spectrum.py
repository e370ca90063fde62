# SPDX-License-Identifier: GPL-3.0-or-later
"""The averaged spectrum gives the sweeps of the definition, however the scheduler cuts the stream, and says what it left out."""

import numpy as np
import pmt
import pytest
from flowgraphs import ArraySink, ChunkedSource, RecordCollector, complex_noise, run, run_chain, rx_time
from gnuradio import gr, rfsec
from gnuradio.rfsec.dsp.averaged_power import averaged_power
from gnuradio.rfsec.dsp.stitching import stitch
from gnuradio.rfsec.dsp.sweep_grid import SweepGrid
from hypothesis import given, settings
from hypothesis import strategies as st
from swept_scene import RATE_HZ, heard, write_sweeps

BAND = {"start_hz": 99e6, "stop_hz": 104.12e6}  # 512 bins: a page of memory holds two sweeps
GRID = SweepGrid(**BAND)
CENTRES = list(GRID.centres_hz)
SETTLE, DWELL = 240, 2000
SETTLE_S = SETTLE / RATE_HZ
TIME_NS = 1_750_000_000_000_000_000


def stream(freqs_hz, dwell=DWELL):
    """Samples of a receiver that is tuned to these frequencies in turn, and the tags that it sends."""
    samples = np.concatenate([heard(freq_hz, dwell, seed) for seed, freq_hz in enumerate(freqs_hz)])
    tags = [(index * dwell, key, value) for index, freq_hz in enumerate(freqs_hz) for key, value in (
        ("rx_freq", pmt.from_double(freq_hz)), ("rx_rate", pmt.from_double(RATE_HZ)), ("rx_time", rx_time(TIME_NS + index * 1_000_000_000)))]
    return samples, tags


def expected(samples, starts, settle=SETTLE, freqs_hz=CENTRES):
    """The decibels of the sweep whose steps are tuned at these samples."""
    powers = [averaged_power(samples[start + settle : start + settle + 1280], 256) for start in starts]
    return stitch(GRID, freqs_hz, np.array(powers)).power_db


def block(**parameters):
    return rfsec.averaged_spectrum(**{**BAND, "settle_s": SETTLE_S, **parameters})


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 3000), min_size=2, max_size=5), max_items=st.integers(200, 5000))
def test_sweeps_are_those_of_the_definition_however_the_stream_is_cut(sizes, max_items):
    freqs = [5e6, *CENTRES[1:], *CENTRES, *CENTRES, CENTRES[0]]
    samples, tags = stream(freqs)
    spectrum = block()
    sweeps, found = run_chain(samples, spectrum, sizes=sizes, max_items=max_items, tags=tags)
    starts = [(len(CENTRES) * sweep + index) * DWELL for sweep in (1, 2) for index in range(len(CENTRES))]
    np.testing.assert_array_equal(sweeps, [expected(samples, starts[:3]), expected(samples, starts[3:])])
    for item, start in enumerate((starts[0] + SETTLE, starts[3] + SETTLE)):
        tag = {key: value for offset, key, value in found if offset == item}
        assert tag.pop("rx_time") == (1_750_000_000 + (item + 1) * 3, pytest.approx(SETTLE / RATE_HZ))
        assert tag == {"rx_freq": 99.005e6, "bin_hz": 10e3, "window_start": start, "sample_count": 2 * DWELL + 1280, "sample_rate_hz": RATE_HZ}
    assert (spectrum.sweeps, spectrum.gaps, spectrum.incomplete) == (2, 0, 0)
    assert spectrum.discarded == len(samples) - 7 * 1280


def test_a_step_is_not_taken_before_its_tag_nor_one_that_leaves_a_gap():
    samples, tags = stream([CENTRES[0], CENTRES[2], CENTRES[1], CENTRES[0] + 1e9, CENTRES[2]])
    spectrum = block()
    sweeps, _ = run_chain(samples, spectrum, tags=tags)
    np.testing.assert_array_equal(sweeps, [expected(samples, [0, 2 * DWELL, 4 * DWELL])])


def test_the_frequency_that_the_radio_came_to_counts():
    freqs = [CENTRES[0] + 1700.0, CENTRES[1] - 900.0, CENTRES[2] + 400.0]
    samples, tags = stream(freqs)
    sweeps, _ = run_chain(samples, block(), tags=tags)
    np.testing.assert_array_equal(sweeps, [expected(samples, [0, DWELL, 2 * DWELL], freqs_hz=freqs)])
    carrier = round((100.3e6 - 99.005e6) / 10e3)
    assert np.argmax(sweeps[0]) == carrier


def test_an_overflow_begins_its_step_again():
    samples, tags = stream(CENTRES, dwell=4000)
    gap = 4000 + 900
    tags += [(gap, "rx_time", rx_time(TIME_NS + 77)), (gap, "rx_freq", pmt.from_double(CENTRES[1])), (gap, "rx_rate", pmt.from_double(RATE_HZ))]
    spectrum = block()
    sweeps, _ = run_chain(samples, spectrum, tags=tags)
    np.testing.assert_array_equal(sweeps, [expected(samples, [0, gap, 8000])])
    assert (spectrum.gaps, spectrum.incomplete) == (1, 0)


def test_a_sweep_that_is_broken_off_begins_again():
    samples, tags = stream([*CENTRES[:2], *CENTRES])
    spectrum = block()
    sweeps, _ = run_chain(samples, spectrum, tags=tags)
    np.testing.assert_array_equal(sweeps, [expected(samples, [2 * DWELL, 3 * DWELL, 4 * DWELL])])
    assert spectrum.incomplete == 1


def test_a_band_of_one_step_needs_no_retuning():
    grid = SweepGrid(100e6, 101e6)
    samples, tags = stream([100.5e6], dwell=SETTLE + 4 * 1280 + 100)
    sweeps, found = run_chain(samples, block(start_hz=100e6, stop_hz=101e6), tags=tags)
    rows = [averaged_power(samples[SETTLE + index * 1280 :][:1280], 256) for index in range(4)]
    np.testing.assert_array_equal(sweeps, [stitch(grid, [100.5e6], row[None]).power_db for row in rows])
    assert [value for _, key, value in found if key == "window_start"] == [SETTLE + index * 1280 for index in range(4)]


def test_many_sweeps_in_one_call_go_out_as_there_is_room():
    band = {"start_hz": 100e6, "stop_hz": 101.28e6, "settle_s": 0}
    samples, tags = stream([100.64e6], dwell=50 * 1280 + 7)
    plenty, _ = run_chain(samples, block(**band), tags=tags)
    spectrum = block(**band)
    spectrum.set_max_noutput_items(3)
    sweeps, found = run_chain(samples, spectrum, tags=tags)
    np.testing.assert_array_equal(sweeps, plenty)
    assert len(sweeps) == 50 and [value for _, key, value in found if key == "window_start"] == list(range(0, 64_000, 1280))


def test_messages_are_the_sweeps_and_ask_for_the_next_step():
    samples, tags = stream([5e6, *CENTRES])
    top, source, spectrum = gr.top_block(), ChunkedSource(samples, tags=tags), block()
    sink, spectra, tunes = ArraySink(spectrum), RecordCollector("in"), RecordCollector("in")
    top.connect(source, spectrum, sink)
    top.msg_connect(spectrum, "spectra", spectra, "in")
    top.msg_connect(spectrum, "tune", tunes, "in")
    run(top)
    [message] = spectra.messages
    about = pmt.to_python(pmt.car(message))
    assert about.pop("time") == (1_750_000_001, pytest.approx(SETTLE / RATE_HZ))
    assert about == {"first_hz": 99.005e6, "bin_hz": 10e3, "sample_start": DWELL + SETTLE, "sample_count": 2 * DWELL + 1280, "sample_rate_hz": RATE_HZ}
    np.testing.assert_array_equal(np.array(pmt.f32vector_elements(pmt.cdr(message)), np.float32), sink.items()[0])
    asked = [pmt.to_python(one)["freq"] for one in tunes.messages]
    assert asked == [CENTRES[0], None, CENTRES[1], None, CENTRES[2], None, CENTRES[0]]


def test_a_recorded_sweep_is_replayed_through_the_same_block(tmp_path):
    samples = write_sweeps(tmp_path / "sweeps.sigmf", CENTRES, DWELL, 2)
    source = rfsec.recording_source(str(tmp_path / "sweeps.sigmf-meta"))
    top, spectrum = gr.top_block(), block()
    sink = ArraySink(spectrum)
    top.connect(source, spectrum, sink)
    run(top)
    starts = np.arange(3) * DWELL
    np.testing.assert_array_equal(sink.items(), [expected(samples, starts), expected(samples, starts + 3 * DWELL)])
    # A later capture has no time of its own: it follows from the first one.
    times = [value for _, key, value in sink.tags() if key == "rx_time"]
    assert times[0] == (1_769_860_800, pytest.approx(SETTLE / RATE_HZ))
    assert times[1] == (1_769_860_800, pytest.approx((SETTLE + 3 * DWELL) / RATE_HZ))


def test_samples_that_are_not_finite_leave_bins_empty_and_are_counted():
    samples, tags = stream(CENTRES)
    samples[DWELL : 2 * DWELL] = np.nan
    spectrum = block()
    sweeps, _ = run_chain(samples, spectrum, tags=tags)
    empty = np.isnan(sweeps[0])
    assert spectrum.invalid == 1 and 0 < empty.sum() < 210 and not empty[:170].any()


def test_a_stream_of_another_rate_is_named_and_not_used():
    samples, tags = stream([100.5e6])
    spectrum = block(sample_rate_hz=2e6, start_hz=100.2e6, stop_hz=100.8e6)
    sweeps, _ = run_chain(samples, spectrum, tags=tags)
    assert not len(sweeps) and "2.4e+06" in spectrum.problem and "sample_rate_hz" in spectrum.problem


def test_tags_that_make_no_sense_change_nothing():
    samples, tags = stream(CENTRES)
    tags += [(700, "rx_freq", pmt.intern("high")), (800, "rx_time", pmt.PMT_T), (DWELL + 900, "rx_rate", pmt.from_double(-1))]
    sweeps, _ = run_chain(samples, block(), tags=tags)
    np.testing.assert_array_equal(sweeps, [expected(samples, [0, DWELL, 2 * DWELL])])


def test_a_flowgraph_can_run_again():
    spectrum = block()
    samples, tags = stream(CENTRES)
    first, _ = run_chain(samples, spectrum, tags=tags)
    np.testing.assert_array_equal(run_chain(samples, spectrum, tags=tags)[0], first)


def test_no_tag_no_sweep():
    sweeps, _ = run_chain(complex_noise(50_000), block())
    assert not len(sweeps)


@pytest.mark.parametrize("change, name", [({"sample_rate_hz": 0}, "sample_rate_hz"), ({"fft_size": 63}, "fft_size"), ({"averages": 0}, "averages"),
                                          ({"start_hz": -1}, "start_hz"), ({"stop_hz": 99e6}, "stop_hz"), ({"bin_hz": 1.0}, "bin_hz"),
                                          ({"settle_s": -1}, "settle_s"), ({"settle_s": 11}, "settle_s"),
                                          *(({name: "1"}, name) for name in ("sample_rate_hz", "fft_size", "averages", "start_hz", "stop_hz", "bin_hz")),
                                          ({"averages": [5]}, "averages"), ({"fft_size": 256.5}, "fft_size")])
def test_a_parameter_outside_its_range_is_refused(change, name):
    with pytest.raises(rfsec.ParameterError, match=name):
        block(**change)
