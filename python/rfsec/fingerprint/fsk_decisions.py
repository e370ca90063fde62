# SPDX-License-Identifier: GPL-3.0-or-later
"""The bits of a weak FSK burst, decided over several symbols at a time."""

from functools import cache
from itertools import product

import numpy as np

from .fsk_fit import Fit
from .fsk_symbols import LEAD, STEPS, Symbols

_WINDOW = 5  # symbols; one more on either side bends the pulse


def decide(symbols: Symbols, fitted: Fit) -> np.ndarray:
    """Decide each bit by how well the burst around it correlates with every sequence of bits.

    The bit in the middle of the best of all sequences is taken, whatever the phase (Osborne and Luntz, "Coherent and
    noncoherent detection of CPFSK", 1974): some decibels better than the frequency of the symbol alone.

    Parameters
    ----------
    symbols : Symbols
    fitted : Fit
        Carrier, deviation and pulse, as far as the first decisions allowed.

    Returns
    -------
    float [k]
        -1 or 1.
    """
    count = symbols.bits.size
    patterns = _patterns()
    around = np.lib.stride_tricks.sliding_window_view(patterns, 3, axis=1)  # the bit before, itself, the one after
    pulse = fitted.deviation * fitted.pulse[[1, 0, 2]]
    frequency = (around @ pulse).reshape(len(patterns), -1)
    phase = 2 * np.pi / STEPS * (np.cumsum(frequency, axis=1) - frequency)
    templates = np.exp(-1j * phase).astype(np.complex64)

    half = _WINDOW // 2
    part = symbols.samples[LEAD - half : LEAD + count + half].reshape(-1)
    carrier = np.exp(-2j * np.pi / STEPS * fitted.carrier * np.arange(part.size))
    windows = np.lib.stride_tricks.sliding_window_view((part * carrier).astype(np.complex64), _WINDOW * STEPS)[::STEPS]
    likeness = np.abs(windows @ templates.T)
    upper = patterns[:, patterns.shape[1] // 2] > 0
    return np.where(likeness[:, upper].max(axis=1) > likeness[:, ~upper].max(axis=1), 1.0, -1.0)


@cache
def _patterns() -> np.ndarray:
    return np.array(list(product((-1.0, 1.0), repeat=_WINDOW + 2)))
