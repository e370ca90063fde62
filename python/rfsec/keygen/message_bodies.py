# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of messages that carry arrays: numbers of probes, and which symbols of them lie in guard bands."""

import numpy as np

from ..errors import KeyAgreementError

MOST_OFFERED = 8192


def pack_numbers(numbers: np.ndarray) -> bytes:
    """Numbers of probes, int64 [n], as 8 bytes each, the highest byte first."""
    return numbers.astype(">i8").tobytes()


def unpack_numbers(body: bytes, most: int) -> np.ndarray:
    """Numbers of probes, int64 [n]. Raises KeyAgreementError unless they are 1 to `most`, 0 or more, and strictly rising."""
    if len(body) % 8 or not 8 <= len(body) <= 8 * most:
        raise KeyAgreementError(f"A list of probes must have 1 to {most} numbers of 8 bytes. Got {len(body)} bytes instead.")
    numbers = np.frombuffer(body, ">i8").astype(np.int64)
    if numbers[0] < 0 or (numbers[1:] <= numbers[:-1]).any():
        raise KeyAgreementError("A list of probes must be in order, without a probe twice, and this one is not.")
    return numbers


def pack_mask(mask: np.ndarray) -> bytes:
    """A bool array as bits, the first one highest, filled with zeros."""
    return np.packbits(mask).tobytes()


def unpack_mask(body: bytes, shape: tuple[int, int]) -> np.ndarray:
    """A bool array of `shape`. Raises KeyAgreementError unless `body` has exactly its bits, and zeros after them."""
    count = shape[0] * shape[1]
    if len(body) != (count + 7) // 8:
        raise KeyAgreementError(f"The guard bands of {shape[0]} probes must have {(count + 7) // 8} bytes. Got {len(body)} bytes instead.")
    bits = np.unpackbits(np.frombuffer(body, np.uint8))
    if bits[count:].any():
        raise KeyAgreementError("The guard bands of a message must end with zeros, and these don't.")
    return bits[:count].astype(bool).reshape(shape)
