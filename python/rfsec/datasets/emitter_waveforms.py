# SPDX-License-Identifier: GPL-3.0-or-later
"""The waveforms of emitter worlds: their rates, the length of a recording, and how true their oscillators are."""

from dataclasses import dataclass

from ..errors import ParameterError
from .frames_80211 import FRAME


@dataclass(frozen=True)
class Waveform:
    """What all emitters of a waveform have in common.

    Attributes
    ----------
    rate_hz : float
        The usual sample rate.
    rates_hz : tuple of float
        The lowest and the highest.
    samples : int
        Of a recording; 0 where `seconds` says it.
    seconds : float
    lead : float
        Noise before the packet at most, over the recording.
    oscillator_ppm : float
        Largest error of an oscillator: those of software radios are compensated for temperature, others are plain
        crystals.
    day_ppm : float
        What another day's temperature makes of that, rms.
    """

    rate_hz: float
    rates_hz: tuple[float, float]
    samples: int
    seconds: float
    lead: float
    oscillator_ppm: float
    day_ppm: float

    def length(self, sample_rate_hz: float) -> int:
        """Return the samples of a recording."""
        return self.samples or round(self.seconds * sample_rate_hz)


WAVEFORMS = {
    "80211a": Waveform(5e6, (1e6, 80e6), FRAME, 0.0, 0.1, 1.0, 0.1),
    "ble": Waveform(8e6, (2e6, 100e6), 0, 512e-6, 1 / 16, 20.0, 0.2),
    "fsk": Waveform(1e6, (100e3, 8e6), 6144, 0.0, 1 / 16, 20.0, 0.2),
}


def find_waveform(name: str) -> Waveform:
    """Return the waveform of a name; ParameterError lists the names where there is none."""
    if name not in WAVEFORMS:
        known = ", ".join(WAVEFORMS)
        raise ParameterError(f"The 'waveform' of an emitter world must be one of {known}. Got {name!r} instead.")
    return WAVEFORMS[name]
