# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to the whole band between a transmitter and a receiver's samples, bin by bin of one long FFT."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.noise import complex_noise
from .field_draw import between, chance, log_between, pick

Samples = npt.NDArray[np.complex64]
Response = npt.NDArray[np.floating] | npt.NDArray[np.complexfloating]


@dataclass(frozen=True)
class Channel:
    """Responses on the bins of an FFT, in its order; None where nothing happens.

    Attributes
    ----------
    path : ndarray of complex, shape (n,), or None
        Of the burst, to the receiver's output: its echoes, and the receiver's filter.
    receiver : ndarray of float, shape (n,), or None
        Of the receiver's filter alone.
    neighbour : ndarray of float, shape (n,), or None
        Amplitude of another emission, of which 1 is the burst's own density.
    """

    path: Response | None = None
    receiver: Response | None = None
    neighbour: Response | None = None

    def noise(self, count: int, density: float, burst_density: float, rng: np.random.Generator) -> Samples:
        """Return what the receiver hands over beside the burst: noise, and the neighbour.

        Parameters
        ----------
        count : int
            Samples, as many as bins.
        density, burst_density : float
            Power per unit of frequency in cycles per sample, of white noise and of the burst in its band.
        rng : numpy.random.Generator
        """
        noise = complex_noise((count,), rng)
        if self.receiver is None and self.neighbour is None:
            return noise * np.float32(np.sqrt(density))
        # White noise is white in frequency as well: it is drawn there.
        amplitude = np.float32(density) if self.neighbour is None else density + burst_density * self.neighbour**2
        amplitude = np.sqrt(amplitude) * np.float32(np.sqrt(count))
        noise *= amplitude if self.receiver is None else amplitude * self.receiver
        return fft.ifft(noise, overwrite_x=True)


def draw_channel(count: int, centre: float, bandwidth: float, delay_spread: float, rng: np.random.Generator) -> Channel:
    """Return what `count` samples meet that hold a burst of `bandwidth` around `centre`.

    Parameters
    ----------
    count : int
    centre, bandwidth : float
        Cycles per sample.
    delay_spread : float
        Largest delay of an echo, samples; below 1 there are none.
    rng : numpy.random.Generator
    """
    frequency = fft.fftfreq(count).astype(np.float32)
    offset = frequency - np.float32(centre)
    offset -= np.rint(offset)
    path = receiver = _receiver(offset, bandwidth, rng) if chance(rng, 0.4) else None
    if centre > bandwidth / 2 and chance(rng, 0.25):  # a real-valued IF: its samples have no negative frequencies
        path = receiver = (frequency > 0) * (np.float32(1) if receiver is None else receiver)
    if delay_spread >= 1 and chance(rng, 0.35):
        echoes = _echoes(count, delay_spread, rng)
        path = echoes if receiver is None else echoes * receiver
    neighbour = _neighbour(offset, bandwidth, rng) if bandwidth < 0.5 and chance(rng, 0.2) else None
    return Channel(path, receiver, neighbour)


def _echoes(count: int, delay_spread: float, rng: np.random.Generator) -> Response:
    """Two to six paths whose level falls with their delay."""
    taps = np.zeros(count, np.complex64)
    taps[0] = 1
    spread = max(1.0, delay_spread * rng.random())
    for _ in range(1 + int(rng.random() * 5)):
        delay = rng.random() * spread
        level = between(rng, 0.05, 0.7) * np.exp(-delay / spread)
        taps[min(count - 1, 1 + int(delay))] += level * np.exp(2j * np.pi * rng.random())
    return fft.fft(taps, overwrite_x=True)


def _receiver(offset: npt.NDArray[np.float32], bandwidth: float, rng: np.random.Generator) -> Response:
    """A filter around the burst (of an SSB receiver, an IF), with edges of any steepness, and often a tilt or ripple."""
    response = np.ones_like(offset)
    if chance(rng, 0.7):
        width = bandwidth * log_between(rng, 1.1, 5.0)
        middle = between(rng, -0.5, 0.5) * (width - bandwidth)
        away = np.minimum(np.abs(offset - np.float32(middle)) * np.float32(2 / width), 10)
        floor = np.float32(10 ** (-between(rng, 20, 70) / 20))
        response = np.maximum(1 / np.sqrt(1 + away ** int(between(rng, 8, 32))), floor)
    if chance(rng, 0.5):  # up to 6 dB from the middle to an edge of the burst, and further beyond
        tilt = np.maximum(np.minimum(offset * np.float32(2 / bandwidth), np.float32(2.5)), np.float32(-2.5))
        response *= np.exp(tilt * np.float32(between(rng, -6, 6) / 20 * np.log(10)))
    if chance(rng, 0.25):  # up to 2 dB in the passband of a crystal or of audio
        turns = np.float32(2 * np.pi * between(rng, 0.5, 3.0) / bandwidth)
        response *= np.exp(np.cos(turns * offset + np.float32(6.28 * rng.random())) * np.float32(between(rng, 0, 2) / 20 * np.log(10)))
    return response


def _neighbour(offset: npt.NDArray[np.float32], bandwidth: float, rng: np.random.Generator) -> Response:
    """Another emission beside the burst, in a band of its own, 20 dB weaker to 15 dB stronger."""
    width = bandwidth * log_between(rng, 0.05, 2.0)
    away = pick(rng, (-1, 1)) * (bandwidth * between(rng, 0.65, 1.2) + width / 2)
    inside = np.abs(offset - np.float32(away)) < np.float32(width / 2)
    return inside * np.float32(10 ** (between(rng, -20, 15) / 20))
