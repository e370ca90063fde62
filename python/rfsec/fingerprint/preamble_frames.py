# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of 802.11 out of bursts as they were received: on the grid's rate, cut to the preamble."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import fft, signal

from ..dsp.rotation import phasor
from ..ofdm.cfr import EARLY
from ..ofdm.cut import cut
from ..ofdm.packet_sync import find_packets
from ..ofdm.preamble import PREAMBLE
from .measured import check_rates
from .preamble_fields import UNUSED

#: Rates of the grid of 64 carriers: channels of 20, 10 and 5 MHz (IEEE Std 802.11-2020, 17.1.1), hertz.
GRID_RATES_HZ = (20e6, 10e6, 5e6)
#: Samples of a frame, of which so many come before the packet.
FRAME, LEAD = 480, 64
_MOST_SEARCHED = 1 << 14  # samples at the grid's rate
_OCCUPIED = 53 / 64  # of the grid's rate
_RASTER_HZ = 1e6  # centres of channels, from the tuned frequency
_BINS = 256
_TRIED = 3  # centres for each rate: a fading channel hides one edge or the other
_FLOOR, _TINY = 1e-9, 1e-30  # of the density: no band is quite empty
_LARGEST_RATIO = 1000


@dataclass(frozen=True, slots=True)
class PreambleFrames:
    """Of n bursts.

    Attributes
    ----------
    samples : complex64 [n, FRAME]
        Zeros where there is no frame, or where the burst does not reach.
    rate_hz : float64 [n]
        The grid's.
    reason : list of str [n]
        Why there is no frame; "" where there is one.
    """

    samples: np.ndarray
    rate_hz: np.ndarray
    reason: list[str]


def preamble_frames(bursts: Sequence[np.ndarray], sample_rate_hz: float) -> PreambleFrames:
    """Cut the first packet out of each burst.

    A burst may lie anywhere in the band, on a whole MHz from its middle within the carriers' offset.

    Parameters
    ----------
    bursts : sequence of complex64 [m]
        As received: a frame with or without noise before and behind it.
    sample_rate_hz : float
        Of all of them; finite and above 0. Below 4.2 MS/s nothing of 802.11 fits in.

    Raises
    ------
    ParameterError
        The rate is not finite and above 0.
    """
    check_rates(sample_rate_hz, "bursts")
    frames = np.zeros((len(bursts), FRAME), np.complex64)
    rates, reasons = np.full(len(bursts), GRID_RATES_HZ[0]), []
    for number, burst in enumerate(bursts):
        burst = np.asarray(burst, np.complex64)[: int(_MOST_SEARCHED * sample_rate_hz / GRID_RATES_HZ[-1]) + 1]
        reasons.append(_unfit(burst, sample_rate_hz))
        if not reasons[-1]:
            frames[number], rates[number], reasons[-1] = _first(burst, sample_rate_hz)
    return PreambleFrames(frames, rates, reasons)


def _unfit(burst: np.ndarray, rate_hz: float) -> str:
    if rate_hz < _OCCUPIED * GRID_RATES_HZ[-1]:
        return "sampled too slowly for 802.11"
    if burst.size < PREAMBLE * rate_hz / GRID_RATES_HZ[0]:
        return "too short"
    return "" if np.isfinite(burst).all() else "not finite"


def _first(burst: np.ndarray, rate_hz: float) -> tuple[np.ndarray | int, float, str]:
    """The first packet of a burst, in its frame, and the rate of that; or 0, any rate, and why there is none."""
    for centre_hz, grid_hz in _bands(burst, rate_hz):
        samples = _on_grid(burst, rate_hz, centre_hz, grid_hz)
        starts = find_packets(samples).start
        whole = starts[(starts >= -UNUSED) & (starts + PREAMBLE - EARLY <= samples.size)]
        if whole.size:
            return cut(samples, whole[:1] - LEAD, FRAME)[0], grid_hz, ""
        if starts.size:
            return 0, grid_hz, "its preamble is cut"
    return 0, GRID_RATES_HZ[0], "no 802.11 preamble"


def _bands(burst: np.ndarray, rate_hz: float) -> list[tuple[float, float]]:
    """Centres and rates of the grids that may fit; that first whose band is most unlike the rest of the spectrum."""
    bins = min(_BINS, burst.size)
    density = fft.fftshift(signal.welch(burst, nperseg=bins, return_onesided=False, detrend=False)[1]).astype(np.float64)
    power = np.concatenate(([0], np.cumsum(density / max(density.sum(), _TINY) + _FLOOR)))
    found = []
    for grid_hz in GRID_RATES_HZ:
        width = round(_OCCUPIED * grid_hz / rate_hz * bins)
        if _OCCUPIED * grid_hz > rate_hz or width == 0:  # the band is wider than the spectrum, or too narrow to be seen in it
            continue
        furthest = int((rate_hz - _OCCUPIED * grid_hz) / 2 / _RASTER_HZ)
        centres_hz = _RASTER_HZ * np.arange(-furthest, furthest + 1)
        low = np.clip(np.rint(bins / 2 + centres_hz / rate_hz * bins - width / 2).astype(int), 0, bins - width)
        inside = (power[low + width] - power[low]) / width
        outside = np.maximum((power[-1] - inside * width) / max(bins - width, 1), _FLOOR)
        # Likelihood of white noise of one power inside and of a lower one outside.
        unlike = np.where(inside > outside, -width * np.log(inside) - (bins - width) * np.log(outside), -np.inf)
        best = np.argsort(unlike)[-_TRIED:]
        found += zip(unlike[best], centres_hz[best], (grid_hz,) * best.size)
    return [(float(centre_hz), grid_hz) for _, centre_hz, grid_hz in sorted(found, reverse=True)]


def _on_grid(burst: np.ndarray, rate_hz: float, centre_hz: float, grid_hz: float) -> np.ndarray:
    ratio = Fraction(grid_hz / rate_hz).limit_denominator(_LARGEST_RATIO)
    burst = burst[: int(_MOST_SEARCHED / ratio) + 1]
    if centre_hz:
        burst = burst * phasor(burst.size, -centre_hz / rate_hz)
    return burst if ratio == 1 else signal.resample_poly(burst, ratio.numerator, ratio.denominator).astype(np.complex64)
