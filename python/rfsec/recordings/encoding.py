# SPDX-License-Identifier: GPL-3.0-or-later
"""How one stored sample becomes a number between -1 and +1."""

from dataclasses import dataclass

import numpy as np

# NumPy has no 3-byte integer, so packed little-endian 24-bit components carry a name of their own.
PACKED_24 = "<i3"


@dataclass(frozen=True)
class Encoding:
    """Storage of one sample: a real component, or I then Q.

    Attributes
    ----------
    dtype : str
        NumPy type of a component, or ``PACKED_24``.
    is_complex : bool
        True for I and Q, False for a real value.
    zero, full_scale : float
        A stored integer x means ``(x - zero) / full_scale``; floats are taken as they are.
    """

    dtype: str
    is_complex: bool
    zero: float = 0.0
    full_scale: float = 1.0

    @property
    def sample_bytes(self) -> int:
        """Bytes of one whole sample."""
        component = 3 if self.dtype == PACKED_24 else np.dtype(self.dtype).itemsize
        return component * (2 if self.is_complex else 1)

    def decode(self, stored: np.ndarray) -> np.ndarray:
        """Return complex64 [n] or float32 [n] from uint8 [n * sample_bytes]; always a copy.

        Every sample is converted by itself, so the result does not depend on how a file is cut into calls.
        NaN and Inf pass through.
        """
        values = _unpack_24(stored) if self.dtype == PACKED_24 else stored.view(self.dtype)
        if values.dtype.kind == "f":
            # A double outside the range of float32 becomes Inf, which later stages mark.
            with np.errstate(over="ignore", invalid="ignore"):
                components = values.astype(np.float32)
        else:
            # float32 holds 8- and 16-bit integers exactly; wider ones are scaled before they are rounded.
            components = values.astype(np.float32 if values.dtype.itemsize <= 2 else np.float64)
            if self.zero:
                components -= self.zero
            components /= self.full_scale
            components = components.astype(np.float32, copy=False)
        return components.view(np.complex64) if self.is_complex else components


def integer_encoding(dtype: str, is_complex: bool) -> Encoding:
    """Return the scaling of an integer type that has no convention of its own.

    Signed: x / 2^(b-1), as GNU Radio's interleaved_short_to_complex and interleaved_char_to_complex with that scale.
    Unsigned: the middle of the range is zero, (x - m) / m with m = (2^b - 1) / 2; for 8 bits (x - 127.5) / 127.5,
    which is what receivers that write cu8 mean.
    """
    kind = np.dtype(dtype)
    bits = 8 * kind.itemsize
    if kind.kind == "u":
        middle = (2.0**bits - 1) / 2
        return Encoding(dtype, is_complex, zero=middle, full_scale=middle)
    return Encoding(dtype, is_complex, full_scale=2.0 ** (bits - 1))


def _unpack_24(stored: np.ndarray) -> np.ndarray:
    """Return int32 [n] with the 24 bits in the upper three bytes, so that full scale is 2^31."""
    wide = np.zeros((stored.size // 3, 4), np.uint8)
    wide[:, 1:] = stored.reshape(-1, 3)
    return wide.view("<i4").ravel()
