# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of six amplifiers: as unlike as the sources say, the same for a seed, split by recording, at the SNR they state."""

from itertools import combinations

import numpy as np
import pytest
from gnuradio.rfsec.datasets.amplifier_set import COUNT, draw_amplifier_set
from gnuradio.rfsec.datasets.amplifiers import (
    EMITTERS,
    MODULATIONS,
    SAMPLE_RATE_HZ,
    SNRS_DB,
    SPLIT,
    WINDOW,
    WINDOWS_PER_SNR,
    AmplifierBench,
)
from gnuradio.rfsec.datasets.seeding import Purpose
from gnuradio.rfsec.dsp.constellations import constellation
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols
from gnuradio.rfsec.errors import ParameterError
from scipy import signal


@pytest.mark.parametrize("seed", range(12))
def test_two_amplifiers_differ_as_much_as_real_ones(seed):
    errors, one_set = [], draw_amplifier_set(seed)
    for name in ("BPSK", "QPSK", "8PSK", "16PSK", "QAM16", "QAM64", "QAM256", "QAM1024"):
        points = constellation(name, unit_power=True)
        row = shape_symbols(points[np.random.default_rng(seed).integers(0, points.size, (1, 600))], 10, 0.35)
        row /= np.sqrt(np.mean(np.abs(row) ** 2))
        sent = one_set.send(np.repeat(row, COUNT, axis=0), np.arange(COUNT))
        np.testing.assert_allclose(np.mean(np.abs(sent) ** 2, axis=1), 1, atol=1e-5)
        for one, other in combinations(sent, 2):
            gain = np.vdot(other, one) / np.vdot(other, other)
            errors.append(np.mean(np.abs(one - gain * other) ** 2))
    assert -26 < 10 * np.log10(np.median(errors)) < -21


def test_an_amplifier_remembers_across_the_end_of_a_period():
    one = draw_amplifier_set(1)
    row = np.exp(2j * np.pi * np.arange(64) / 8).astype(np.complex64)[None]
    sent = one.send(row, np.array([2]))[0]
    np.testing.assert_allclose(sent[:8], sent[-8:], atol=1e-5)  # a tone comes out as a tone, at its ends too


def test_the_set_is_the_papers():
    assert len(EMITTERS) == 6 and len(MODULATIONS) == 8 and (SAMPLE_RATE_HZ, WINDOW) == (10e6, 6000)
    assert 6 * 8 * 10 * WINDOWS_PER_SNR * len(SNRS_DB) == 36_000
    assert [len(part) for part in SPLIT.values()] == [7, 2, 1]
    assert sorted(number for part in SPLIT.values() for number in part) == list(range(10))


@pytest.mark.parametrize("payload", ["repeated", "random"])
def test_equal_seeds_give_equal_windows_and_others_do_not(payload):
    one, same, other = (AmplifierBench(seed, payload).windows([3], 1, (10,)) for seed in (5, 5, 6))
    assert one.sha256() == same.sha256() != other.sha256()
    assert len(one) == 48 and (one.recording == 3).all() and one.x.shape == (48, WINDOW)
    assert {(m, e) for m, e in zip(one.modulation, one.emitter)} == {(m, e) for m in range(8) for e in range(6)}
    again = AmplifierBench(5, payload).windows([3], 1, (10,), Purpose.EVALUATION)
    assert again.sha256() != one.sha256()


@pytest.mark.parametrize("payload", ["repeated", "random"])
def test_the_snr_is_what_it_says(payload):
    for snr_db in (0, 20):
        windows = AmplifierBench(2, payload).windows([0], 2, (snr_db,))
        frequency, power = signal.welch(windows.x.astype(np.complex128), SAMPLE_RATE_HZ, nperseg=1000, return_onesided=False)
        noise = np.median(power[:, np.abs(frequency) > 3.5e6]) * SAMPLE_RATE_HZ
        total = np.mean(np.abs(windows.x.astype(np.complex128)) ** 2)
        assert 10 * np.log10(total / noise - 1) == pytest.approx(snr_db, abs=0.4)


def test_repeated_data_turn_after_511_symbols_and_random_data_do_not():
    def likeness(payload):
        x = AmplifierBench(2, payload, offset_hz=0).windows([0], 1, (60,)).x
        return np.abs([np.vdot(row[:800], row[5110:5910]) / np.vdot(row[:800], row[:800]) for row in x])

    np.testing.assert_allclose(likeness("repeated"), 1, atol=0.01)
    assert np.median(likeness("random")) < 0.5


def test_all_amplifiers_send_the_same_data():
    x = AmplifierBench(2, offset_hz=0).windows([0], 1, (60,))
    rows = [np.fft.fft(x.x[(x.emitter == emitter) & (x.modulation == 4)][0][:5110]) for emitter in (0, 1)]
    matched = np.abs(np.fft.ifft(rows[0] * np.conj(rows[1]))).max() * 5110
    assert matched > 0.98 * np.linalg.norm(rows[0]) * np.linalg.norm(rows[1])


@pytest.mark.parametrize("payload", ["repeated", "random"])
def test_each_recording_has_one_carrier_within_its_bound(payload):
    x = AmplifierBench(4, payload, offset_hz=2000).windows(range(6), 2, (40,))
    bpsk = x[x.modulation == 0]
    line = np.abs(np.fft.fft(bpsk.x.astype(np.complex128) ** 2, 1 << 17, axis=1))
    frequency = np.fft.fftfreq(1 << 17, 1 / SAMPLE_RATE_HZ) / 2
    near = np.abs(frequency) < 4000
    found = frequency[near][line[:, near].argmax(axis=1)]
    assert (np.abs(found) < 2150).all() and np.ptp(found) > 1000
    for recording in range(6):
        for emitter in range(6):
            pair = found[(bpsk.recording == recording) & (bpsk.emitter == emitter)]
            assert np.ptp(pair) < 200


@pytest.mark.parametrize("samples_per_symbol", [8, 12])
def test_another_symbol_rate(samples_per_symbol):
    x = AmplifierBench(2, "random", samples_per_symbol).windows([0], 1, (30,)).x[:6].astype(np.complex128)
    power = np.abs(x) ** 2
    lines = np.abs(np.fft.fft(power - power.mean(axis=1, keepdims=True), axis=1)).mean(axis=0)
    assert np.argmax(lines[300:3000]) + 300 == pytest.approx(WINDOW / samples_per_symbol, abs=1)


@pytest.mark.parametrize("fields, said", [({"payload": "none"}, "'payload' of amplifiers must be one of repeated, random"),
                                          ({"seed": -1}, "'seed' of generated data must be at least 0")])
def test_refusals(fields, said):
    with pytest.raises(ParameterError, match=said):
        AmplifierBench(**{"seed": 1} | fields).windows([0], 1)
