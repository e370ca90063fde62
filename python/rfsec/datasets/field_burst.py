# SPDX-License-Identifier: GPL-3.0-or-later
"""One burst as a receiver records it, with noise before and after, and the truth about it."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.rotation import phasor
from .field_channel import draw_channel
from .field_draw import between, chance, ramp
from .field_emitters import CARRIER, NOISE, emit
from .field_false_alarm import false_alarm
from .field_receiver import receive
from .field_transmitter import transmit

_MARGIN = (0.03, 0.2)  # noise before and after, of the burst's length
_SHARE = 0.99
_LINE = 2  # bins to either side that the Hann window spreads a line over
_DYNAMIC_RANGE = 1e-6  # below the strongest bin: that window's leakage

Samples = npt.NDArray[np.complex64]


@dataclass(frozen=True)
class FieldBurst:
    """A recording of one burst.

    Attributes
    ----------
    samples : ndarray of complex64, shape (n,)
        Noise, the burst, noise; at any level.
    start, count : int
        Where the burst is in `samples`.
    centre, bandwidth : float
        Its occupied band, cycles per sample; the centre is in -0.5..0.5. 99% of the power lies in the band, where a
        line that holds more than all the rest counts as much as the rest. Of noise: the band that it was taken for.
    symbol_rate : float or None
        Symbols (chips, of OOK) per sample.
    noise_density : float
        Noise power per unit of frequency in cycles per sample: the power of white noise over the whole band.
    """

    samples: Samples = field(repr=False)
    start: int
    count: int
    centre: float
    bandwidth: float
    symbol_rate: float | None
    noise_density: float


def field_burst(label: str, snr_db: float, rng: np.random.Generator) -> FieldBurst:
    """Return one burst with everything that may happen to it on its way.

    Parameters
    ----------
    label : str
        One of `field_emitters.LABELS`.
    snr_db : float
        Power of the burst over that of the noise in its occupied bandwidth, dB; of noise it says nothing.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If `label` is unknown.
    """
    if label == NOISE:
        return FieldBurst(*false_alarm(rng))
    emission = emit(label, rng)
    sent = transmit(emission, rng)
    count = sent.size
    spectrum = fft.fft(sent * (1 - np.cos(np.float32(2 * np.pi) * ramp(count))))  # behind a Hann window
    power = spectrum.real**2 + spectrum.imag**2
    middle, bandwidth = _occupied(power)
    shift = _draw_centre(bandwidth, rng) - middle
    lead, tail = (int(between(rng, *_MARGIN) * count) + 16 for _ in range(2))
    total = fft.next_fast_len(lead + count + tail)
    clean = np.zeros(total, np.complex64)
    clean[lead : lead + count] = sent * phasor(count, shift, 2 * np.pi * rng.random())
    channel = draw_channel(total, middle + shift, bandwidth, emission.delay_spread, rng)
    received_power = 1.0
    if channel.path is not None:
        clean = fft.ifft(fft.fft(clean, overwrite_x=True) * channel.path, overwrite_x=True)
        received_power = float(np.vdot(clean, clean).real) / count
        at = np.rint((np.arange(count) / count + shift) * total).astype(np.intp) % total
        path = channel.path[at]
        middle, bandwidth = _occupied(power * (path.real**2 + path.imag**2))
    burst_density = received_power / bandwidth
    density = burst_density / 10 ** (snr_db / 10)
    clean += channel.noise(total, density, burst_density, rng)
    # A spike at 0 Hz would be a second carrier beside one.
    samples, added = receive(clean, rng, spike=label != CARRIER)
    centre = (middle + shift + 0.5) % 1 - 0.5
    return FieldBurst(samples, lead, count, centre, bandwidth, emission.symbol_rate, density + added)


def _draw_centre(bandwidth: float, rng: np.random.Generator) -> float:
    """Anywhere; often around 0 Hz, where a receiver was tuned to it; rarely across the edge of the band."""
    if chance(rng, 0.25):
        return between(rng, -0.1, 0.1) * bandwidth
    room = 0.5 if chance(rng, 0.05) else max(0.0, 0.5 - 0.6 * bandwidth)
    return between(rng, -room, room)


def _occupied(power: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return the middle and the width of the band that a power spectrum occupies, cycles per bin count."""
    count = power.size
    ordered = np.concatenate((power[(count + 1) // 2 :], power[: (count + 1) // 2]))
    peak = int(np.argmax(ordered))
    ordered[ordered < ordered[peak] * np.float32(_DYNAMIC_RANGE)] = 0
    line = ordered[max(0, peak - _LINE) : peak + _LINE + 1]
    held = float(line.sum())
    rest = float(ordered.sum()) - held
    if held > rest > 0:
        line *= np.float32(rest / held)
    held = np.cumsum(ordered, dtype=np.float64)
    low, high = np.searchsorted(held, held[-1] * np.array([(1 - _SHARE) / 2, (1 + _SHARE) / 2]))
    return ((low + high) / 2 - count // 2) / count, (high - low + 1) / count
