# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers with units as people read them, and places for the marks of an axis."""

import math

from matplotlib.ticker import MaxNLocator

EXACT = 12
_PREFIXES = {-9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}


def power_of_ten(value: float) -> int:
    """The exponent, a multiple of 3, whose prefix suits `value`: 3 for 20 000."""
    if value == 0 or not math.isfinite(value):
        return 0
    return min(9, max(-9, 3 * math.floor(math.log10(abs(value)) / 3 + 1e-9)))


def unit_of(exponent: int, unit: str) -> str:
    """`unit` with the prefix of ten to the power of `exponent`: kHz for 3."""
    return _PREFIXES[exponent] + unit


def with_unit(value: float, unit: str, digits: int = 3) -> str:
    """Write a value with about `digits` significant digits, and as few as needed where that is `EXACT`: 20.5 kHz."""
    exponent = power_of_ten(float(f"{value:.{digits - 1}e}"))
    scaled = value / 10**exponent
    if digits == EXACT:
        return f"{scaled:.{EXACT}g} {unit_of(exponent, unit)}"
    whole = len(str(int(abs(scaled))))
    return f"{scaled:,.{max(0, digits - whole)}f} {unit_of(exponent, unit)}"


def marks(low: float, high: float, most: int) -> list[float]:
    """Round values from `low` to `high` for the marks of an axis, about `most` at most."""
    ticks = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(one) for one in ticks if low <= one <= high]
