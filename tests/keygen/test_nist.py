# SPDX-License-Identifier: GPL-3.0-or-later
"""SP 800-22 against the examples of the standard, and what every implementation must do at its edges."""

import tracemalloc

import numpy as np
import pytest

from gnuradio.rfsec.keygen import nist
from gnuradio.rfsec.keygen.nist_patterns import approximate_entropy, serial
from gnuradio.rfsec.keygen.nist_proportions import proportions
from gnuradio.rfsec.keygen.nist_rank import _ranks

# The first 100 binary digits of pi: the example of most sections.
PI_100 = "1100100100001111110110101010001000100001011010001100001000110100110001001100011001100010100010111000"


def bits(text):
    return np.array([list(map(int, text))], np.uint8)


@pytest.mark.parametrize("test, text, values", [
    (nist.frequency, "1011010101", [0.527089]),  # 2.1.8
    (nist.frequency, PI_100, [0.109599]),
    (nist.runs, "1001101011", [0.147232]),  # 2.3.8
    (nist.runs, PI_100, [0.500798]),
    (nist.dft, "1001010011", [0.468160]),  # 2.6.8 with the variance of sts 2.1.2
    (nist.dft, PI_100, [0.646355]),
    (lambda x: serial(x, 3), "0011011101", [0.808792, 0.670320]),  # 2.11.8
    (lambda x: approximate_entropy(x, 3), "0100110101", [0.261961]),  # 2.12.8
    (lambda x: approximate_entropy(x, 2), PI_100, [0.235301]),
    (nist.cumulative_sums, "1011010111", [0.411659, 0.411659]),  # 2.13.8
    (nist.cumulative_sums, PI_100, [0.219194, 0.114866]),
])
def test_the_examples_of_the_standard(test, text, values):
    np.testing.assert_allclose(test(bits(text))[0], values, atol=5e-7)


def test_no_test_takes_more_than_twenty_bytes_a_bit():
    """Or a file of 2^28 bits, the most that is read, would not fit into the memory of most machines."""
    taken = {}
    for name, one in nist.TESTS.items():
        tracemalloc.start()
        one.run(np.random.default_rng(1).integers(0, 2, (1, 1 << 18), np.uint8))
        taken[name] = tracemalloc.get_traced_memory()[1] / (1 << 18)
        tracemalloc.stop()
    assert max(taken.values()) < 20, taken


def test_cumulative_sums_count_from_the_first_bit_and_from_the_last():
    """Against the plain sums of either direction, where the farthest is at the ends or above, below or at 0."""
    rows = [*np.random.default_rng(1).integers(0, 2, (20, 37), np.uint8), *np.eye(37, dtype=np.uint8), *(1 - np.tri(37, dtype=np.uint8))]
    expected = [[nist._cumulative(37, int(np.abs(np.cumsum(2 * way.astype(int) - 1)).max())) for way in (one, one[::-1])] for one in rows]
    np.testing.assert_array_equal(nist.cumulative_sums(np.array(rows)), expected)


def test_the_block_frequency_example_of_the_standard(monkeypatch):
    monkeypatch.setattr(nist, "BLOCK", 3)
    assert nist.block_frequency(bits("0110011010"))[0, 0] == pytest.approx(0.801252, abs=5e-7)  # 2.2.8
    monkeypatch.setattr(nist, "BLOCK", 10)
    assert nist.block_frequency(bits(PI_100))[0, 0] == pytest.approx(0.706438, abs=5e-7)


def test_ranks_are_those_of_elimination_by_hand():
    rng = np.random.default_rng(1)
    matrices = [np.eye(32, dtype=int), np.ones((32, 32), int), np.zeros((32, 32), int), np.fliplr(np.eye(32, dtype=int)),
                *rng.integers(0, 2, (60, 32, 32)), rng.integers(0, 2, (32, 7)) @ rng.integers(0, 2, (7, 32)) % 2]
    rows = np.array([[int("".join(map(str, row)), 2) for row in one] for one in matrices], np.uint32)
    assert _ranks(rows).tolist() == [by_hand(one.copy()) for one in matrices]


def by_hand(matrix):
    rank = 0
    for column in range(32):
        pivots = [row for row in range(rank, 32) if matrix[row, column]]
        if pivots:
            matrix[[rank, pivots[0]]] = matrix[[pivots[0], rank]]
            for row in range(32):
                if row != rank and matrix[row, column]:
                    matrix[row] ^= matrix[rank]
            rank += 1
    return rank


def test_many_sequences_at_once_give_what_each_gives():
    sequences = np.random.default_rng(2).integers(0, 2, (7, 40_000), dtype=np.uint8)
    for name, test in nist.TESTS.items():
        np.testing.assert_allclose(test.run(sequences), [test.run(one[None])[0] for one in sequences], err_msg=name)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0, 1])
def test_constant_bits_fail_every_test(value):
    found = nist.all_tests(np.full(50_000, value, np.uint8))
    assert all(max(values) < 0.01 for values in found.values())


def test_what_is_too_short_says_nothing():
    found = nist.all_tests(np.random.default_rng(3).integers(0, 2, 16, dtype=np.uint8))
    assert [name for name, values in found.items() if values is None] == ["block_frequency", "rank", "approximate_entropy", "serial"]


def test_patterns_are_as_long_as_the_standard_allows():
    """2.11.7 and 2.12.7: shorter than floor(log2 n) - 2 and floor(log2 n) - 5; at most those of the reference code."""
    rng = np.random.default_rng(5)
    for count, of_entropy, of_serial in ((128, 1, 4), (255, 1, 4), (1024, 4, 7), (100_000, 10, 13), (1 << 19, 10, 16), (1 << 20, 10, 16)):
        sequence = rng.integers(0, 2, (1, count), dtype=np.uint8)
        np.testing.assert_array_equal(approximate_entropy(sequence), approximate_entropy(sequence, of_entropy))
        np.testing.assert_array_equal(serial(sequence), serial(sequence, of_serial))


@pytest.mark.parametrize("pattern", [[0], [1], [0, 1], [0, 0, 1, 1]])
def test_a_key_that_repeats_one_pattern_has_no_entropy(pattern):
    found = nist.all_tests(np.resize(np.uint8(pattern), 128))
    assert max(found["serial"]) < 0.01 and (len(pattern) == 4 or max(found["approximate_entropy"]) < 0.01)  # which looks at pairs


def test_good_bits_pass_at_the_proportion_that_the_standard_expects_and_bad_ones_do_not():
    rng = np.random.default_rng(4)
    good, bad = rng.integers(0, 2, (2000, 1024), dtype=np.uint8), (rng.random((2000, 1024)) < 0.54).astype(np.uint8)
    found = proportions(good)  # the spectrum needs longer sequences
    assert all(found[name].as_expected for name in ("frequency", "block_frequency", "cumulative_sums", "runs", "approximate_entropy", "serial"))
    assert found["frequency"].uniformity > 1e-4 > proportions(bad)["frequency"].uniformity
    assert not proportions(bad)["frequency"].as_expected
