# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene: four transmitters that send in turn on one channel, each with oscillator and gain of its own."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..dsp.noise import complex_noise
from ..dsp.occupied_bandwidth import occupied_band
from .rml2016a_signals import PUBLISHED, SAMPLE_RATE_HZ, SAMPLES_PER_SYMBOL, modulate
from .seeding import Purpose, seed_sequence

#: Transmitters and the modulations that each switches between. AM-SSB is missing: the published set has pure noise there.
TRANSMITTERS = {
    "alpha": ("BPSK", "QPSK", "8PSK"),
    "bravo": ("GFSK", "CPFSK"),
    "charlie": ("AM-DSB", "WBFM"),
    "delta": ("PAM4", "QAM16", "QAM64"),
}
# Nobody pauses: silent FM is a plain carrier, and a scene's truth should be what a listener could tell.
_STYLE = replace(PUBLISHED, pause_share=0.0)
DURATION_S = 8.0
_BURST_S = (0.2, 0.8)
_GAP_S = (0.05, 0.25)
_CARRIER_HZ = 60.0  # largest carrier offset of a transmitter: 0.15 ppm at 433 MHz
_GAIN_DB = 3.0
_PHASE_NOISE_LINE_HZ = (0.5, 5.0)
_SNR_LABEL_DB = 12.0  # of the published scale, of a signal of unit power
_RAMP = 64  # samples


@dataclass(frozen=True)
class Burst:
    """One transmission: where it lies, what it is, who sends it, and the band that it occupies.

    `start` and `count` are samples; the edges are Hz relative to the scene's centre; `snr_db` is the true one.
    """

    start: int
    count: int
    label: str
    transmitter: str
    snr_db: float
    lower_edge_hz: float
    upper_edge_hz: float


@dataclass(frozen=True)
class Scene:
    """Complex64 samples at `sample_rate_hz`, and the bursts that they hold, in order."""

    samples: npt.NDArray[np.complex64]
    sample_rate_hz: float
    bursts: tuple[Burst, ...]
    seed: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate_hz


@dataclass(frozen=True)
class _Radio:
    """What a transmitter does to every signal that it sends."""

    carrier_hz: float
    line_hz: float
    gain: float

    def send(self, clean: npt.NDArray[np.complex64], rng: np.random.Generator) -> npt.NDArray[np.complex64]:
        # A Lorentzian line of width B: the phase is a random walk whose variance grows by 2 pi B per second.
        steps = rng.standard_normal(len(clean)) * np.sqrt(2 * np.pi * self.line_hz / SAMPLE_RATE_HZ)
        turn = np.cumsum(steps + 2 * np.pi * self.carrier_hz / SAMPLE_RATE_HZ) + rng.uniform(-np.pi, np.pi)
        edge = np.minimum(1.0, np.minimum(np.arange(len(clean)), np.arange(len(clean))[::-1]) / _RAMP)
        return (clean * np.exp(1j * turn) * (self.gain * np.sin(np.pi / 2 * edge) ** 2)).astype(np.complex64)


def _draw_radio(rng: np.random.Generator) -> _Radio:
    return _Radio(
        carrier_hz=rng.uniform(-_CARRIER_HZ, _CARRIER_HZ),
        line_hz=rng.uniform(*_PHASE_NOISE_LINE_HZ),
        gain=10 ** (rng.uniform(0, _GAIN_DB) / 20),
    )


def make_scene(seed: int) -> Scene:
    """Make a scene of 8 s at 200 kS/s: bursts of 0.2 to 0.8 s, noise between them, 8 samples per symbol.

    Parameters
    ----------
    seed : int
        At least 0; equal seeds give equal scenes.

    Returns
    -------
    Scene

    Raises
    ------
    ParameterError
        If `seed` is negative.
    """
    rng = np.random.default_rng(seed_sequence(Purpose.SCENE, seed))
    radios = {name: _draw_radio(rng) for name in TRANSMITTERS}
    noise_amplitude = 10 ** (-_SNR_LABEL_DB / 10)
    samples = complex_noise((int(DURATION_S * SAMPLE_RATE_HZ),), rng) * np.float32(noise_amplitude)
    bursts: list[Burst] = []
    start = _gap(rng)
    while True:
        count = int(rng.uniform(*_BURST_S) * SAMPLE_RATE_HZ) // SAMPLES_PER_SYMBOL * SAMPLES_PER_SYMBOL
        if start + count + _gap(rng) > len(samples):
            return Scene(samples, SAMPLE_RATE_HZ, tuple(bursts), seed)
        name = rng.choice([other for other in TRANSMITTERS if not bursts or other != bursts[-1].transmitter])
        label = str(rng.choice(TRANSMITTERS[name]))
        sent = radios[name].send(modulate(label, _STYLE, 1, count, rng)[0], rng)
        samples[start : start + count] += sent
        snr_db = 10 * np.log10(np.mean(np.abs(sent) ** 2)) - 20 * np.log10(noise_amplitude)
        low, high = occupied_band(sent, SAMPLE_RATE_HZ)
        bursts.append(Burst(start, count, label, str(name), round(float(snr_db), 2), low, high))
        start += count + _gap(rng)


def _gap(rng: np.random.Generator) -> int:
    return int(rng.uniform(*_GAP_S) * SAMPLE_RATE_HZ)
