# SPDX-License-Identifier: GPL-3.0-or-later
"""The burst detector: what it finds, how well it measures it, and that nothing in a stream can upset it."""

import tracemalloc

import numpy as np
import pytest
from burst_scene import burst_scene
from flowgraphs import complex_noise
from gnuradio.rfsec.detection.condition import SHARE
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.finder import BLOCK
from gnuradio.rfsec.detection.spectrogram import BINS
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.recordings.analytic import AnalyticReader
from hypothesis import given, settings
from hypothesis import strategies as st

RATE_HZ = 1e6


def detected(samples, rate_hz=RATE_HZ, sizes=(1 << 20,), **options):
    """The bursts of a whole stream that comes in pieces of these sizes, again and again."""
    detector, found, at, turn = BurstDetector(rate_hz, **options), [], 0, 0
    while at < samples.size:
        size = sizes[turn % len(sizes)]
        found += detector.push(samples[at : at + size])
        at, turn = at + size, turn + 1
    return sorted(found + detector.flush(), key=lambda burst: (burst.sample_start, burst.centre_hz))


def quantised(samples, levels=127):
    """As an 8-bit receiver gives it: clipped, and in steps."""
    parts = samples.view(np.float32)
    return (np.clip(np.rint(parts * levels), -levels, levels) / np.float32(levels)).view(np.complex64)


def qpsk(count: int, samples_per_symbol: int, seed: int = 1):
    """complex64 [count] of unit power with a roll-off of 0.35."""
    drawn = np.random.default_rng(seed).choice(np.array([1, 1j, -1, -1j], np.complex64), (1, -(-count // samples_per_symbol)))
    return shape_symbols(drawn, samples_per_symbol, 0.35)[0][:count]


def shifted(samples, frequency: float):
    return (samples * np.exp(2j * np.pi * frequency * np.arange(samples.size))).astype(np.complex64)


def keyed_softly(samples, edge: int = 40):
    """With edges that do not reach into other channels."""
    rise = np.sin(np.pi / 2 * np.minimum(1, np.arange(samples.size) / edge)) ** 2
    return (samples * rise * rise[::-1]).astype(np.complex64)


@pytest.mark.parametrize("bits", [None, 8])
@pytest.mark.parametrize("rate_hz, seconds", [(48e3, 10.0), (1e6, 1.0), (20e6, 0.1)])
def test_noise_gives_at_most_one_burst_a_second(rate_hz, seconds, bits):
    rng, left, found = np.random.default_rng(7), int(rate_hz * seconds), 0
    detector = BurstDetector(rate_hz)
    while left:
        noise = rng.standard_normal(2 * min(left, 1 << 20), np.float32).view(np.complex64) * np.float32(0.05)
        found += len(detector.push(noise if bits is None else quantised(noise)))
        left -= noise.size
    assert found + len(detector.flush()) <= max(1.0, seconds)


def test_emissions_beside_one_another_are_bursts_of_their_own():
    count = 60_000
    samples = np.float32(0.05) * complex_noise(150_000)
    centres = [-0.35, -0.1, 0.12, 0.36]
    for seed, frequency in enumerate(centres):
        samples[40_000 : 40_000 + count] += shifted(keyed_softly(qpsk(count, 12, seed)), frequency)
    found = sorted(detected(samples), key=lambda burst: burst.centre_hz)
    assert [round(burst.centre_hz / RATE_HZ, 2) for burst in found] == centres
    assert all(abs(burst.sample_start - 40_000) < 200 and abs(burst.sample_count - count) < 400 for burst in found)


def test_bursts_after_one_another_are_bursts_of_their_own():
    starts = range(10_000, 180_000, 15_000)
    found = detected(burst_scene(200_000, [(start, 5_000, 0.1) for start in starts]))
    assert len(found) == len(starts)
    assert all(abs(burst.sample_start - start) < 200 for burst, start in zip(found, starts))


@pytest.mark.parametrize("duration_s", [0.05, 0.2])
def test_what_never_ends_is_cut(duration_s):
    quiet, count = 140_000, 500_000
    samples = np.float32(0.05) * complex_noise(count)
    samples[quiet:] += shifted(qpsk(count - quiet, 10), 0.1)
    found = detected(samples, max_duration_s=duration_s)
    assert max(burst.sample_count for burst in found) <= duration_s * RATE_HZ + 2 * BINS
    assert len(found) <= 2 + (count - quiet) / (duration_s * RATE_HZ)
    assert sum(burst.sample_count for burst in found) > 0.98 * (count - quiet)


SCENE = burst_scene(2 * BLOCK + 777, [(20_000, 3_000, 0.2), (60_000, 20_000, -0.3), (BLOCK - 500, 9_000, 0.1),
                                      (2 * BLOCK - 50_000, 20_000, 0.0), (2 * BLOCK - 2_000, 2_777, 0.25)])
WHOLE = detected(SCENE, sizes=(SCENE.size,))


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 200_000), min_size=1, max_size=5))
def test_the_bursts_do_not_depend_on_how_the_stream_is_cut(sizes):
    sizes = [max(size, 1000) for size in sizes]
    found = detected(SCENE, sizes=sizes)
    assert len(WHOLE) == 5 and found == WHOLE
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(found, WHOLE))


def test_single_samples_are_as_good():
    few = SCENE[18_000:24_000]
    assert detected(few, sizes=(1,)) == detected(few)


@pytest.mark.parametrize("snr_db, edge", [(10, 300), (20, 60), (40, 30)])
@pytest.mark.parametrize("samples_per_symbol, frequency", [(4, 0.1), (10, -0.21), (40, 0.33)])
def test_a_burst_is_measured(samples_per_symbol, frequency, snr_db, edge):
    """Start and end within `edge` samples and 3 symbols, centre and bandwidth within 8% of the bandwidth, SNR within 1.5 dB."""
    start, count = 60_000, 40_000
    true_bandwidth = 1.19 / samples_per_symbol  # 99% of a root raised cosine's power, roll-off 0.35
    noise = np.sqrt(1 / true_bandwidth / 10 ** (snr_db / 10))
    samples = np.float32(noise) * complex_noise(150_000)
    samples[start : start + count] += shifted(qpsk(count, samples_per_symbol), frequency)
    [burst] = detected(samples)
    edge += 3 * samples_per_symbol
    assert abs(burst.sample_start - start) < edge
    assert abs(burst.sample_start + burst.sample_count - start - count) < edge
    assert abs(burst.centre_hz / RATE_HZ - frequency) < 0.08 * true_bandwidth
    assert abs(burst.bandwidth_hz / RATE_HZ / true_bandwidth - 1) < 0.08
    assert abs(burst.snr_db - snr_db) < 1.5
    assert burst.symbol_rate_hz == pytest.approx(RATE_HZ / samples_per_symbol, rel=0.01)
    assert burst.bandwidth_hz / burst.model_rate_hz == pytest.approx(SHARE, rel=0.02)
    assert burst.samples.dtype == np.complex64 and np.isfinite(burst.samples).all()


@pytest.mark.parametrize("snr_db", [15, 12, 11, 10])
def test_short_pauses_are_seen_as_long_as_bursts_stand_out_of_the_noise(snr_db):
    """As between a frame and its acknowledgement: 160 samples, 95 over the bandwidth."""
    length, pause, true_bandwidth = 2400, 160, 0.595
    samples = np.float32(np.sqrt(1 / true_bandwidth / 10 ** (snr_db / 10))) * complex_noise(60_000)
    starts = range(15_000, 45_000, length + pause)
    for seed, start in enumerate(starts):
        samples[start : start + length] += qpsk(length, 2, seed)
    found = detected(samples, rate_hz=20e6)
    assert [burst.sample_start for burst in found] == [pytest.approx(start, abs=30) for start in starts]
    assert [burst.sample_count for burst in found] == [pytest.approx(length, abs=50)] * len(starts)


def noisy_burst(count=120_000):
    return burst_scene(count, [(50_000, 20_000, 0.15)]) * np.float32(0.2)


def the_burst(found):
    """The one burst of `noisy_burst`, among whatever else was found."""
    [burst] = [one for one in found if abs(one.centre_hz - 0.15 * RATE_HZ) < 0.02 * RATE_HZ]
    assert abs(burst.sample_start - 50_000) < 300 and abs(burst.sample_count - 20_000) < 600
    return burst


def test_a_constant_offset_is_no_burst_and_hides_none():
    found = detected(noisy_burst() + np.complex64(0.3 + 0.2j))
    the_burst(found)
    assert len(found) <= 2 and all(abs(burst.centre_hz) < 0.01 * RATE_HZ for burst in found if burst is not the_burst(found))


@pytest.mark.parametrize("offset_db", [-30, -15, -8])
def test_a_strong_offset_hides_no_burst_and_leaves_them_as_they_are(offset_db):
    """Wide frames with short pauses, 30 dB above the noise; the last one fills the second block."""
    samples = np.float32(0.03) * complex_noise(2 * BLOCK)
    starts = [*range(4_000, BLOCK - 12_000, 6_000), BLOCK + 2_000]
    for start in starts:
        count = 5_000 if start < BLOCK else BLOCK - 2_000
        samples[start : start + count] += keyed_softly(qpsk(count, 2, start))
    offset = np.complex64(10 ** (offset_db / 20) * np.exp(0.7j))
    plain, found = detected(samples), detected(samples + offset)
    assert [burst.sample_start for burst in plain] == pytest.approx(starts, abs=300)
    assert [burst.sample_start for burst in found] == [burst.sample_start for burst in plain]
    for one, other in zip(plain, found):
        assert other.snr_db == pytest.approx(one.snr_db, abs=0.1) and other.sample_count == one.sample_count
        assert np.allclose(one.samples, other.samples, atol=0.02 * np.abs(one.samples).max())


def test_gaps_that_were_lost_are_no_bursts_beside_an_offset():
    samples = (0.1 + 0.003 * complex_noise(300_000)).astype(np.complex64)
    for start in range(20_000, 290_000, 40_000):
        samples[start : start + 1_403] = 0
    assert not detected(samples)


def test_a_clipped_burst_clips_with_an_offset_too():
    scene = burst_scene(200_000, [(90_000, 12_000, 0.1)]) + np.complex64(0.1 - 0.2j)
    loud = (scene.real.clip(-0.6, 0.6) + 1j * scene.imag.clip(-0.6, 0.6)).astype(np.complex64)
    assert {one.clips for one in detected(scene)} == {False} and {one.clips for one in detected(loud)} == {True}


def test_the_scale_of_a_stream_does_not_matter():
    one, other = detected(noisy_burst()), detected(noisy_burst() * np.float32(1e-6))
    assert [(burst.sample_start, burst.sample_count) for burst in one] == [(burst.sample_start, burst.sample_count) for burst in other]


@pytest.mark.parametrize("samples", [np.zeros(300_000, np.complex64), np.full(300_000, 1 + 1j, np.complex64),
                                     np.zeros(1, np.complex64), np.ones(100, np.complex64)], ids=["zeros", "constant", "one", "few"])
def test_streams_without_noise(samples):
    """Nothing is above a floor that is all there is; what's found is still finite and inside."""
    for burst in detected(samples):
        assert 0 <= burst.sample_start and burst.sample_start + burst.sample_count <= samples.size
        assert np.isfinite(burst.samples).all() and np.isfinite(burst.snr_db)
    if not samples.any():
        assert detected(samples) == []


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("zeros, last", [(1002, 3), (16, 1), (BLOCK + 32, 5), (2 * BLOCK + 998, 3)])
def test_a_stream_that_holds_something_only_at_its_very_end(zeros, last):
    samples = np.concatenate((np.zeros(zeros, np.complex64), np.ones(last, np.complex64)))
    assert all(burst.sample_start + burst.sample_count <= samples.size for burst in detected(samples))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-20, 1e-25, 1e-30, 1e-42])
def test_what_is_too_small_for_its_square_is_nothing(scale):
    """As the output of a recursive filter that dies away."""
    assert detected((complex_noise(BLOCK + 1000) * scale).astype(np.complex64)) == []


def test_a_clipped_burst_is_one_burst():
    samples = np.clip((4 * noisy_burst()).view(np.float32), -0.5, 0.5).view(np.complex64)
    the_burst(detected(samples))


def test_8_bits_are_enough():
    the_burst(detected(quantised(noisy_burst())))


def test_a_receiver_that_is_silent_but_for_an_offset_between_bursts():
    """As 8 bits unsigned give it, of which none is zero: half a step where there is nothing, here in the band of the bursts."""
    starts, count = [60_000, 100_000, 140_000], 30_000
    tones = np.where(np.arange(count) // 100 % 2, 0.005, 0.105)
    samples = np.full(200_000, (1 + 1j) / 256, np.complex64)
    for start in starts:
        samples[start : start + count] += np.exp(2j * np.pi * np.cumsum(tones)) / 2
    found = detected(samples)
    assert [(burst.sample_start, burst.sample_count) for burst in found] == [
        (pytest.approx(start, abs=40), pytest.approx(count, abs=80)) for start in starts]


def test_an_offset_of_a_part_of_the_converters_step_changes_nothing():
    """As a program leaves it that takes the mean off 8-bit samples."""
    samples = np.zeros(300_000, np.complex64)
    for start in range(20_000, 290_000, 30_000):
        samples[start : start + 8_000] = 0.2 * keyed_softly(shifted(qpsk(8_000, 8, start), 0.05))
    received = quantised(samples)
    plain, found = detected(received), detected(received + np.complex64(0.00131 - 0.0007j))
    assert len(plain) == 9 and [burst.sample_start for burst in found] == [burst.sample_start for burst in plain]


def test_a_real_valued_receiver_that_is_silent_between_bursts():
    """Its Q is computed and holds numbers far below the step of the converter, which still is the least that noise can be."""
    samples = np.zeros(120_000, np.complex64)
    samples[50_000:70_000] = shifted(keyed_softly(qpsk(20_000, 20)), 0.2)
    real = np.rint(samples.real * 100) / np.float32(128)
    found = detected(AnalyticReader(lambda start, count: real[start : start + count], real.size).read(0, real.size))
    [burst] = [one for one in found if abs(one.centre_hz - 0.2 * RATE_HZ) < 0.01 * RATE_HZ]
    assert burst.sample_start == pytest.approx(50_000, abs=60) and burst.sample_count == pytest.approx(20_000, abs=120)
    assert 30 < burst.snr_db < 70


def test_a_steady_line_within_its_band_does_not_hide_where_a_burst_begins_and_ends():
    """The line before it and the line after it are one emission, over which the burst is not forgotten."""
    start, count = 70_000, 29_000
    samples = np.float32(0.002) * complex_noise(130_000) + shifted(np.full(130_000, 0.05, np.complex64), 0.17)
    tones = np.where(np.random.default_rng(3).integers(0, 2, count // 100).repeat(100), 0.134, 0.182)
    samples[start : start + count] += np.exp(2j * np.pi * np.cumsum(tones)).astype(np.complex64)
    [burst] = [one for one in detected(samples) if one.snr_db > 35]
    assert burst.sample_start == pytest.approx(start, abs=100) and burst.sample_count == pytest.approx(count, abs=200)


@pytest.mark.parametrize("rate_hz", [1e6, 2.4e6, 3.2e6])
def test_a_keyed_carrier_is_one_burst_at_any_rate(rate_hz):
    """Pulses of 0.6 and 4 ms, one every 4.6 ms, as a remote sends them."""
    on, period = (np.array([0.6e-3, 4e-3]) * rate_hz).astype(int), int(4.6e-3 * rate_hz)
    keyed = np.concatenate([np.arange(period) < on[bit] for bit in (0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0)])
    samples = np.float32(0.005) * complex_noise(keyed.size + int(0.03 * rate_hz))
    start = int(0.01 * rate_hz)
    samples[start : start + keyed.size] += shifted(keyed.astype(np.complex64), 5e3 / rate_hz)
    last = int(np.flatnonzero(keyed)[-1])
    [burst] = [one for one in detected(samples, rate_hz) if one.snr_db > 20]
    assert burst.sample_start == pytest.approx(start, abs=1e-4 * rate_hz)
    assert burst.sample_count == pytest.approx(last, abs=1e-4 * rate_hz)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, complex(0, np.nan), 1.01e15, complex(0, -1e25), 3e38])
def test_samples_that_are_not_finite_or_too_large_count_as_zero(bad):
    samples = noisy_burst()
    samples[[5, 30_000, 60_000]] = bad
    detector = BurstDetector(RATE_HZ)
    found = detector.push(samples) + detector.flush()
    assert detector.invalid == 3
    assert np.isfinite(the_burst(found).samples).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [1e-30, 9.9e14, 1e19, 1e25, 3e38])
@pytest.mark.parametrize("where", [slice(60_000, 61_000), slice(None, None, 50), slice(None)], ids=["run", "comb", "all"])
def test_extreme_values_are_no_error(value, where):
    samples = noisy_burst()
    samples[where] = value
    detector = BurstDetector(RATE_HZ)
    for burst in detector.push(samples) + detector.flush():
        assert np.isfinite(burst.samples).all() and np.isfinite(burst.snr_db)
    assert detector.invalid == (samples[where].size if value > 1e15 else 0)


def test_nothing_but_nan():
    detector = BurstDetector(RATE_HZ)
    assert detector.push(np.full(200_000, np.nan, np.complex64)) + detector.flush() == []
    assert detector.invalid == 200_000


def test_after_flush_it_starts_anew():
    detector = BurstDetector(RATE_HZ)
    first = detector.push(SCENE[:BLOCK]) + detector.flush()
    assert first and detector.push(SCENE[:BLOCK]) + detector.flush() == first


def test_the_callers_samples_are_left_alone():
    samples = SCENE[:BLOCK].copy()
    detected(samples)
    assert np.array_equal(samples, SCENE[:BLOCK])


def test_memory_does_not_grow_with_the_stream():
    detector, quiet = BurstDetector(RATE_HZ, max_duration_s=0.05), np.float32(0.05) * complex_noise(BLOCK)
    carrier = quiet + shifted(np.ones(BLOCK, np.complex64), 0.1)
    peaks = []
    tracemalloc.start()
    try:
        for _ in range(3):
            for samples in (quiet, carrier, carrier):
                detector.push(samples)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
    assert peaks[-1] < 1.1 * peaks[0]


@pytest.mark.parametrize("options", [{"false_alarms_per_s": 0}, {"false_alarms_per_s": -1}, {"max_duration_s": 0},
                                     {"max_duration_s": np.nan}, {"false_alarms_per_s": np.inf}])
def test_wrong_parameters_are_refused(options):
    with pytest.raises(ParameterError, match=f"'{next(iter(options))}' of a burst detector must be above 0"):
        BurstDetector(RATE_HZ, **options)


@pytest.mark.parametrize("rate_hz", [0, -1.0, np.nan, np.inf])
def test_a_rate_that_is_none_is_refused(rate_hz):
    with pytest.raises(ParameterError, match="'sample_rate_hz'"):
        BurstDetector(rate_hz)


def test_a_burst_says_whether_the_converter_cut_it_off():
    scene = burst_scene(200_000, [(90_000, 12_000, 0.1)])
    loud = (scene.real.clip(-0.6, 0.6) + 1j * scene.imag.clip(-0.6, 0.6)).astype(np.complex64)
    assert [one.clips for one in detected(scene)] == [False]
    assert {one.clips for one in detected(loud)} == {True}  # with the harmonics that clipping makes
