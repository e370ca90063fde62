# SPDX-License-Identifier: GPL-3.0-or-later
"""No two pieces of data have one random stream."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.seeding import Purpose, seed_sequence
from gnuradio.rfsec.errors import ParameterError

LARGEST = 2**32 - 1


def test_every_number_of_a_piece_counts():
    pieces = [(seed, index, variant) for seed in (0, 1, 7, LARGEST) for index in (0, 1, 7, LARGEST) for variant in ((), (1,), (7,), (1, 7))]
    states = [seed_sequence(purpose, *piece).generate_state(4) for purpose in Purpose for piece in pieces]
    assert len(np.unique(states, axis=0)) == len(states)


@pytest.mark.parametrize("seed, index, got", [(2**32 + 7, 0, 2**32 + 7), (7, 2**32, 2**32), (-1, 0, -1), (0, -2, -2)])
def test_a_number_of_more_than_32_bits_is_refused(seed, index, got):
    """NumPy would take it for two: seed 2**32 + 7 was that of seed 7's second chunk."""
    with pytest.raises(ParameterError, match=f"must be at least 0 and at most {LARGEST}. Got {got} instead"):
        seed_sequence(Purpose.EVALUATION, seed, index)
