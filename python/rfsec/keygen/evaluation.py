# SPDX-License-Identifier: GPL-3.0-or-later
"""What pairs of probes, measured anywhere, are worth: errors, min-entropy, leakage, and the keys that come of them."""

from dataclasses import dataclass

import numpy as np

from . import entropy_estimates as estimates
from .entropy import ProbeCredit
from .evaluation_keys import KeysDrawn, draw_keys
from .guard_band import GUARD
from .metrics import agreed, key_error_rate
from .pair_file import Pairs
from .pair_symbols import symbols_of
from .worth import Worth, measure_worth


@dataclass(frozen=True)
class Evaluation:
    """The worth of pairs.

    Parameters
    ----------
    quantizer : str
    probes, left_out : int
        Probes that gave symbols at both ends, and those that did not, or served to fit the quantizer.
    bits_per_probe : float
        Raw bits outside the guard bands of both ends.
    disagreement, disagreement_eve : float or None
        Share of the raw bits that differ between Alice and Bob, and between Eve and Bob; None where there are none.
    worth : Worth
        Min-entropy of the probes; "eve" among its means is what those hold for an Eve that she measured, where there are any.
    keys : KeysDrawn
    """

    quantizer: str
    probes: int
    left_out: int
    bits_per_probe: float
    disagreement: float | None
    disagreement_eve: float | None
    worth: Worth
    keys: KeysDrawn


def evaluate(
    pairs: Pairs, quantizer: str = "guard-band", levels: int = 2, epsilon: float = 0.1, reconciliation: str = "cascade"
) -> Evaluation:
    """Quantize pairs, measure them, and draw as many keys as they pay for.

    Where there is an Eve, a probe is worth no more than it holds for her on average. Which of them are better known to her than
    others does not choose them: Alice and Bob could not tell.

    Raises ParameterError and DatasetError as `symbols_of` does.
    """
    found = symbols_of(pairs, quantizer, levels, epsilon).usable()
    alice, bob, eve = found.alice, found.bob, found.eve
    kept = agreed(alice, bob)
    differ = ((alice != bob) & kept).sum(axis=1) / np.maximum(kept.sum(axis=1), 1)
    tolerance = float(np.quantile(differ, 0.99)) if len(differ) else 0.0
    credit = ProbeCredit(levels, carriers=quantizer == "guard-band")
    words = np.where(kept, alice, np.int8(GUARD))  # the bits of Alice become the key
    worth = measure_worth(words, credit, tolerance)
    seen = np.zeros(len(words), bool) if eve is None else (eve != GUARD).any(axis=1)
    if seen.any():  # what she did not measure tells her nothing, and the others no less
        hers = estimates.average(-credit.beside(words[seen], eve[seen]))
        worth = Worth({**worth.means, "eve": hers}, np.minimum(worth.each, hers))
    return Evaluation(
        quantizer=found.quantizer,
        probes=len(alice),
        left_out=len(pairs.alice) - len(alice),
        bits_per_probe=float(kept.sum(axis=1).mean()) * (levels.bit_length() - 1) if len(alice) else 0.0,
        disagreement=_number(key_error_rate(alice, bob, levels)),
        disagreement_eve=None if eve is None else _eves_errors(eve, bob, kept, levels),
        worth=worth,
        keys=draw_keys(found, worth.each, reconciliation),
    )


def _eves_errors(eve: np.ndarray, bob: np.ndarray, kept: np.ndarray, levels: int) -> float | None:
    """Share of Bob's raw bits that Eve has wrong, where she has any."""
    both = kept & (eve != GUARD)
    return _number(key_error_rate(np.where(both, eve, np.int8(GUARD)), np.where(both, bob, np.int8(GUARD)), levels))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
