# SPDX-License-Identifier: GPL-3.0-or-later
"""Sounder and estimator in real flowgraphs: through GNU Radio's channel model, in any cut, with tags and messages, on real Wi-Fi."""

import json
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pmt
import pytest
from flowgraphs import NO_TEXT, ChunkedSource, complex_noise, run, rx_time
from gnuradio import blocks, channels, gr, rfsec
from scipy import signal

from gnuradio.rfsec.ofdm.preamble import CARRIERS, GRID, LONG_SEQUENCE, LONG_SYMBOL_AT
from gnuradio.rfsec.ofdm.sanitise import sanitise
from gnuradio.rfsec.ofdm.sounding import sounding

RECORDINGS = os.environ.get("RFSEC_RECORDINGS")
TAPS = [1.0, 0, 0.5j, 0, 0, -0.3]


def estimated(samples, sizes=(4096,), tags=(), **arguments):
    """Responses, tags as (item, key, value), and metadata of the messages."""
    top, source = gr.top_block(), ChunkedSource(samples, sizes, tags)
    estimator, sink, messages = rfsec.ofdm_cfr_estimator(**arguments), blocks.vector_sink_c(52), blocks.message_debug()
    top.connect(source, estimator, sink)
    top.msg_connect(estimator, "soundings", messages, "store")
    run(top)
    tags = [(tag.offset, pmt.symbol_to_string(tag.key), pmt.to_python(tag.value)) for tag in sink.tags()]
    told = [pmt.to_python(pmt.car(messages.get_message(number))) for number in range(messages.num_messages())]
    return np.array(sink.data(), np.complex64).reshape(-1, 52), tags, told, estimator


def sounded(count, repeats, period):
    top = gr.top_block()
    sounder, head, sink = rfsec.ofdm_sounder(repeats, period, 0.25), blocks.head(8, count), blocks.vector_sink_c()
    top.connect(sounder, head, sink)
    run(top)
    return np.array(sink.data(), np.complex64), [(tag.offset, pmt.to_uint64(tag.value)) for tag in sink.tags()]


def test_the_sounder_sends_soundings_and_silence():
    samples, tags = sounded(10_500, 4, 1000)
    whole = np.concatenate((0.25 * sounding(4), np.zeros(1000 - 480)))
    np.testing.assert_allclose(samples, np.resize(whole, 10_500), atol=1e-7)
    assert tags == [(1000 * number, number) for number in range(11)]


def test_peaks_are_as_high_as_it_says():
    """Between the samples, too, where a converter makes them."""
    samples, _ = sounded(4800, 4, 480)
    wave = signal.resample_poly(samples, 16, 1, window=("kaiser", 8.0))[16 * 480 : 16 * 4320]
    assert np.abs(wave).max() / 0.25 == pytest.approx(1.5, rel=0.01)
    assert "peaks are 1.5 times as high" in rfsec.ofdm_sounder.__doc__


def test_the_channel_model_of_gnuradio_comes_back():
    """Taps, noise and offset of channels.channel_model; a response is known but for gain, delay and phase."""
    top = gr.top_block()
    sounder, head = rfsec.ofdm_sounder(8, 3000, 0.25), blocks.head(8, 150_000)
    model = channels.channel_model(0.25 * 10 ** (-25 / 20), 1e-3, 1.0, TAPS, 7)
    estimator, sink = rfsec.ofdm_cfr_estimator(8, 20e6), blocks.vector_sink_c(52)
    top.connect(sounder, head, model, estimator, sink)
    run(top)
    found = np.array(sink.data(), np.complex64).reshape(-1, 52)
    true = sanitise((np.exp(-2j * np.pi * np.outer(CARRIERS, np.arange(6)) / 64) @ np.array(TAPS))[None], CARRIERS)
    assert len(found) == estimator.soundings == 50
    assert np.mean(np.abs(found - true) ** 2) < 3 * 10 ** (-25 / 10) / 8 + 2e-3


def test_cut_tags_and_messages():
    samples, _ = sounded(200_000, 2, 7001)
    samples += np.random.default_rng(1).normal(0, 0.01, (200_000, 2)).view(np.complex128)[:, 0].astype(np.complex64)
    whole, tags, told, estimator = estimated(samples, repeats=2, sample_rate=1e6)
    cut, cut_tags, _, _ = estimated(samples, sizes=(1, 17, 50_000, 333), repeats=2, sample_rate=1e6)
    assert len(whole) == estimator.soundings == len(told) == 29
    assert whole.tobytes() == cut.tobytes() and tags == cut_tags
    starts = {item: value for item, key, value in tags if key == "sounding_start"}
    assert all(abs(start - 7001 * item) <= 1 for item, start in starts.items()) and len(starts) == 29
    assert [one["sounding_start"] for one in told] == list(starts.values())
    assert all(abs(one["cfo_hz"]) < 200 and one["quality"] > 0.9 and one["snr_db"] > 20 for one in told)


@pytest.mark.parametrize("sizes", [(4096,), (1, 17, 50_000, 333)])
def test_nothing_spans_a_discontinuity(sizes):
    """A retune within the second of three soundings, and an overflow within the training field of the last."""
    samples, _ = sounded(40_000, 8, 10_000)
    samples[:20_000] = np.convolve(samples[:20_000], TAPS)[:20_000]
    samples += 0.01 * complex_noise(40_000)
    retune, overflow = 10_000 + 160 + 4 * 80, 30_000 + 50
    rate = (0, "rx_rate", pmt.from_double(1e6))
    found, tags, told, _ = estimated(samples, sizes, [
        rate, (0, "rx_time", rx_time(10**18)), (0, "rx_freq", pmt.from_double(2.4e9)),
        (retune, "rx_freq", pmt.from_double(2.5e9)), (overflow, "rx_time", rx_time(2 * 10**18))], repeats=8)
    parts = [(0, *estimated(samples[:retune], repeats=8)), (retune, *estimated(samples[retune:overflow], repeats=8)),
             (overflow, *estimated(samples[overflow:], repeats=8))]
    assert found.tobytes() == b"".join(part[1].tobytes() for part in parts)
    starts = [value for _, key, value in tags if key == "sounding_start"]
    assert starts == [first + one["sounding_start"] for first, _, _, alone, _ in parts for one in alone]
    np.testing.assert_allclose(starts, [0, 20_000, overflow], atol=3)
    expected = [10**18, 10**18 + 20_000_000, 2 * 10**18 - 50_000]
    assert max(abs(one["time_ns"] - at) for one, at in zip(told, expected)) <= 3000


@pytest.mark.parametrize("tags, parameter, rate_hz", [
    ([], 1e6, 1e6), ([(0, "rx_rate", pmt.from_double(2e6))], 1e6, 1e6), ([(0, "rx_rate", pmt.from_double(2e6))], 0, 2e6)])
def test_the_rate_of_the_parameter_or_else_the_streams_gives_time_and_offset(tags, parameter, rate_hz):
    samples, _ = sounded(20_000, 2, 10_000)
    samples *= np.exp(2j * np.pi * 1e-3 * np.arange(20_000)).astype(np.complex64)
    _, _, told, _ = estimated(samples, tags=[(0, "rx_time", rx_time(10**18)), *tags], repeats=2, sample_rate=parameter)
    assert [one["cfo_hz"] for one in told] == [pytest.approx(1e-3 * rate_hz, rel=0.01)] * 2
    assert [one["time_ns"] - 10**18 for one in told] == [round(one["sounding_start"] * 1e9 / rate_hz) for one in told]


def test_a_tag_whose_key_is_no_text_is_passed_over():
    samples = np.resize(np.concatenate((sounding(2), np.zeros(680))), 10_000).astype(np.complex64)
    found, _, told, _ = estimated(samples, tags=[(5100, NO_TEXT, pmt.PMT_T)], sample_rate=20e6)
    assert len(found) == 10 and [one["sounding_start"] for one in told] == list(range(0, 10_000, 1000))


def test_tags_without_soundings_are_forgotten():
    tags = [(at, "rx_time", rx_time(10**18 + at)) for at in range(0, 9000, 90)]
    tracemalloc.start()
    try:
        *_, estimator = estimated(np.zeros(9000, np.complex64), tags=tags, repeats=2)
        kept = sum(one.size for one in tracemalloc.take_snapshot().filter_traces([
            tracemalloc.Filter(True, "*/sample_clock.py")]).statistics("filename"))
    finally:
        tracemalloc.stop()
    assert estimator.soundings == 0 and kept < 5_000


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.nan, 1e19, 3e38])
def test_samples_that_are_not_finite_or_too_large_cost_only_their_soundings(bad):
    samples, _ = sounded(50_000, 2, 5000)
    samples[5100:5300] = bad
    found, tags, _, estimator = estimated(samples, repeats=2)
    starts = [value for _, key, value in tags if key == "sounding_start"]
    assert [round(start / 5000) for start in starts] == [0, *range(2, 10)] and estimator.invalid == 200
    assert np.isfinite(found).all()


@pytest.mark.parametrize("make, name, wrong", [
    (rfsec.ofdm_sounder, "repeats", {"repeats": 0}), (rfsec.ofdm_sounder, "period", {"period": 300}),
    (rfsec.ofdm_sounder, "amplitude", {"amplitude": 1.5}), (rfsec.ofdm_cfr_estimator, "repeats", {"repeats": 65}),
    (rfsec.ofdm_cfr_estimator, "sample_rate", {"sample_rate": -1}), (rfsec.ofdm_cfr_estimator, "least_quality", {"least_quality": 1}),
])
def test_wrong_parameters_raise_when_the_block_is_made(make, name, wrong):
    with pytest.raises(rfsec.ParameterError, match=f"The '{name}' "):
        make(**wrong)


@pytest.mark.skipif(not RECORDINGS, reason="RFSEC_RECORDINGS names no recordings")
def test_every_wifi_frame_of_the_recordings_is_timed_and_its_response_is_there():
    """Offsets within 300 Hz of the truth's, but for frames of which the truth takes a sample of what follows (tests/ofdm)."""
    truth = json.loads((Path(RECORDINGS) / "GROUND_TRUTH.json").read_text())
    apart, differs, alike = [], [], []
    for name in (key for key in truth if key.startswith("wifi:")):
        samples = np.fromfile(Path(RECORDINGS) / "ofdm/wifi" / name.removeprefix("wifi:"), "<i2").astype(np.float32).view(np.complex64) / 2**15
        responses, _, told, _ = estimated(samples, repeats=2, sample_rate=20e6, sanitise=False)
        starts = np.array([message["sounding_start"] for message in told]) + LONG_SYMBOL_AT
        for frame in (one for one in truth[name] if one.get("fcs")):
            item = int(np.argmin(np.abs(starts - frame["ltf1"])))
            apart.append(starts[item] - frame["ltf1"])
            differs.append(told[item]["cfo_hz"] - frame["cfo"])
            if not told[item]["sounding_start"]:
                continue  # begins before the recording
            for one in (0, GRID):  # either symbol alone, by the definition of least squares, beside the block's mean
                symbol = np.fft.fft(turned(samples, starts[item] + one, told[item]["cfo_hz"] / 20e6))[CARRIERS] * LONG_SEQUENCE
                alike.append(abs(np.vdot(symbol, responses[item])) / np.linalg.norm(symbol) / np.linalg.norm(responses[item]))
    apart, differs = np.array(apart), np.abs(differs)
    assert len(apart) == 156 and np.abs(apart).max() <= 2
    assert differs[apart == 0].max() < 300 and np.sum(differs > 300) <= 9 and differs.max() < 600
    assert len(alike) == 2 * 155 and min(alike) > 0.99


def turned(samples, start, cfo):
    return samples[start : start + GRID] * np.exp(-2j * np.pi * cfo * np.arange(GRID))
