# SPDX-License-Identifier: GPL-3.0-or-later
"""The training fields that every 802.11a packet begins with (IEEE Std 802.11-2020, 17.3.3).

All samples are at one per step of the 64-carrier grid: 20 MS/s for channels of 20 MHz, 5 MS/s for those of 5 MHz.
Both fields have unit mean power.
"""

import numpy as np

#: Carriers of the grid, and samples of one symbol without its prefix.
GRID = 64
#: Samples of a period of the short training field.
PERIOD = 16
#: Samples of each training field.
FIELD = 160
#: Samples from the start of a packet to its first long training symbol: the short field and a double guard interval.
LONG_SYMBOL_AT = 192
#: Samples of both fields.
PREAMBLE = 2 * FIELD

#: int [52], the used carriers from the lowest frequency up; 0, in the middle, is not one of them.
CARRIERS = np.concatenate((np.arange(-26, 0), np.arange(1, 27)))
#: int [12], the carriers of the short training field.
SHORT_CARRIERS = np.concatenate((np.arange(-24, 0, 4), np.arange(4, 25, 4)))
#: float32 [52], the long training sequence on `CARRIERS`.
LONG_SEQUENCE = np.float32([1 if sign == "+" else -1 for sign in "++--++-+-++++++--++-+-++++" "+--++-+-+-----++--+-+-++++"])
#: complex64 [12], the short training sequence on `SHORT_CARRIERS`, of the long sequence's power.
SHORT_SEQUENCE = np.complex64(np.sqrt(13 / 6) * (1 + 1j) * np.array([1, -1, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1]))


def symbol(carriers: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the symbol that has `values` on `carriers`, of unit mean power where the values' powers sum to 52.

    Parameters
    ----------
    carriers : int [m]
        From -32 to 31.
    values : complex [..., m]

    Returns
    -------
    complex64 [..., 64]
    """
    spectrum = np.zeros((*values.shape[:-1], GRID), np.complex128)
    spectrum[..., carriers % GRID] = values
    return (np.fft.ifft(spectrum, axis=-1) * (GRID / np.sqrt(CARRIERS.size))).astype(np.complex64)


#: complex64 [64]
LONG_SYMBOL = symbol(CARRIERS, LONG_SEQUENCE)
#: complex64 [160]: a guard interval of half a symbol, and the symbol twice.
LONG_FIELD = np.concatenate((LONG_SYMBOL[GRID // 2 :], LONG_SYMBOL, LONG_SYMBOL))
#: complex64 [160]: ten equal periods.
SHORT_FIELD = np.resize(symbol(SHORT_CARRIERS, SHORT_SEQUENCE), FIELD)
