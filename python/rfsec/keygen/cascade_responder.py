# SPDX-License-Identifier: GPL-3.0-or-later
"""Alice's end of Cascade: she tells parities, up to a limit."""

import numpy as np

from ..errors import KeyAgreementError
from .interleave import permutation

#: Asks for the parity of the first `end` bits under permutation `number`. A question is one or more of these.
PLACE = np.dtype([("number", "u1"), ("end", ">u4")])
_MOST_PASSES = 100


class CascadeResponder:
    """Alice's end; see `reconciliation.Responder`, and `cascade.CascadeCorrector` for the parameters."""

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.leaked = 0
        self._bits, self._seed = np.array(bits, np.uint8), seed
        self._parities: dict[int, np.ndarray] = {}

    def answer(self, question: bytes) -> bytes:
        """See `reconciliation.Responder`."""
        if not question or len(question) % PLACE.itemsize:
            raise KeyAgreementError("A question of Cascade must name places, and nothing else. Both ends must run the same version.")
        asked = np.frombuffer(question, PLACE)
        if asked["number"].max() >= _MOST_PASSES or not 1 <= asked["end"].min() <= asked["end"].max() <= len(self._bits):
            raise KeyAgreementError(f"A question of Cascade must name 1 to {len(self._bits)} bits of a pass below {_MOST_PASSES}. It does not.")
        require_few(self.leaked + asked.size, len(self._bits))
        self.leaked += asked.size
        told = np.zeros(asked.size, np.uint8)
        for number in np.unique(asked["number"]):
            if number not in self._parities:
                self._parities[number] = np.bitwise_xor.accumulate(self._bits[permutation(self._seed, int(number), len(self._bits))])
            chosen = asked["number"] == number
            told[chosen] = self._parities[number][asked["end"][chosen].astype(np.int64) - 1]
        return np.packbits(told).tobytes()


def require_few(parities: int, bits: int) -> None:
    """Raise KeyAgreementError where as many parities of so many bits are asked for that no key can be left."""
    if parities > bits:
        raise KeyAgreementError(f"Cascade needs more parities than there are bits ({bits}): the channels are too unlike.")
