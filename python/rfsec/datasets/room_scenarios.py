# SPDX-License-Identifier: GPL-3.0-or-later
"""The pairs of bands in which the room is measured."""

from dataclasses import dataclass

from ..errors import ParameterError


@dataclass(frozen=True)
class Scenario:
    """Two bands of one room.

    Attributes
    ----------
    name : str
    band1_hz, band2_hz : float
        Frequency of the lowest carrier of what Alice measures (Bob sends), and of what Bob measures.
    bandwidth_hz : float
        Of each band.
    carriers : int
        In each band, `bandwidth_hz / carriers` apart, upward from the lowest as DeepMIMO has them.
    """

    name: str
    band1_hz: float
    band2_hz: float
    bandwidth_hz: float
    carriers: int = 64

    @property
    def overlap(self) -> float:
        """Share of a band that lies within the other, 0 to 1."""
        return max(0.0, 1 - abs(self.band2_hz - self.band1_hz) / self.bandwidth_hz)


#: `paper` is X. Zhang et al. (KGNet), section VII-A: bands of 0.5 GHz, 0.1 GHz apart, so that four fifths of them are the same.
SCENARIOS = {
    one.name: one
    for one in (
        Scenario("paper", 2.4e9, 2.5e9, 0.5e9),
        Scenario("disjoint-100", 2.4e9, 2.51e9, 100e6),
        Scenario("disjoint-20", 2.4e9, 2.51e9, 20e6),
    )
}


def find_scenario(name: str) -> Scenario:
    """Return the scenario of a name; ParameterError lists the names where there is none."""
    if name not in SCENARIOS:
        raise ParameterError(f"The 'scenario' of a room must be one of {', '.join(SCENARIOS)}. Got {name!r} instead.")
    return SCENARIOS[name]
