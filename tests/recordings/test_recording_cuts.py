# SPDX-License-Identifier: GPL-3.0-or-later
"""The same samples have the same bytes however the reads are cut, real IFs included."""

import numpy as np
import pytest
from gnuradio.rfsec.recordings.analytic import AnalyticReader, hilbert_taps
from gnuradio.rfsec.recordings.recording import open_recording
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import signal
from scipy.io import wavfile

COUNT = 80_000  # more than two blocks of the Hilbert filter


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cuts")
    rng = np.random.default_rng(7)
    body = rng.bytes(2 * COUNT)
    (folder / "a.cu8").write_bytes(body)
    (folder / "a.cs8").write_bytes(body)
    (folder / "a.cs16").write_bytes(2 * body)
    (folder / "a.cf32").write_bytes(rng.standard_normal(2 * COUNT).astype("<f4").tobytes())
    real = rng.integers(-32768, 32768, COUNT).astype("<i2")
    wavfile.write(folder / "iq.wav", 48000, np.stack([real, real[::-1]], axis=1))
    wavfile.write(folder / "real.wav", 48000, real)
    holes = rng.standard_normal(COUNT).astype("<f4")
    holes[[5, 40_000]] = np.nan, np.inf
    wavfile.write(folder / "holes.wav", 48000, holes)
    return sorted(folder.iterdir())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cut_gives_identical_bytes(files, data):
    path = data.draw(st.sampled_from(files))
    cuts = data.draw(st.lists(st.integers(0, COUNT), max_size=12))
    edges = [0, *sorted(cuts), COUNT]
    pieces = list(zip(edges, edges[1:]))
    with open_recording(path) as whole, open_recording(path) as cut:
        truth = whole.read(0, COUNT)
        parts = {piece: cut.read(piece[0], piece[1] - piece[0]) for piece in data.draw(st.permutations(pieces))}
    assert truth.size == COUNT
    assert np.concatenate([parts[piece] for piece in pieces]).tobytes() == truth.tobytes()


def test_analytic_signal_is_scipys_in_mid_signal_and_not_delayed():
    rng = np.random.default_rng(3)
    band = signal.firwin(301, [0.05, 0.95], pass_zero=False, window=("kaiser", 10.0))
    real = signal.lfilter(band, 1, rng.standard_normal(COUNT)).astype(np.float32)
    reader = AnalyticReader(lambda start, count: real[start : start + count], COUNT)
    samples = reader.read(0, COUNT)
    truth = signal.hilbert(real.astype(np.float64))
    middle = slice(10_000, COUNT - 10_000)  # scipy's is circular: the other end leaks in as one over the distance
    assert np.array_equal(samples.real, real)
    assert np.abs(samples - truth)[middle].max() < 1e-4 * np.abs(truth).max()


def test_hilbert_filter_is_flat_between_its_edges():
    frequency, response = signal.freqz(hilbert_taps(), worN=1 << 14, fs=1.0)
    inside = (frequency > 0.005) & (frequency < 0.495)
    assert np.abs(np.abs(response[inside]) - 1).max() < 2e-4


def test_a_nan_spoils_only_the_outputs_that_reach_it():
    real = np.ones(COUNT, np.float32)
    real[50_000] = np.nan
    reader = AnalyticReader(lambda start, count: real[start : start + count], COUNT)
    spoiled = np.flatnonzero(np.isnan(reader.read(0, COUNT)))
    assert spoiled.min() == 50_000 - 255 and spoiled.max() == 50_000 + 255
