# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bits of a mapping are: how many, how many of them wrong, what they are worth, and what SP 800-22 says of them."""

from dataclasses import dataclass

import numpy as np

from ..inference.mapper_features import represented, restored
from ..keygen import entropy_estimates as estimates
from ..keygen.amplification import seed_bytes, toeplitz_hash
from ..keygen.decorrelating import fit
from ..keygen.entropy import ProbeCredit
from ..keygen.features import features, from_features
from ..keygen.guard_band import GUARD, bits_of, quantize
from ..keygen.metrics import agreed, key_error_rate, key_generation_ratio, nmse
from ..keygen.nist_proportions import proportions, sequences_of
from ..ofdm.sanitise import sanitise
from .keygen_mappings import Mapping
from .keygen_probes import Probes, noise_of

_KEY_BITS = 128
_COMPONENTS = 16
FEWEST_FOR_NIST = 2 * _COMPONENTS + 1  # probes, every other of which components are fitted to: one more than there are of these
_HASHED = 16  # keys whose raw bits are hashed to one: of about as many probes as a key needs


@dataclass(frozen=True)
class Point:
    """One mapping at one SNR with one quantizer.

    Attributes
    ----------
    snr_db, levels, epsilon : float, int, float
    key_error_rate, key_generation_ratio : float
        Of initial keys.
    nmse : float
        Of features, against what Bob measures (equation 21); as a distance of two ends it is the mean of equation 22.
    nmse_h : float
        Of responses, against the true ones.
    entropy_bits : float
        Min-entropy of a probe whose guard bands are public: the least of the estimates of ``keygen.entropy``.
    """

    snr_db: float
    levels: int
    epsilon: float
    key_error_rate: float
    key_generation_ratio: float
    nmse: float
    nmse_h: float
    entropy_bits: float


def points(mapping: Mapping, probes: Probes, quantizers: tuple[tuple[int, float], ...]) -> list[Point]:
    """Measure a mapping on probes, with each quantizer."""
    alice, bob = mapping.alice(probes), mapping.bob(probes.band2)
    of_features = nmse(alice, bob)
    of_responses = nmse(from_features(restored(alice, mapping.normalisation)), represented(mapping.representation, probes.true))
    found = []
    for levels, epsilon in quantizers:
        one, other = (quantize(values, levels, epsilon) for values in (alice, bob))
        worth = entropy_bits(np.where(agreed(one, other), one, np.int8(GUARD)), levels)
        found.append(Point(probes.snr_db, levels, epsilon, key_error_rate(one, other, levels), key_generation_ratio(one, other, levels),
                           of_features, of_responses, worth))
    return found


def entropy_bits(words: np.ndarray, levels: int) -> float:
    """Min-entropy of a probe, bits, by symbols of all positions, int8 [n, m], `GUARD` where either end has a guard band."""
    limits = ProbeCredit(levels).limits(words)
    return min(*limits.values(), estimates.of_patterns(words, levels, 0.0))


def nist_shares(mapping: Mapping, probes: Probes) -> dict[str, dict[str, float]]:
    """Return the share of keys of 128 bits that pass each test, by what they are made of; tests that need more bits are left out.

    There must be at least `FEWEST_FOR_NIST` probes. Bits are Alice's, of what both ends keep of all probes, one after the other.
    """
    alice, bob = mapping.alice(probes), mapping.bob(probes.band2)
    one, other = quantize(alice), quantize(bob)
    raw = sequences_of(bits_of(one, agreed(one, other)), _KEY_BITS)
    # Components of what would be measured with free-running radios: without a phase they could not be credited.
    own, his = (features(sanitise(from_features(restored(values, mapping.normalisation)))) for values in (alice, bob))
    quantizer = fit(his[::2], _COMPONENTS)
    one, other = (quantizer.quantize(values[1::2]) for values in (own, his))
    made = {"": raw, "decorrelated: ": sequences_of(bits_of(one, agreed(one, other), quantizer.levels), _KEY_BITS), "hashed: ": _hashed(raw)}
    return {what: {name: share.passed for name, share in proportions(keys).items() if share is not None} for what, keys in made.items()}


def _hashed(raw: np.ndarray) -> np.ndarray:
    rng, bits = noise_of(0), _HASHED * _KEY_BITS
    whole = raw[: len(raw) // _HASHED * _HASHED].reshape(-1, bits)
    size = seed_bytes(bits, _KEY_BITS)
    return np.stack([np.unpackbits(np.frombuffer(toeplitz_hash(one, rng.bytes(size), _KEY_BITS), np.uint8)) for one in whole])
