# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of bits: characters 0 and 1 with blanks between, or packed bytes."""

from pathlib import Path

import numpy as np

from ..errors import DatasetError

FORMATS = ("ascii", "packed")
_AT_ONCE = 1 << 20  # bytes
_BLANKS = np.frombuffer(b" \t\r\n\v\f", np.uint8)
_ZERO, _ONE = b"01"
MOST_BITS = 1 << 28  # of one file: transforms take 16 bytes for each


def read_bits(path: Path, count: int | None = None, form: str | None = None) -> np.ndarray:
    """Return the first `count` bits of a file, or all of them, uint8 of 0 and 1.

    Parameters
    ----------
    path : Path
    count : int or None
        At least 1.
    form : str or None
        "ascii" or "packed", the first bit the highest of its byte; None looks at the file's first bytes.

    Raises
    ------
    DatasetError
        The file cannot be read, holds something else, has fewer bits or none, or more than 2^28 are asked for.
    """
    most = MOST_BITS if count is None else count
    if most > MOST_BITS:
        raise DatasetError(f"At most {MOST_BITS:,} bits are tested at once. Got --bits {count} instead.")
    parts, found = [], 0
    try:
        with path.open("rb") as file:
            piece = file.read(_AT_ONCE)
            form = form or _form_of(piece)
            while piece and found < most:
                bits = np.unpackbits(np.frombuffer(piece, np.uint8)) if form == "packed" else _ascii(piece, path)
                parts.append(bits[: most - found])
                found += len(parts[-1])
                piece = file.read(_AT_ONCE)
    except OSError as error:
        raise DatasetError(f"The file '{path}' cannot be read: {error.strerror}.") from None
    if not found:
        raise DatasetError(f"The file '{path}' holds no bits.")
    if count is not None and found < count:
        raise DatasetError(f"The file '{path}' holds {found:,} bits, fewer than the {count:,} that --bits asks for.")
    if count is None and piece:
        raise DatasetError(f"The file '{path}' holds more than {MOST_BITS:,} bits. Say with --bits how many to test.")
    return np.concatenate(parts)


def _form_of(piece: bytes) -> str:
    values = np.frombuffer(piece, np.uint8)
    return "ascii" if np.isin(values, np.append(_BLANKS, [_ZERO, _ONE])).all() else "packed"


def _ascii(piece: bytes, path: Path) -> np.ndarray:
    values = np.frombuffer(piece, np.uint8)
    bits = values[(values == _ZERO) | (values == _ONE)] - np.uint8(_ZERO)
    if len(bits) + np.isin(values, _BLANKS).sum() != len(values):
        raise DatasetError(f"The file '{path}' holds something else than 0, 1 and blanks. Packed bits are read with --format packed.")
    return bits
