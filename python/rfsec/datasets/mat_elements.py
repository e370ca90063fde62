# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of MATLAB's files: what is in a file, and in each array of it (MathWorks, "MAT-File Format", level 5, table 1-1)."""

from collections.abc import Iterator
from struct import unpack_from

import numpy as np

MATRIX, COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}


class DamagedError(Exception):
    """What is wrong with a file, in a few words."""


def elements(content: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Give the kind and data of each element of a file, or of an array's parts.

    Parameters
    ----------
    content : memoryview
    order : str
        Of the bytes: "<" or ">".

    Raises
    ------
    DamagedError
        An element ends after its file or array.
    """
    at = 0
    while at < len(content):
        if len(content) - at < 8:
            raise DamagedError("it is cut short")
        kind, size = unpack_from(order + "II", content, at)
        if kind >> 16:  # a small element: at most four bytes, which stand in its tag
            kind, size, start, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
        else:
            start, end = at + 8, at + 8 + size + (0 if kind == COMPRESSED else -size % 8)
        if start + size > min(end, len(content)):
            raise DamagedError("it is cut short, or an element's size is wrong")
        yield kind, content[start : start + size]
        at = end


def numbers(part: tuple[int, memoryview] | None, order: str) -> np.ndarray:
    """Return the numbers [n] of an element; DamagedError where it holds none, or there is no such element."""
    if part is None or part[0] not in _NUMBERS:
        raise DamagedError("an array lacks its numbers")
    kind = np.dtype(order + _NUMBERS[part[0]])
    if len(part[1]) % kind.itemsize:
        raise DamagedError("an array's last number is cut short")
    return np.frombuffer(part[1], kind)
