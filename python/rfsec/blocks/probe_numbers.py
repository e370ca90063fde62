# SPDX-License-Identifier: GPL-3.0-or-later
"""The tag ``probe``, by which both ends number what they measure alike."""

import numpy as np
import pmt

from .sample_clock import sorted_tags

PROBE = pmt.intern("probe")
_MAX_NUMBER = 1 << 62  # beyond it a tag is nonsense, and counting on from it would fail inside work()


def whole_number(value) -> int | None:
    """The whole number, 0 to 2^62 - 1, that a tag holds; None where another block put something else there."""
    if not (pmt.is_integer(value) or pmt.is_uint64(value)):
        return None
    number = pmt.to_python(value)
    return number if 0 <= number < _MAX_NUMBER else None


def probe_numbers(block, count: int, following: int) -> np.ndarray:
    """Numbers, int64 [count], of the next items of input 0: they count on from `following`, and anew from each tag."""
    first = block.nitems_read(0)
    numbers = np.arange(following, following + count)
    for tag in sorted_tags(block, 0, first, first + count):
        number = whole_number(tag.value) if tag.key == PROBE else None
        if number is not None:
            numbers[tag.offset - first :] = number + np.arange(first + count - tag.offset)
    return numbers
