# SPDX-License-Identifier: GPL-3.0-or-later
"""What NIST SP 800-22 says of the keys of many agreements, and of the raw bits that they were drawn from."""

from collections.abc import Sequence

import numpy as np

from ..keygen.nist_proportions import Proportion, proportions, sequences_of
from .keygen_sessions import SessionResult

FEWEST_KEYS = 100  # of sequences that section 4.2.1 judges a proportion of, at its level of 0.01
_BITS = 128


def randomness(results: Sequence[SessionResult]) -> dict[str, dict[str, Proportion]] | None:
    """Return what each test says, by "final", the keys, and "raw", the bits of the same agreements in sequences of 128.

    Tests that need more bits than that are left out. None where fewer than 100 agreements ended with a key.

    Raw bits show what the channel gives. Final keys pass whatever Eve knows, see ``keygen.nist``.
    """
    good = [one for one in results if one.key is not None]
    if len(good) < FEWEST_KEYS:
        return None
    keys = np.stack([np.unpackbits(np.frombuffer(one.key, np.uint8)) for one in good])
    raw = np.concatenate([sequences_of(one.raw_bits, _BITS) for one in good])
    return {what: {name: share for name, share in proportions(bits).items() if share is not None} for what, bits in (("final", keys), ("raw", raw))}
