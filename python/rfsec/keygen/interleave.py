# SPDX-License-Identifier: GPL-3.0-or-later
"""Public permutations: they spread a bad probe's errors over all blocks, and are different in each pass."""

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ..errors import ParameterError

SEED_BYTES = 32
_WORD = 8


def permutation(seed: bytes, number: int, count: int) -> np.ndarray:
    """Return a permutation of `count` places, int64 [count]: the order of `count` words of AES in counter mode.

    Parameters
    ----------
    seed : bytes
        `SEED_BYTES` bytes, public, chosen after the probes were measured.
    number : int
        Of the permutation, at least 0 and below 2^64.
    count : int
        At least 0.

    Raises
    ------
    ParameterError
        The seed has another length.
    """
    if len(seed) != SEED_BYTES:
        raise ParameterError(f"The seed of a permutation must have {SEED_BYTES} bytes. Got {len(seed)} instead.")
    # The number stands in the upper half of the counter: in the lower half, each stream would be the one before, shifted.
    stream = Cipher(algorithms.AES(seed), modes.CTR(number.to_bytes(8, "big") + bytes(8))).encryptor()
    words = np.frombuffer(stream.update(bytes(_WORD * count)), "<u8")
    return np.argsort(words, kind="stable")
