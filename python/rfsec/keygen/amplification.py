# SPDX-License-Identifier: GPL-3.0-or-later
"""Privacy amplification: bits of which Eve knows something are hashed to fewer of which she knows next to nothing.

C. H. Bennett, G. Brassard, C. Crepeau and U. M. Maurer, "Generalized privacy amplification", IEEE Trans. Inf. Theory 41(6), 1995;
as the leftover hash lemma in R. Impagliazzo, L. Levin and M. Luby, STOC 1989, and with what was said in public in Y. Dodis et al.,
"Fuzzy extractors", SIAM J. Comput. 38(1), 2008, lemmas 2.2 and 2.4. Toeplitz matrices are a universal family: H. Krawczyk,
"LFSR-based hashing and authentication", CRYPTO 1994, section 4.
"""

import math

import numpy as np
from scipy import signal

from ..errors import KeyAgreementError, ParameterError


def secret_bits(credit_bits: float, leaked_bits: float, epsilon: float) -> int:
    """Return how many bits may be drawn: credit - leakage - 2 log2(1 / epsilon), rounded down.

    Parameters
    ----------
    credit_bits : float
        Min-entropy of the bits before anything was said in public.
    leaked_bits : float
        Public bits about them, each of which costs at most one bit of min-entropy.
    epsilon : float
        In (0, 1): the statistical distance of what is drawn from uniform bits that Eve knows nothing of.

    Raises
    ------
    KeyAgreementError
        Nothing is left.
    ParameterError
        A value is outside its range.
    """
    if not 0 < epsilon < 1:
        raise ParameterError(f"The 'epsilon' of a key must be above 0 and below 1. Got {epsilon} instead.")
    if not (math.isfinite(credit_bits - leaked_bits) and leaked_bits >= 0):
        raise ParameterError(f"A credit and a leakage must be finite, and the leakage at least 0. Got {credit_bits} and {leaked_bits} instead.")
    slack = 2 * math.log2(1 / epsilon)
    left = math.floor(credit_bits - leaked_bits - slack)
    if left <= 0:
        raise KeyAgreementError(
            f"The channel gave no key: {credit_bits:.1f} bits of credit, less {leaked_bits:.1f} that were said in public, less "
            f"{slack:.0f} of slack. Take more probes, further apart."
        )
    return left


def seed_bytes(bits: int, count: int) -> int:
    """Return the bytes of a seed that hashes `bits` bits to `count` bits."""
    return (bits + count - 1 + 7) // 8


def toeplitz_hash(bits: np.ndarray, seed: bytes, count: int) -> bytes:
    """Return `count` bits, packed, the first one highest, of a Toeplitz matrix times the bits, modulo 2.

    Row i, column j of the matrix is bit i - j + n - 1 of the seed.

    Parameters
    ----------
    bits : uint8 [n]
        0 or 1.
    seed : bytes
        At least ``seed_bytes(n, count)`` of uniform bits, chosen after the probes were measured; public.
    count : int
        At least 1, at most n.

    Raises
    ------
    ParameterError
        The bits are not 0 and 1, the count is outside its range, or the seed is too short.
    """
    bits = np.asarray(bits)
    if bits.ndim != 1 or not np.isin(bits, (0, 1)).all():
        raise ParameterError(f"The bits to hash must be one row of 0 and 1. Got an array of shape {bits.shape} instead.")
    if not 1 <= count <= len(bits):
        raise ParameterError(f"The 'count' of hashed bits must be 1 to {len(bits)}, the bits that are hashed. Got {count} instead.")
    if len(seed) < seed_bytes(len(bits), count):
        raise ParameterError(f"The 'seed' of a hash must have {seed_bytes(len(bits), count)} bytes. Got {len(seed)} instead.")
    diagonals = np.unpackbits(np.frombuffer(seed, np.uint8))[: len(bits) + count - 1].astype(np.float64)
    # Sums are at most n, and rounding of an FFT is far below a half for any n that fits into memory.
    sums = signal.fftconvolve(diagonals, bits.astype(np.float64))[len(bits) - 1 : len(bits) - 1 + count]
    return np.packbits(np.rint(sums).astype(np.int64) % 2 == 1).tobytes()
