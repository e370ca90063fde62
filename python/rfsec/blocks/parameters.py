# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that block parameters share."""

import math
from collections.abc import Sequence
from numbers import Integral, Real

from ..errors import ParameterError


def check_whole(block: str, name: str, value: int, highest: float, unit: str = "", lowest: int = 1) -> None:
    """Raises ParameterError unless ``value``, the parameter ``name`` of ``block``, is a whole number, ``lowest`` to ``highest``."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not lowest <= value <= highest:
        limits = f"{lowest} or more" if math.isinf(highest) else f"{lowest} to {highest}"
        rule = f"a whole number, {limits}{' ' * bool(unit)}{unit}"
        raise ParameterError(f"The '{name}' parameter of {block} must be {rule}. Got {value!r} instead.")


def check_real(block: str, name: str, value: float, lowest: float, highest: float, unit: str) -> None:
    """Raises ParameterError unless ``value``, the parameter ``name`` of ``block``, is a finite number in this range."""
    if not isinstance(value, Real) or not lowest <= value <= highest or math.isinf(value):
        rule = f"{lowest:g} or more" if math.isinf(highest) else f"{lowest:g} to {highest:g}"
        raise ParameterError(f"The '{name}' parameter of {block} must be {rule} {unit}. Got {value!r} instead.")


def check_choice(block: str, name: str, value: str, choices: Sequence[str]) -> None:
    """Raises ParameterError unless ``value``, the parameter ``name`` of ``block``, is one of ``choices``."""
    if value not in choices:
        raise ParameterError(f"The '{name}' parameter of {block} must be one of {', '.join(choices)}. Got {value!r} instead.")
