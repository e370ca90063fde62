# SPDX-License-Identifier: GPL-3.0-or-later
"""What a channel and what a transmitter's faults make of the training fields, carrier by carrier.

A channel is smooth over frequency, for its echoes come within a microsecond: it is a sum of few functions of the carrier.
The image of the long sequence and the amplifier's products change sign and size from carrier to carrier.
"""

import numpy as np

from ..ofdm.preamble import CARRIERS, GRID, LONG_SEQUENCE, SHORT_CARRIERS, SHORT_SEQUENCE

#: Carriers just outside the band, on which nothing is sent.
BESIDE = np.array([-28, -27, 27, 28])
#: Where the carriers of the short field stand among those of the long one.
SHORT_AT = np.flatnonzero(np.isin(CARRIERS, SHORT_CARRIERS))
#: Amplitude of a carrier of the short field, over that of the long one, for equal noise: seven of eight periods are taken.
SHORT_WEIGHT = float(np.abs(SHORT_SEQUENCE[0]) * np.sqrt(7 / 8))
_FINE = 256  # length of a transform in which the third order of a symbol does not fold back
# Delays of echoes, samples from the first strong path, and over how many their power falls by e on either side of it. Those
# before it are antennas whose copies of a preamble come up to 200 ns early (cyclic shifts, IEEE Std 802.11-2020, 19.3.9.3).
_EARLIEST, _LATEST, _EARLY_DECAY, _DECAY = -5.5, 20.0, 0.5, 1.0
_NEGLIGIBLE = 3e-3  # of the strongest function's amplitude: -50 dB


def _channel_functions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    delays = np.linspace(_EARLIEST, _LATEST, 600)
    amplitudes = np.exp(-np.abs(delays) / (2 * np.where(delays < 0, _EARLY_DECAY, _DECAY)))
    carriers = np.arange(BESIDE[0], BESIDE[-1] + 1)
    echoes = np.exp(-2j * np.pi / GRID * np.outer(carriers, delays)) * amplitudes
    functions, sizes, _ = np.linalg.svd(echoes, full_matrices=False)
    functions = functions[:, sizes > _NEGLIGIBLE * sizes[0]]
    used = functions[np.isin(carriers, CARRIERS)]
    functions = functions @ np.linalg.inv(np.linalg.qr(used)[1])
    return tuple(functions[np.isin(carriers, which)].astype(np.complex64) for which in (CARRIERS, 0, BESIDE))


def _cubed(carriers: np.ndarray, sequence: np.ndarray) -> np.ndarray:
    """What x |x|^2 has on all carriers of a fine transform, where x of unit mean power has `sequence` on `carriers`."""
    spectrum = np.zeros(_FINE, np.complex128)
    spectrum[carriers] = sequence
    samples = np.fft.ifft(spectrum) * (_FINE / np.sqrt(CARRIERS.size))
    return np.fft.fft(samples * np.abs(samples) ** 2) * (np.sqrt(CARRIERS.size) / _FINE)


def _faults() -> np.ndarray:
    image = np.concatenate((LONG_SEQUENCE[::-1] * LONG_SEQUENCE, SHORT_SEQUENCE[::-1].conj() / SHORT_SEQUENCE))
    cubic = np.concatenate((_CUBED[0][CARRIERS] / LONG_SEQUENCE, _CUBED[1][SHORT_CARRIERS] / SHORT_SEQUENCE))
    return np.stack((image, cubic, np.arange(image.size) >= CARRIERS.size)).astype(np.complex64)


_CUBED = _cubed(CARRIERS, LONG_SEQUENCE), _cubed(SHORT_CARRIERS, SHORT_SEQUENCE)
#: complex64 [52, K], [1, K], [4, K]: functions of channels on `CARRIERS`, where they are orthonormal, on 0, on `BESIDE`.
USED_PART, MIDDLE_PART, BESIDE_PART = _channel_functions()
#: complex64 [64, K]: the same on the carriers of the long field, then of the short one by its weight.
CHANNELS = np.concatenate((USED_PART, SHORT_WEIGHT * USED_PART[SHORT_AT]))
#: complex64 [3, 64]: what image, third order and a change of the short field's level make of a flat channel.
FAULTS = _faults()
#: complex64 [2]: third order of the long and of the short field on carrier 0, where a leak is as well.
CUBED_MIDDLE = np.array([_CUBED[0][0], _CUBED[1][0]], np.complex64)
