# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of what was said in public about a secret."""

from ..errors import ParameterError


class LeakageLedger:
    """Every public bit about the secret bits, by what it was for.

    Attributes
    ----------
    total : float
        Bits.
    """

    def __init__(self) -> None:
        self._bits: dict[str, float] = {}

    def add(self, what: str, bits: float) -> None:
        """Enter `bits` public bits. Raises ParameterError where they are negative or not finite."""
        if not 0 <= bits < float("inf"):
            raise ParameterError(f"The bits of a ledger's entry must be at least 0. Got {bits} instead.")
        self._bits[what] = self._bits.get(what, 0.0) + bits

    @property
    def total(self) -> float:
        """Bits in all."""
        return sum(self._bits.values())

    @property
    def entries(self) -> tuple[tuple[str, float], ...]:
        """What was entered, and how many bits of it, in the order of the first entry."""
        return tuple(self._bits.items())
