# SPDX-License-Identifier: GPL-3.0-or-later
"""Amplitude and phase against GNU Radio's own C++ blocks, and on samples that are not finite."""

import numpy as np
import pytest
from flowgraphs import ChunkedSource, complex_noise, run, run_chain
from gnuradio import blocks, gr, rfsec
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("length", [1, 2, 37, 128, 4096])
def test_amplitude_and_phase_are_those_of_gnuradio(length):
    samples = complex_noise(length * 50)
    out, _ = run_chain(samples, rfsec.iq_windower(length, length), rfsec.iq_to_amp_phase(length))
    top, source = gr.top_block(), ChunkedSource(samples)
    cut, magnitude, angle = blocks.stream_to_vector(8, length), blocks.complex_to_mag(length), blocks.complex_to_arg(length)
    sinks = blocks.vector_sink_f(length), blocks.vector_sink_f(length)
    top.connect(source, cut, magnitude, sinks[0])
    top.connect(cut, angle, sinks[1])
    run(top)
    amplitude, phase = (np.array(sink.data(), np.float32).reshape(-1, length) for sink in sinks)
    amplitude /= np.sqrt(np.square(amplitude, dtype=np.float64).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(out[:, :length], amplitude, rtol=1e-5)
    # complex_to_arg is a table with an error of 1e-4 or so.
    np.testing.assert_allclose(out[:, length:], phase / np.pi, atol=2e-4)


@pytest.mark.filterwarnings("error")
def test_phases_are_exact_on_the_axes_and_the_diagonals_and_near_them():
    parts = [0.0, 1.0, np.nextafter(np.float32(1), 2), 1e-7, 1e-20, 1e-42, 3e18]
    parts = np.array([sign * part for part in parts for sign in (1, -1)], np.float32)
    samples = np.concatenate([(parts[:, None] + 1j * parts).ravel(), complex_noise(10_000)]).astype(np.complex64)
    samples.real[: parts.size**2], samples.imag[: parts.size**2] = np.repeat(parts, parts.size), np.tile(parts, parts.size)
    out, _ = run_chain(samples, rfsec.iq_windower(2, 2), rfsec.iq_to_amp_phase(2))
    phase, expected = out[:, 2:].ravel(), np.arctan2(samples.imag, samples.real, dtype=np.float64) / np.pi
    np.testing.assert_allclose(phase, expected, rtol=0, atol=1e-7)
    np.testing.assert_array_equal(np.signbit(phase), np.signbit(expected))  # of zero too


@settings(max_examples=15, deadline=None)
@given(length=st.integers(2, 300), sizes=st.lists(st.integers(1, 900), min_size=1, max_size=4), max_items=st.integers(1, 60))
def test_the_cut_of_the_stream_does_not_matter(length, sizes, max_items):
    samples = complex_noise(5000)
    whole, _ = run_chain(samples, rfsec.iq_windower(length, length), rfsec.iq_to_amp_phase(length))
    cut, _ = run_chain(samples, rfsec.iq_windower(length, length), rfsec.iq_to_amp_phase(length), sizes=sizes, max_items=max_items)
    assert whole.tobytes() == cut.tobytes()


def test_tags_pass_item_by_item():
    _, tags = run_chain(complex_noise(1000), rfsec.iq_windower(10, 10), rfsec.iq_to_amp_phase(10), sizes=(33,))
    assert tags == [(0, "window_hop", 10), (0, "window_start", 0)]


@pytest.mark.filterwarnings("error")
def test_only_the_windows_that_are_not_finite_suffer():
    samples = complex_noise(128 * 8)
    expected, _ = run_chain(samples, rfsec.iq_windower(128, 128), rfsec.iq_to_amp_phase(128))
    samples[130], samples[300], samples[400], samples[512:640] = np.nan, np.inf, complex(-np.inf, np.nan), 0
    out, _ = run_chain(samples, rfsec.iq_windower(128, 128), rfsec.iq_to_amp_phase(128))
    assert [bool(np.isfinite(row).all()) for row in out] == [True, False, False, False, True, True, True, True]
    assert not out[4].any()
    good = [0, 5, 6, 7]
    np.testing.assert_array_equal(out[good], expected[good])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("strength", [1e-36, 1e-22, 1e-13, 1e19, 1e35])
def test_the_strength_of_a_window_does_not_matter(strength):
    samples = complex_noise(128 * 4)
    samples[:256] *= np.float32(strength)
    out, _ = run_chain(samples, rfsec.iq_windower(128, 128), rfsec.iq_to_amp_phase(128))
    expected, _ = run_chain(complex_noise(128 * 4), rfsec.iq_windower(128, 128), rfsec.iq_to_amp_phase(128))
    np.testing.assert_allclose(out[:2], expected[:2], rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(out[2:], expected[2:])


@pytest.mark.parametrize("value", [0, -1, (1 << 20) + 1, 2.0, "128", None])
def test_a_bad_length_raises_when_the_block_is_made(value):
    with pytest.raises(rfsec.ParameterError, match="The 'length' parameter of IQ to Amplitude-Phase must be .* Got .* instead"):
        rfsec.iq_to_amp_phase(value)
