# SPDX-License-Identifier: GPL-3.0-or-later
"""The published channel against GNU Radio's dynamic_channel_model, which made the published set."""

import numpy as np
import pytest
from gnuradio import blocks, channels, gr

from gnuradio.rfsec.datasets.rml2016a_channels import PUBLISHED_SHAPE, PublishedChannel, clean_length

RUN = 640_000


def through_gnuradio(samples, noise_amplitude):
    graph, sink = gr.top_block(), blocks.vector_sink_c()
    source = blocks.vector_source_c(samples)
    channel = channels.dynamic_channel_model(
        200e3, 0.01, 50, 0.01, 500, 8, 1, True, 4, [0, 0.9, 1.7], [1, 0.8, 0.3], 8, noise_amplitude, 0x1337
    )
    graph.connect(source, channel, sink)
    graph.run()
    return np.array(sink.data())


def test_gain_of_the_fading_is_distributed_as_in_the_published_run():
    theirs = np.abs(through_gnuradio(np.ones(RUN, np.complex64), 0.0)[1000::500])
    channel = PublishedChannel(np.random.default_rng(2))
    carrier = np.ones((4000, clean_length(PUBLISHED_SHAPE)), np.complex64)
    # A window's mean over what is left of it shows the gain; windows themselves are scaled.
    windows, snr_db = channel(carrier, np.full(4000, 4, np.int16)), 4
    mean = windows.mean(axis=1, keepdims=True)
    ratio = np.abs(mean[:, 0]) ** 2 / np.mean(np.abs(windows - mean) ** 2, axis=1)
    ours = np.sqrt(ratio * 10 ** (-2 * snr_db / 10) / 10**0.2)
    levels = (5, 25, 50, 75, 95)
    np.testing.assert_allclose(
        20 * np.log10(np.percentile(ours, levels)), 20 * np.log10(np.percentile(theirs, levels)), atol=1.0
    )


@pytest.mark.parametrize("snr_db", [-4, 6])
def test_noise_power(snr_db):
    theirs = through_gnuradio(np.zeros(20_000, np.complex64), 10 ** (-snr_db / 10))
    assert 10 * np.log10(np.mean(np.abs(theirs) ** 2)) == pytest.approx(-2 * snr_db, abs=0.3)
    # Ours scales windows; against a carrier of known gain the noise's level shows.
    carrier = np.ones((4000, clean_length(PUBLISHED_SHAPE)), np.complex64)
    windows = PublishedChannel(np.random.default_rng(1))(carrier, np.full(4000, snr_db, np.int16))
    quiet = PublishedChannel(np.random.default_rng(1))(carrier, np.full(4000, 90, np.int16))
    share = np.abs(np.sum(windows * quiet.conj(), axis=1)) ** 2
    share /= np.sum(np.abs(windows) ** 2, axis=1) * np.sum(np.abs(quiet) ** 2, axis=1)
    gain_db = 10 * np.log10(np.median(share / (1 - share))) - 2 * snr_db
    run = np.abs(through_gnuradio(np.ones(RUN, np.complex64), 0.0)[1000::1000])
    theirs_db = 20 * np.log10(np.median(run))
    assert gain_db == pytest.approx(theirs_db + 2, abs=1.0)  # the gain of 2 dB is ours, see the recipe


def test_carrier_and_clock_hardly_move():
    """The published fault: in a run of 3.2 s the walks stay far from their bounds, and a window sees a fixed turn."""
    run = through_gnuradio(np.ones(RUN, np.complex64), 0.0)
    their_turn = np.abs(np.angle(run[10_127::5000] / run[10_000::5000][: len(run[10_127::5000])]))
    carrier = np.ones((500, clean_length(PUBLISHED_SHAPE)), np.complex64)
    ours = PublishedChannel(np.random.default_rng(1))(carrier, np.full(500, 90, np.int16))
    our_turn = np.abs(np.angle(ours[:, 127] / ours[:, 0]))
    assert np.median(their_turn) < 0.05 and np.median(our_turn) < 0.05
