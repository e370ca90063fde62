# SPDX-License-Identifier: GPL-3.0-or-later
"""Multipath fading: a sum of sinusoids per path (Clarke's model, Ricean first path) on fixed fractional delays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError


@dataclass(frozen=True)
class MultipathProfile:
    """Paths of a channel, as GNU Radio's ``channels.selective_fading_model`` takes them.

    Attributes
    ----------
    delays : tuple of float
        Delay of each path, samples.
    magnitudes : tuple of float
        Root-mean-square gain of each path.
    tap_count : int
        Length of the filter that holds the paths' sinc pulses.
    doppler_hz : float
        Largest Doppler shift.
    sinusoid_count : int
        Sinusoids a path.
    ricean_k : float
        Power of the line of sight over that of the scattered part, first path only.
    """

    delays: tuple[float, ...]
    magnitudes: tuple[float, ...]
    tap_count: int
    doppler_hz: float
    sinusoid_count: int
    ricean_k: float

    def __post_init__(self) -> None:
        if len(self.delays) != len(self.magnitudes):
            raise ParameterError(
                f"The 'magnitudes' of a multipath profile must be as many as its delays ({len(self.delays)}). "
                f"Got {len(self.magnitudes)} instead."
            )


def path_gains(
    profile: MultipathProfile, realisations: int, times_s: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.complex64]:
    """Draw `realisations` fading channels and evaluate them at given times.

    Each path is sum_k cos(w_k t + a_k) + j sin(w_k t + b_k) over `sinusoid_count` Doppler shifts
    w_k = 2 pi f_D cos((2 pi k - pi + theta) / 4N), of unit mean power; the first path adds a line of sight
    (Ricean factor K). The arrival angle theta, which GNU Radio lets walk by less than 1 mrad in a run, is fixed.

    Parameters
    ----------
    profile : MultipathProfile
    realisations : int
        1 (all times see the same channel), or one per time.
    times_s : ndarray of float64, shape (n,)
        Seconds since the channel's start.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape (n, paths)
    """
    paths, count = len(profile.delays), profile.sinusoid_count
    shape = (realisations, paths)
    theta = rng.uniform(-np.pi, np.pi, shape)[..., None]
    psi, phi = rng.uniform(-np.pi, np.pi, (2, *shape, count))
    line_angle, line_phase = rng.uniform(-np.pi, np.pi, (2, realisations))
    arrival = (2 * np.pi * np.arange(1, count + 1) - np.pi + theta) / (4 * count)
    turn = 2 * np.pi * profile.doppler_hz * times_s
    turn_by_sinusoid = turn[:, None, None] * np.cos(arrival)
    gains = (np.cos(turn_by_sinusoid + psi) + 1j * np.sin(turn_by_sinusoid + phi)).sum(axis=-1) / np.sqrt(count)
    line = np.exp(1j * (turn * np.cos(line_angle) + line_phase))
    k = profile.ricean_k
    gains[:, 0] = gains[:, 0] / np.sqrt(k + 1) + line * np.sqrt(k / (k + 1))
    return (gains * np.asarray(profile.magnitudes)).astype(np.complex64)


def multipath_response(
    profile: MultipathProfile, gains: npt.NDArray[np.complex64], length: int
) -> npt.NDArray[np.complex64]:
    """Return the frequency response of the paths on `length` FFT bins.

    Parameters
    ----------
    profile : MultipathProfile
    gains : ndarray of complex64, shape (n, paths)
    length : int
        FFT length, at least ``profile.tap_count``.

    Returns
    -------
    ndarray of complex64, shape (n, length)
    """
    taps = np.sinc(np.arange(profile.tap_count) - np.asarray(profile.delays)[:, None])
    pulses = np.fft.fft(taps, length, axis=-1).astype(np.complex64)
    return gains @ pulses
