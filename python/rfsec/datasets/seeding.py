# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds by purpose: training, validation and evaluation data never share a random stream."""

from enum import IntEnum

import numpy as np

from ..errors import ParameterError


class Purpose(IntEnum):
    """What data is for; the first word of its entropy, so that equal seeds of two purposes are independent."""

    EVALUATION = 0
    TRAINING = 1
    VALIDATION = 2
    SCENE = 3
    SPLIT = 4
    WORLD = 5


LARGEST_SEED = 2**31 - 1  # what NumPy, PyTorch and scikit-learn all take, and room for offsets
_LARGEST_WORD = 2**32 - 1  # NumPy takes a larger number for two, and then those of two pieces of data may be the same


def check_seed(seed: int) -> None:
    """Raises ParameterError unless `seed` is one that every part of a training takes."""
    if not 0 <= seed <= LARGEST_SEED:
        raise ParameterError(f"The 'seed' of a training must be 0 to {LARGEST_SEED}. Got {seed} instead.")


def seed_sequence(purpose: Purpose, seed: int, index: int = 0, variant: tuple[int, ...] = ()) -> np.random.SeedSequence:
    """Return the seed sequence of one chunk of data.

    Parameters
    ----------
    purpose : Purpose
    seed : int
        The user's seed, 0 to 4294967295.
    index : int
        Number of the chunk, 0 to 4294967295.
    variant : tuple of int, positive
        What tells one data set from another that is made of the same seed.

    Raises
    ------
    ParameterError
        If `seed` or `index` is outside its range.
    """
    for number in (seed, index):
        if not 0 <= number <= _LARGEST_WORD:
            raise ParameterError(f"The 'seed' of generated data must be at least 0 and at most {_LARGEST_WORD}. Got {number} instead.")
    return np.random.SeedSequence((int(purpose), seed, index, *variant))
