# SPDX-License-Identifier: GPL-3.0-or-later
"""The small picture of a burst: the kind that its label asks for, whatever the burst is like."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from gnuradio.rfsec.detection.burst import Burst
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols
from gnuradio.rfsec.report.pictures import HEIGHT, WIDTH, picture

LABELS = ["BPSK", "QPSK", "8PSK", "16QAM", "64QAM", "2-FSK", "4-FSK", "OOK", "4-ASK", "AM", "SSB", "FM", "OFDM", "carrier",
          "noise", "my own", None]
RATE_HZ = 20e3


def burst(samples, symbol_rate_hz=None):
    samples = np.asarray(samples, np.complex64)
    return Burst(0, samples.size, 1e6, 0.0, RATE_HZ / 2, 20.0, symbol_rate_hz, samples, RATE_HZ)


def parsed(html: str):
    """The picture and its caption."""
    whole = ElementTree.fromstring(f"<td>{html}</td>")
    assert [child.tag for child in whole] == ["svg", "small"]
    return whole[0], whole[1].text


def points(svg) -> np.ndarray:
    """What a curve or a cloud of dots goes through, [n, 2]."""
    text = svg[-1].get("points") or svg[-1].get("d").replace("h0", "").replace("M", " ")
    return np.array(re.findall(r"-?[\d.]+", text), float).reshape(-1, 2)


def qpsk(count=400):
    symbols = np.exp(1j * np.pi / 4 * np.random.default_rng(2).choice([1, 3, 5, 7], (1, count))).astype(np.complex64)
    return shape_symbols(symbols, 4, 0.3)[0]


def test_symbols_are_shown_where_their_rate_is_known():
    svg, caption = parsed(picture(burst(qpsk(), RATE_HZ / 4), "QPSK"))
    assert re.fullmatch(r"(399|400) symbols", caption)
    corners = (points(svg) - (WIDTH / 2, HEIGHT / 2)) / HEIGHT * 2
    assert (np.abs(corners).min(axis=1) > 0.2).mean() > 0.95  # no dots on the axes: four clouds in the corners


def test_samples_are_shown_where_it_is_not():
    svg, caption = parsed(picture(burst(qpsk()), "QPSK"))
    assert caption == "400 samples" and len(points(svg)) == 400


def test_fsk_shows_its_two_frequencies():
    steps = np.repeat(np.random.default_rng(3).choice([-1, 1], 40), 10)
    svg, caption = parsed(picture(burst(np.exp(2j * np.pi * 0.1 * np.cumsum(steps)), RATE_HZ / 10), "2-FSK"))
    heights = points(svg)[:, 1]
    assert re.fullmatch(r"±2\.4 kHz over 20 ms", caption)
    assert abs(heights.max() - HEIGHT * (0.5 + 1 / 2.4)) < 1 and abs(heights.min() - HEIGHT * (0.5 - 1 / 2.4)) < 1
    assert np.isin(heights.round(), [heights.max().round(), heights.min().round()]).mean() > 0.9


def test_ook_shows_its_pulses():
    keyed = np.repeat(np.arange(24) % 2, 10)
    svg, caption = parsed(picture(burst(keyed), "OOK"))
    heights = points(svg)[:, 1]
    assert caption == "amplitude over 12 ms"
    assert np.array_equal(heights < HEIGHT / 2, keyed == 1)


def test_ofdm_shows_its_spectrum():
    tones = np.exp(2j * np.pi * 0.2 * np.arange(1000))
    svg, caption = parsed(picture(burst(tones), "OFDM"))
    highest = points(svg)[points(svg)[:, 1].argmin(), 0]
    assert "spectrum" in caption and abs(highest - WIDTH * 0.7) < 2


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("samples", [[0], [1], [1, 1j], np.zeros(5000), np.ones(300), 1e30 * np.ones(7)])
@pytest.mark.parametrize("symbol_rate_hz", [None, 1.0, RATE_HZ / 2, 1e9])
def test_every_burst_has_a_picture(label, samples, symbol_rate_hz):
    svg, caption = parsed(picture(burst(samples, symbol_rate_hz), label))
    places = points(svg)
    assert caption and np.isfinite(places).all()
    assert (places >= -0.5).all() and (places <= (WIDTH + 0.5, HEIGHT + 0.5)).all()
