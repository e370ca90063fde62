# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of a key agreement, and what it takes as the worth of probes."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

#: Bits of min-entropy of probes: symbols int8 [n, m], of which `kept`, bool [n, m], gave bits, where the symbols `earlier`,
#: int8 [k, m], of all probes that were ever spent before are known.
Credit = Callable[[np.ndarray, np.ndarray, np.ndarray], float]


@dataclass(frozen=True)
class Agreement:
    """A key that the peer has proved to have too. Its repr hides the key.

    Parameters
    ----------
    key : bytes
    key_id : str
        Tells keys apart, and nothing about them; the same at both ends.
    credit_bits, leaked_bits : float
        Min-entropy that this end counted for its probes, and public bits about them, the same at both ends.
    probes, bits : int
        What the key was drawn from.
    left_out : int
        Probes of this end that gave no symbol.
    corrected : int or None
        Bits that Bob corrected; None at Alice, who can't know.
    x25519 : bool
        Whether an X25519 secret is mixed in.
    """

    key: bytes = field(repr=False)
    key_id: str
    credit_bits: float
    leaked_bits: float
    probes: int
    bits: int
    left_out: int
    corrected: int | None
    x25519: bool
