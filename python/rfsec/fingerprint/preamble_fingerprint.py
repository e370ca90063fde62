# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells one 802.11 transmitter from another: values of a frame's preamble that hold the radio and not the channel.

Errors of modulation as V. Brik et al., "Wireless device identification with radiometric signatures", 2008, name them, but
with the channel divided out, for else a fingerprint is one of the place.
"""

import numpy as np

from ..ofdm.cfr import EARLY
from ..ofdm.packet_sync import Packets, synchronise
from ..ofdm.preamble import PREAMBLE
from .measured import Measured, check_rates
from .preamble_fields import UNUSED, preamble_fields
from .transmitter_faults import transmitter_faults

#: Values of one preamble: those of the transmitter as a whole, then complex ones of its carriers.
VALUES = 20 + 2 * (52 + 12 + 4)
_LEAST_QUALITY = 0.35
_IMAGE, _LEAK, _CUBIC = 0.01, 0.016, 0.02  # usual sizes: 0.15 dB and 1 degree; -36 dBc; some dB below saturation
_OFFSET_HZ, _LEVEL, _UNREST, _CARRIER = 1e3, 0.02, 0.02, 0.03
_OFFSET_AT, _LEVEL_AT, _UNREST_AT = 6, 13, 17
_MOST_LEVEL, _MOST_UNREST = 0.3, 0.3  # nepers, radian: both fields are sent alike, and with one phase
_LARGEST = 30.0  # of each value but the offset: what is beyond tells no more
_SYMBOLS = 2  # of which noise is the mean
_TINY = 1e-30


def fingerprint_preambles(frames: np.ndarray, sample_rate_hz: float | np.ndarray) -> Measured:
    """Measure the preamble of the one frame in each row.

    The values are, in this order: I/Q image, carrier leak (mean of both fields), third order of the amplifier, each as real
    and imaginary part; carrier offset in kHz, and its arcsinh; image and leak again, less what is likely the receiver's;
    offset in the long field less that in the short one, kHz; level (nepers) and phase of the short field over the long one;
    leak in the long field less that in the short one; unrest of the phase; SNR of the samples, tens of dB; power that
    nothing explains over the noise's, tens of dB; then real and imaginary parts, over the channel, of what is no channel on
    the 52 carriers of the long field, the 12 of the short one, and 4 beside the band. But for the offset and the dB they
    are divided by their usual size.

    Parameters
    ----------
    frames : complex64 [n, m]
        At one sample per step of the 64-carrier grid, m at least 320.
    sample_rate_hz : float, or float [n]
        Finite and above 0; 20e6 for channels of 20 MHz.

    Returns
    -------
    Measured
        Values float32 [n, 1, VALUES].

    Raises
    ------
    ParameterError
        The frames are no rows of at least 320 complex numbers, or the rate is not finite and above 0.
    """
    rates_hz = np.broadcast_to(np.asarray(sample_rate_hz, np.float64), len(frames))
    check_rates(sample_rate_hz, "frames")
    packets = synchronise(frames)
    reasons = np.full(len(frames), "", object)
    reasons[(packets.start < -UNUSED) | (packets.start + PREAMBLE - EARLY > frames.shape[1])] = "its preamble is cut"
    reasons[packets.quality < _LEAST_QUALITY] = "no 802.11 preamble"
    reasons[~np.isfinite(frames).all(axis=1)] = "not finite"
    taken = np.flatnonzero(reasons == "")
    values = np.zeros((len(frames), 1, VALUES), np.float32)
    values[taken, 0] = _values(frames[taken], packets.take(taken), rates_hz[taken])
    level, unrest = _LEVEL * values[:, 0, _LEVEL_AT], _UNREST * values[:, 0, _UNREST_AT]
    disturbed = (np.abs(level) > _MOST_LEVEL) | (unrest > _MOST_UNREST)
    values[disturbed], reasons[disturbed] = 0, "its preamble is disturbed"
    return Measured(values, reasons == "", list(reasons))


def _values(frames: np.ndarray, packets: Packets, rates_hz: np.ndarray) -> np.ndarray:
    fields = preamble_fields(frames, packets)
    faults = transmitter_faults(fields)
    offset, drift = fields.cfo * rates_hz / _OFFSET_HZ, fields.drift * rates_hz / _OFFSET_HZ
    noise = np.maximum(fields.noise, _TINY)
    leak = (faults.leak[:, 0] + faults.leak[:, 1]) / 2
    whole = np.stack((
        *_parts(faults.image, _IMAGE), *_parts(leak, _LEAK), *_parts(faults.cubic, _CUBIC),
        np.zeros(len(frames)), np.arcsinh(offset),
        *_parts(faults.likely_image, _IMAGE), *_parts(faults.likely_leak, _LEAK), drift,
        *_parts(np.log(faults.level), _LEVEL), *_parts(faults.leak[:, 0] - faults.leak[:, 1], _LEAK),
        fields.unrest / _UNREST, np.log10(np.maximum(faults.power, _TINY) / noise / _SYMBOLS), np.log10(faults.rest / noise),
    ), axis=1)
    carriers = np.concatenate((faults.long, faults.short, faults.beside), axis=1).astype(np.complex64)
    values = np.concatenate((whole, carriers.view(np.float32) / _CARRIER), axis=1)
    values = np.clip(values, -_LARGEST, _LARGEST)
    values[:, _OFFSET_AT] = offset
    return values


def _parts(values: np.ndarray, usual: float) -> tuple[np.ndarray, np.ndarray]:
    return values.real / usual, values.imag / usual
