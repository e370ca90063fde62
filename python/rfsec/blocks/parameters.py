# SPDX-License-Identifier: GPL-3.0-or-later
"""The check that block parameters share."""

from numbers import Integral

from ..errors import ParameterError


def check_whole(block: str, name: str, value: int, highest: int, unit: str = "") -> None:
    """Raises ParameterError unless ``value``, the parameter ``name`` of ``block``, is a whole number, 1 to ``highest``."""
    if not isinstance(value, Integral) or not 1 <= value <= highest:
        rule = f"a whole number, 1 to {highest}{' ' * bool(unit)}{unit}"
        raise ParameterError(f"The '{name}' parameter of {block} must be {rule}. Got {value!r} instead.")
