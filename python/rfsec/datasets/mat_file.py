# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads arrays, cells and structs of MATLAB's files from anyone (MathWorks, "MAT-File Format", level 5: save's -v6 and -v7).

SciPy's reader ends the process on some damaged files.
"""

import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from .mat_elements import COMPRESSED, MATRIX, DamagedError, elements, numbers

_CELL, _STRUCT, _FIRST_NUMBER, _LAST_NUMBER = 1, 2, 6, 15  # classes of arrays, table 1-3
_COMPLEX = 0x0800
_HEADER, _MOST_BYTES, _DEEPEST = 128, 2**31, 8
_MOST_DIMENSIONS = 32  # of an array of NumPy


def read_mat(path: Path, wanted: frozenset[str]) -> dict[str, Any]:
    """Return the variables of a file.

    Parameters
    ----------
    path : Path
    wanted : frozenset of str
        Names of variables and of fields of structs; all others are skipped.

    Returns
    -------
    dict
        Of each variable an ndarray (float64 or complex128, of its shape), a list of a cell's contents, a list of dicts of a
        struct's elements (both in column-major order), or None where it is of another class.

    Raises
    ------
    DatasetError
        It cannot be read, is no such file, or is damaged.
    """
    try:
        content = path.read_bytes()
        if content[124:128] == b"\x00\x02IM":  # HDF5 follows
            raise DamagedError("it is of version 7.3; save it again with save's option -v7")
        if content[124:128] not in (b"\x00\x01IM", b"\x01\x00MI"):
            raise DamagedError("it has no header of level 5")
        order = "<" if content[126:128] == b"IM" else ">"
        return dict(_variables(memoryview(content)[_HEADER:], order, wanted))
    except (DamagedError, OSError, zlib.error) as error:
        raise DatasetError(f"The MATLAB file '{path}' cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _variables(content: memoryview, order: str, wanted: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for kind, data in elements(content, order):
        if kind == COMPRESSED:
            inflater = zlib.decompressobj()
            whole = inflater.decompress(data, _MOST_BYTES)
            if not inflater.eof:
                raise DamagedError("a compressed variable is cut short, or larger than 2 GiB")
            kind, data = next(elements(memoryview(whole), order), (0, data))
        if kind == MATRIX:
            name, value = _matrix(data, order, wanted, 0)
            if name in wanted:
                yield name, value


def _matrix(data: memoryview, order: str, wanted: frozenset[str], depth: int) -> tuple[str, Any]:
    """Name and value of an array; "" for what is within another."""
    if not data:
        return "", None  # as MATLAB writes a cell that was never filled
    if depth > _DEEPEST:
        raise DamagedError("its arrays lie too deep in each other")
    parts = elements(data, order)
    flags, shape = (numbers(next(parts, None), order) for _ in range(2))
    name = bytes(next(parts, (0, b""))[1]).decode("latin1")
    if flags.size < 1 or flags.dtype.kind != "u" or shape.dtype.kind not in "iu" or shape.size < 2 or (shape < 0).any():
        raise DamagedError("an array has no shape")
    if shape.size > _MOST_DIMENSIONS:
        raise DamagedError(f"an array has {shape.size:,} dimensions, more than {_MOST_DIMENSIONS}")
    kind, count = int(flags[0]) & 0xFF, prod(map(int, shape))
    if depth == 0 and name not in wanted:
        return name, None
    if kind == _CELL:
        return name, [_inner(part, order, wanted, depth) for part in parts]
    if kind == _STRUCT:
        return name, _struct(parts, order, wanted, depth, count)
    if not _FIRST_NUMBER <= kind <= _LAST_NUMBER:
        return name, None
    values = numbers(next(parts, None), order).astype(np.float64)
    if flags[0] & _COMPLEX:
        imaginary = numbers(next(parts, None), order)
        if imaginary.shape != values.shape:
            raise DamagedError("an array's imaginary part is not as long as its real part")
        values = values + 1j * imaginary
    if values.size != count:
        raise DamagedError("an array is not as long as its shape says")
    try:
        return name, values.reshape(tuple(map(int, shape)), order="F")
    except ValueError:  # one dimension is 0, and the others are longer than NumPy counts
        raise DamagedError("an array has dimensions that are too long") from None


def _struct(parts: Iterator[tuple[int, memoryview]], order: str, wanted: frozenset[str], depth: int, count: int) -> list[dict[str, Any]]:
    width, names = numbers(next(parts, None), order), bytes(next(parts, (0, b""))[1])
    if width.dtype.kind not in "iu" or width.size != 1 or width[0] < 1 or len(names) % int(width[0]):
        raise DamagedError("a struct has no names")
    size = int(width[0])
    fields = [names[at : at + size].split(b"\0")[0].decode("latin1") for at in range(0, len(names), size)]
    values = list(parts)
    if len(values) != count * len(fields):
        raise DamagedError("a struct lacks a field")
    rows = [zip(fields, values[at : at + len(fields)]) for at in range(0, len(values), max(len(fields), 1))]
    return [{field: _inner(part, order, wanted, depth) for field, part in row if field in wanted} for row in rows]


def _inner(part: tuple[int, memoryview], order: str, wanted: frozenset[str], depth: int) -> Any:
    if part[0] != MATRIX:
        raise DamagedError("a cell or field is no array")
    return _matrix(part[1], order, wanted, depth + 1)[1]
