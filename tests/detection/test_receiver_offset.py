# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver's constant: found beside whatever is on the air, and never taken for a carrier that says something."""

import numpy as np
import pytest
from flowgraphs import complex_noise
from gnuradio.rfsec.detection.finder import BLOCK
from gnuradio.rfsec.detection.receiver_offset import ReceiverOffset, without

TIME = np.arange(BLOCK)
SPEECH = np.convolve(np.random.default_rng(2).standard_normal(BLOCK), np.ones(40) / 40, "same")
SPEECH /= np.abs(SPEECH).max()
FSK = np.exp(0.1j * np.cumsum(np.resize(np.repeat(np.random.default_rng(4).choice([-1, 1], BLOCK // 100), 100), BLOCK)))


def offset_of(samples, follower=None):
    noise = np.float32(1e-3) * complex_noise(samples.size)
    return complex((follower or ReceiverOffset()).of((samples + noise).astype(np.complex64)))


@pytest.mark.parametrize("constant", [0.01j, 0.05 - 0.05j, 0.6 + 0.3j])
@pytest.mark.parametrize("bursts", [0 * TIME, 0.3 * FSK * (TIME // 9000 % 2), 0.3 * complex_noise(BLOCK) * (TIME // 700 % 8 > 0)], ids=["noise", "FSK", "frames"])
def test_it_is_found_beside_bursts(bursts, constant):
    assert abs(offset_of(bursts + constant) - constant) < 1e-3


@pytest.mark.parametrize("carrier", [
    *(0.3 * (1 + depth * SPEECH) * np.exp(2j * np.pi * turns * TIME / BLOCK) for depth in (0.1, 0.2, 0.5, 1) for turns in (0, 0.003, 0.03, 0.2, 3)),
    0.3 * (TIME // 3000 % 3 > 0), 0.3 * (0.8 + 0.2 * (TIME // 300 % 2)), 0.3 * (TIME // 3000 % 3 > 0) + 0.1j, 0.3 * FSK])
def test_a_modulated_carrier_is_none(carrier):
    assert offset_of(carrier) == 0


@pytest.mark.parametrize("depth", [0.1, 0.3, 0.8])
def test_a_modulated_carrier_that_begins_after_a_pause_is_none_in_any_block(depth):
    samples = np.zeros(3 * BLOCK, complex)
    samples[30_000:-30_000] = 0.3 * (1 + depth * np.resize(SPEECH, 3 * BLOCK - 60_000))
    follower = ReceiverOffset()
    assert [offset_of(block, follower) for block in np.split(samples, 3)] == [0, 0, 0]


def test_noise_alone_has_none():
    assert offset_of(0j * TIME) == 0 and offset_of(np.zeros(20, complex)) == 0 and complex(ReceiverOffset().of(np.zeros(BLOCK, np.complex64))) == 0


def test_a_block_that_a_burst_fills_has_that_of_the_one_before_and_a_receiver_tuned_elsewhere_has_not():
    follower, constant = ReceiverOffset(), 0.05 + 0.02j
    kept = offset_of(0.3 * FSK * (TIME // 9000 % 2) + constant, follower)
    assert abs(kept - constant) < 1e-3
    assert offset_of(0.3 * FSK + constant, follower) == kept
    assert offset_of(0j * TIME, follower) == 0


def test_a_keyed_carrier_that_fills_a_block_is_none_as_the_pause_before_had_less():
    follower = ReceiverOffset()
    assert offset_of(0j * TIME, follower) == 0 and offset_of(0.3 + 0 * TIME, follower) == 0
    follower = ReceiverOffset()
    constant = offset_of(0.01 + 0 * TIME, follower)
    assert abs(constant - 0.01) < 1e-3 and offset_of(0.01 + 0.3j + 0 * TIME, follower) == constant


def test_samples_that_were_lost_have_none():
    received = (0.1 + 1e-3 * complex_noise(10_000)).astype(np.complex64)
    received[3_000:4_005], received[7_000:7_003] = 0, 0
    left = without(received, np.complex64(0.1))
    assert not left[3_000:4_005].any() and np.abs(left[7_000:7_003] + 0.1).max() < 1e-6 and np.abs(left.mean()) < 1e-3
