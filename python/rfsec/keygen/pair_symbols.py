# SPDX-License-Identifier: GPL-3.0-or-later
"""Symbols of pairs of probes, by either quantizer."""

from dataclasses import dataclass, replace

import numpy as np

from ..errors import DatasetError, ParameterError
from .agreement_settings import QUANTIZERS
from .decorrelating import fit
from .entropy import FEWEST_PROBES
from .guard_band import GUARD, check_guard_band, quantize
from .pair_file import Pairs

_MOST_COMPONENTS = 20
_MOST_ERRORS = 0.05  # share of a component's symbols; more cost more to correct than they are worth


@dataclass(frozen=True)
class PairSymbols:
    """Symbols of n probes at all ends.

    Parameters
    ----------
    quantizer : str
        As in `agreement_settings.Settings`.
    levels : int
    alice, bob : int8 [n, m]
        -1 in a guard band.
    eve : int8 [n, m] or None
        Hers, without guard bands: -1 only where she has no usable row.
    """

    quantizer: str
    levels: int
    alice: np.ndarray
    bob: np.ndarray
    eve: np.ndarray | None

    def usable(self) -> "PairSymbols":
        """The probes of which Alice and Bob have symbols."""
        rows = (self.alice != GUARD).any(axis=1) & (self.bob != GUARD).any(axis=1)
        return replace(self, alice=self.alice[rows], bob=self.bob[rows], eve=None if self.eve is None else self.eve[rows])


def symbols_of(pairs: Pairs, quantizer: str, levels: int, epsilon: float) -> PairSymbols:
    """Quantize pairs.

    The decorrelating quantizer is fitted to the first half of the probes, as measured by Bob; of up to 20 components it takes
    those, from the first on, in which Alice and Bob agree there at 95% or more. Only the second half gives symbols: data
    look better than they are to what was fitted to them.

    Raises ParameterError where a parameter is outside its range, and DatasetError where there are too few probes to fit to.
    """
    if quantizer not in QUANTIZERS:
        raise ParameterError(f"The 'quantizer' of pairs must be {' or '.join(QUANTIZERS)}. Got {quantizer!r} instead.")
    check_guard_band(levels, epsilon)
    if quantizer == "guard-band":
        ends = [quantize(one, levels, epsilon) for one in (pairs.alice, pairs.bob)]
        return PairSymbols(quantizer, levels, *ends, None if pairs.eve is None else quantize(pairs.eve, levels, 0.0))
    half = len(pairs.bob) // 2
    usable = int((np.isfinite(pairs.bob[:half]).all(axis=1) & pairs.bob[:half].any(axis=1)).sum())
    if usable < FEWEST_PROBES:
        raise DatasetError(f"A decorrelating quantizer is fitted to the first half of the probes, at least {FEWEST_PROBES} usable ones. "
                           f"Got {usable} instead. Measure more, or take the guard-band quantizer.")
    fitted = fit(pairs.bob[:half], min(_MOST_COMPONENTS, pairs.bob.shape[1], usable - 1), levels, epsilon)
    alice, bob = fitted.quantize(pairs.alice[:half]), fitted.quantize(pairs.bob[:half])
    both = (alice >= 0) & (bob >= 0)
    errors = ((alice != bob) & both).sum(axis=0) > _MOST_ERRORS * both.sum(axis=0)
    count = max(1, int(errors.argmax()) if errors.any() else len(errors))
    fitted = replace(fitted, axes=fitted.axes[:count], cuts=fitted.cuts[:, :, :count])
    forced = replace(fitted, cuts=np.repeat(fitted.cuts.mean(axis=1, keepdims=True), 2, axis=1))
    eve = None if pairs.eve is None else forced.quantize(pairs.eve[half:])
    ends = [fitted.quantize(one[half:]) for one in (pairs.alice, pairs.bob)]
    return PairSymbols(f"{quantizer} components={count}", levels, *ends, eve)
