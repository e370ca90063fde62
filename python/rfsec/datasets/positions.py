# SPDX-License-Identifier: GPL-3.0-or-later
"""The channels of simulated positions in a building, by number: what changes when a radio is moved by half a wavelength.

Scattered paths come after a first one that may be in sight. Their delays follow an exponential power-delay profile
whose rms delay spread is 20 to 100 ns, as offices have it (A. A. M. Saleh and R. A. Valenzuela, IEEE J. Sel. Areas
Commun. 5(2), 1987; Recommendation ITU-R P.1238); the line of sight has a Rician K of 0 to 10 dB, and one position in
four has none. While a long packet lasts, people and doors move by some hundredths of a wavelength.
"""

import numpy as np
import numpy.typing as npt

from .numbered import Piece, between, draw_rows

#: The number of the position that has a single path.
SINGLE_PATH = -1
_SCATTERED = 8
_SPREAD_S = (20e-9, 100e-9)
_SIGHT_DB = (0.0, 10.0)
_HIDDEN = 0.25  # of the positions
_LONGEST = 6.0  # delay, in delay spreads

Floats = npt.NDArray[np.float64]


def draw_positions(seed: int, channel: npt.NDArray[np.integer]) -> tuple[Floats, npt.NDArray[np.complex128]]:
    """Return the paths of the positions that are named.

    Parameters
    ----------
    seed : int
        Of the world, at least 0.
    channel : ndarray of int, shape (n,)
        At least 0, or `SINGLE_PATH`.

    Returns
    -------
    delays : ndarray of float64, shape (n, paths)
        Seconds, at most 0.6 us; the first is 0.
    gains : ndarray of complex128, shape (n, paths)
        Of unit mean power together, over many positions.
    """
    flat, bell = draw_rows(seed, Piece.POSITION, 4 + _SCATTERED, 2 * _SCATTERED, np.maximum(channel, 0))
    spread = between(_SPREAD_S, flat[0])
    # Paths of equal mean power whose delays are exponentially distributed have an exponential power-delay profile.
    late = np.minimum(-np.log1p(-flat[4:]), _LONGEST) * spread
    share = 1 / (1 + 10 ** (between(_SIGHT_DB, flat[1]) / 10))  # of the power that is scattered
    share[flat[2] < _HIDDEN] = 1.0
    share[channel < 0] = 0.0
    direct = np.sqrt(1 - share) * np.exp(2j * np.pi * flat[3])
    scattered = (bell[:_SCATTERED] + 1j * bell[_SCATTERED:]) * np.sqrt(share / (2 * _SCATTERED))
    return np.vstack((np.zeros(len(channel)), late)).T, np.vstack((direct, scattered)).T


def draw_movement(
    wavelengths: Floats, samples: int, rng: np.random.Generator
) -> npt.NDArray[np.complex64]:
    """Return what movement makes of a signal of one path, complex64 [n, samples]: 1 in the middle of the packet.

    Parameters
    ----------
    wavelengths : ndarray of float, shape (n,)
        By which something moves while the samples last. The field of many paths changes by its own size in about a sixth of
        a wavelength (R. H. Clarke, Bell Syst. Tech. J. 47(6), 1968).
    samples : int
    rng : numpy.random.Generator
    """
    turn = 2 * np.pi * wavelengths[:, None]
    first, second = (rng.standard_normal((2, len(wavelengths), 2)) @ (1, 1j) * np.sqrt(0.5))[:, :, None]
    time = np.linspace(-0.5, 0.5, samples)
    return (1 + first * turn * time + second * (turn * time) ** 2 / 2).astype(np.complex64)
