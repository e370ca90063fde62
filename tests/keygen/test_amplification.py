# SPDX-License-Identifier: GPL-3.0-or-later
"""Privacy amplification: how much may be drawn, and that the hash is the universal one."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import KeyAgreementError, ParameterError
from gnuradio.rfsec.keygen.amplification import secret_bits, seed_bytes, toeplitz_hash
from scipy import linalg


def packed(bits):
    return np.packbits(np.asarray(bits, np.uint8)).tobytes()


@pytest.mark.parametrize("credit, leaked, epsilon, left", [(387.2, 40, 2.0**-32, 283), (193, 0.5, 2.0**-32, 128), (65, 0, 2.0**-32, 1),
                                                           (100, 0, 0.5, 98)])
def test_credit_less_leakage_less_slack(credit, leaked, epsilon, left):
    assert secret_bits(credit, leaked, epsilon) == left


@pytest.mark.parametrize("credit, leaked", [(64.9, 0), (0, 0), (1000, 936), (-5, 0), (1000, 5000)])
def test_nothing_left_is_no_key(credit, leaked):
    with pytest.raises(KeyAgreementError, match="bits of credit, less .* Take more probes"):
        secret_bits(credit, leaked, 2.0**-32)


@pytest.mark.parametrize("wrong", [(np.nan, 0, 0.1), (np.inf, 0, 0.1), (100, np.nan, 0.1), (100, -1, 0.1), (100, np.inf, 0.1), (100, 0, 0), (100, 0, 1),
                                   (100, 0, np.nan)])
def test_what_is_no_number_is_no_key(wrong):
    with pytest.raises(ParameterError):
        secret_bits(*wrong)


@pytest.mark.parametrize("length, count", [(1, 1), (8, 8), (13, 5), (300, 128), (3400, 256)])
def test_the_hash_is_a_toeplitz_matrix_times_the_bits(length, count):
    rng = np.random.default_rng(length)
    bits = rng.integers(0, 2, length, dtype=np.uint8)
    seed = rng.bytes(seed_bytes(length, count))
    diagonals = [byte >> 7 - place & 1 for byte in seed for place in range(8)][: length + count - 1]
    matrix = linalg.toeplitz(diagonals[length - 1 :], diagonals[length - 1 :: -1])
    assert matrix.shape == (count, length)
    assert toeplitz_hash(bits, seed, count) == packed(matrix @ bits % 2)


def test_two_different_inputs_collide_under_exactly_their_share_of_seeds():
    length, count = 5, 4
    for difference in range(1, 1 << length):
        bits = np.array([difference >> place & 1 for place in range(length)], np.uint8)
        hashes = [toeplitz_hash(bits, bytes([seed]), count)[0] >> 4 for seed in range(256)]  # all 8 diagonals
        # The hash is linear, as the test above shows: a collision is a 0. Every value comes equally often.
        assert np.bincount(hashes, minlength=1 << count).tolist() == [256 >> count] * (1 << count)


def test_long_inputs_are_exact():
    length, count = 300_000, 256
    seed = b"\xff" * seed_bytes(length, count)
    assert toeplitz_hash(np.ones(length, np.uint8), seed, count) == bytes(32)
    assert toeplitz_hash(np.append(np.ones(length - 1, np.uint8), 0), seed, count) == b"\xff" * 32


@pytest.mark.parametrize("bits, seed, count", [([1, 0, 1], b"\0", 0), ([1, 0, 1], b"\0", 4), ([], b"", 1), ([1] * 8, b"\0", 4), ([1, 0, 2], b"\0", 2),
                                               ([1, 0, -1], b"\0", 2), ([[1, 0]], b"\0", 1), ([np.nan, 0], b"\0", 1)])
def test_what_is_out_of_its_rule_is_refused(bits, seed, count):
    with pytest.raises(ParameterError):
        toeplitz_hash(np.array(bits), seed, count)
