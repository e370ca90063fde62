# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a pickle of NumPy arrays from anyone: nothing in the file can name code to run.

A pickle calls whatever it names. Here it may name NumPy's few reconstructors only, under the spellings of Python 2,
NumPy 1 and NumPy 2, and what makes bytes of text; and even those are stand-ins, so that no state of a hostile file reaches
NumPy's own C code.

It is read by the unpickler of the standard library that is written in Python. The one in C takes memory by a number in the file, 32 GiB
for nine bytes; and to hash a tuple in a tuple, a million deep, ends the process in either, so keys are checked first.
"""

import pickle
from typing import Any, BinaryIO

import numpy as np


class _Dtype:
    """A number's type: its name, such as "f4", and later its byte order."""

    def __init__(self, name: str | bytes, *_: object) -> None:
        self._name = name.decode("latin1") if isinstance(name, bytes) else name
        self._order = "<"

    def __setstate__(self, state: tuple) -> None:
        order = state[1]
        self._order = order.decode("latin1") if isinstance(order, bytes) else order

    def read(self, raw: str | bytes) -> np.ndarray:
        """Return the numbers that `raw` holds."""
        if self._name[:1] not in "fiu" or self._order not in "<>=|":
            raise pickle.UnpicklingError(f"it holds values of type {self._name!r}, which are no numbers")
        # Python 2 wrote its strings, which Python 3 reads as text, a byte a letter.
        raw = raw.encode("latin1") if isinstance(raw, str) else raw
        return np.frombuffer(raw, np.dtype(self._name).newbyteorder(self._order))


class _Array:
    """An array: empty at first, then given its shape, type and bytes."""

    def __init__(self, *_: object) -> None:
        self.values = np.empty(0)

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, fortran, raw = state
        self.values = dtype.read(raw).reshape(shape, order="F" if fortran else "C")


def _scalar(dtype: _Dtype, raw: str | bytes) -> int | float:
    return dtype.read(raw)[0].item()


def _bytes_of(text: str, _: str) -> bytes:
    """What Python 3 writes for bytes in a protocol that has none."""
    return text.encode("latin1")


_STAND_INS: dict[tuple[str, str], Any] = {
    ("_codecs", "encode"): _bytes_of,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
}


def _refuse(*_: object) -> None:
    raise pickle.UnpicklingError("it holds more than numbers, names and arrays")


# They hash what is in the file, or take it from where other code has left it.
_LEFT_OUT = (pickle.EMPTY_SET, pickle.FROZENSET, pickle.ADDITEMS, pickle.EXT1, pickle.EXT2, pickle.EXT4)
_MOST_BITS = 64


class _Unpickler(pickle._Unpickler):
    dispatch = pickle._Unpickler.dispatch | {opcode[0]: _refuse for opcode in _LEFT_OUT}

    def load_dict(self) -> None:
        _check_keys(self.stack[::2])
        super().load_dict()

    def load_setitem(self) -> None:
        _check_keys(self.stack[-2:-1])
        super().load_setitem()

    def load_setitems(self) -> None:
        _check_keys(self.stack[::2])
        super().load_setitems()

    def load_build(self) -> None:
        if not isinstance(self.stack[-2], (_Array, _Dtype)):
            _refuse()
        super().load_build()

    dispatch |= {pickle.DICT[0]: load_dict, pickle.SETITEM[0]: load_setitem, pickle.SETITEMS[0]: load_setitems, pickle.BUILD[0]: load_build}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no NumPy array")
        return _STAND_INS[module, name]


def _check_keys(keys: list[Any]) -> None:
    """Raise UnpicklingError unless each is a name or a number, or a tuple of such."""
    for key in keys:
        if not all(map(_is_plain, key if isinstance(key, tuple) else (key,))):
            _refuse()


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, bytes, float)) or isinstance(value, int) and value.bit_length() <= _MOST_BITS


def load_arrays(file: BinaryIO) -> dict[Any, np.ndarray]:
    """Return the dictionary of arrays that a pickle of protocol 0 to 4 holds.

    Raises
    ------
    Exception
        Of any class, if the file is something else: a damaged pickle can go wrong anywhere.
    """
    try:
        content = _Unpickler(file, encoding="latin1").load()
    except (KeyError, IndexError, EOFError):  # an opcode that there is not, an empty stack, the end before the last opcode
        raise pickle.UnpicklingError("it is no pickle, or is cut short") from None
    if not isinstance(content, dict) or not all(isinstance(array, _Array) for array in content.values()):
        raise pickle.UnpicklingError("it is no dictionary of arrays")
    return {key: array.values for key, array in content.items()}
