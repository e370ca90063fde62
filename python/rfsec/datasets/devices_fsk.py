# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated transmitters of Bluetooth LE and of ISM remotes and sensors, by number: how each keys its frequency.

Every eight emitters are of one product: they share symbol rate, modulation, band and frame, and differ as samples of a
product do, whose curves and pulses are three tenths their own. "ble" has the tolerances of the Bluetooth Core
Specification 5.4, vol. 6, part A, 3.1 (index 0.45 to 0.55, BT 0.5) and section 3.1.4 (drift).

===============  ===================================  ====================================================
of a product     "ble"                                "fsk"
===============  ===================================  ====================================================
symbol rate      1 Mbit/s                             10 to 80 samples a symbol, 100 kbit/s at most;
                                                      three digits, as data sheets have them
index            0.45 to 0.55; 0.5% of a device       0.5 to 8, at most half the samples a symbol; 2% of
                                                      a device
Gaussian's BT    0.5, 4%                              0.5, 1 or none; 4%
carrier          2.44 GHz                             433.92 or 868.3 MHz
ramps            1 to 8 symbols; 10% of a device      0.2 to 3 symbols; 10% of a device
settling         2% of the deviation, in 2 to 30      5% of the deviation, in 0.5 to 10 symbols
                 symbols
drift            3 kHz in the longest packet          1% of the deviation in 100 symbols
===============  ===================================  ====================================================

Half of all products modulate I and Q and have the image and the leakage of `transmitters`; the others key an oscillator
and have none. Neighbouring symbols reach into each other by 2% and the tuning curve is bent by 2% (standard deviations).
Another day moves index, settling and drift by a tenth of what samples of a product differ by, as in `transmitters`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .numbered import Piece, between, draw_rows, log_between

PRODUCT = 8  # emitters
_CARRIERS_HZ = {"ble": (2.44e9,), "fsk": (433.92e6, 868.3e6)}
_BLE_RATE_HZ = 1e6
_FASTEST_HZ = 100e3
_SAMPLES_PER_SYMBOL = (10.0, 80.0)
_INDEX, _BLE_INDEX = (0.5, 8.0), (0.45, 0.55)
_SMOOTHING = np.sqrt(np.log(2)) / (2 * np.pi)  # standard deviation of a Gaussian filter of BT 1, symbols
_BANDWIDTH_TIMES = np.array([0.5, 1.0, 8.0])  # 8 is none, but for what a loop filter lets through
_MODULATED = 0.02  # spread of the two neighbours' parts and of the curvature
_DAY_SHARE = 0.1
_OWN = 0.3  # of a spread, by which samples of a product differ

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Devices:
    """One device a row; every attribute has shape (n,). Times are symbols; frequencies are over half the index.

    Attributes
    ----------
    symbol_rate_hz, carrier_hz : ndarray of float
        Nominal.
    index : ndarray of float
        Distance of the two frequencies over the symbol rate.
    smoothing : ndarray of float
        Standard deviation of the Gaussian pulse filter.
    before, after : ndarray of float
        Part of the last and of the next symbol in each.
    curvature : ndarray of float
        By how much the middle of a transition lies off the middle of the two frequencies.
    idle : ndarray of float
        Frequency before the first symbol: -1, 0 or 1.
    ramp_up, ramp_down : ndarray of float
    settling, settling_time, drift : ndarray of float
        Frequency error at the start, its time constant, and frequency gained a symbol.
    quadrature : ndarray of bool
        Whether it modulates I and Q.
    frame : ndarray of float, shape (n, 3)
        Of the product, uniform in (0, 1): what its frame is like.
    """

    symbol_rate_hz: Floats
    carrier_hz: Floats
    index: Floats
    smoothing: Floats
    before: Floats
    after: Floats
    curvature: Floats
    idle: Floats
    ramp_up: Floats
    ramp_down: Floats
    settling: Floats
    settling_time: Floats
    drift: Floats
    quadrature: npt.NDArray[np.bool_]
    frame: Floats


def draw_devices(
    seed: int, kind: str, sample_rate_hz: float, emitter: npt.NDArray[np.integer], day: npt.NDArray[np.integer]
) -> Devices:
    """Return the devices that are named, as they are on the days that are named.

    Parameters
    ----------
    seed : int
        Of the world, at least 0.
    kind : str
        "ble" or "fsk".
    sample_rate_hz : float
        Of the receiver; the symbol rates of "fsk" follow it.
    emitter, day : ndarray of int, shape (n,)
        At least 0; day 0 is the one without drift.
    """
    flat, bell = draw_rows(seed, Piece.DEVICE, 1, 9, emitter)
    moved = _DAY_SHARE * draw_rows(seed, Piece.DEVICE_DAY, 0, 3, emitter, day)[1] * (day > 0)
    product, alike = draw_rows(seed, Piece.PRODUCT, 12, 6, emitter // PRODUCT)
    curves = np.sqrt(1 - _OWN**2) * alike + _OWN * bell[3:]
    carriers = np.array(_CARRIERS_HZ[kind])
    if kind == "ble":
        rate_hz = np.full(len(emitter), _BLE_RATE_HZ)
        index, own = between(_BLE_INDEX, product[1]), 0.005
        bandwidth_time, slowest, settled, settling, drift = 0.5, between((1.0, 8.0), product[3:5]), (2.0, 30.0), 0.02, 3.2e-5
    else:
        per_symbol = log_between(_SAMPLES_PER_SYMBOL, product[0])
        rate_hz = _three_digits(np.minimum(sample_rate_hz / per_symbol, _FASTEST_HZ))
        index, own = log_between((_INDEX[0], np.minimum(_INDEX[1], per_symbol / 2)), product[1]), 0.02
        bandwidth_time = _BANDWIDTH_TIMES[(product[2] * 3).astype(int)]
        slowest, settled, settling, drift = log_between((0.2, 3.0), product[3:5]), (0.5, 10.0), 0.05, 1e-4
    ramps = slowest * (1 + 0.1 * bell[1:3])
    return Devices(
        symbol_rate_hz=rate_hz,
        carrier_hz=carriers[(product[5] * carriers.size).astype(int)],
        index=index * (1 + own * (bell[0] + moved[0])),
        smoothing=_SMOOTHING / bandwidth_time * (1 + 0.04 * curves[0]),
        before=_MODULATED * curves[1],
        after=_MODULATED * curves[2],
        curvature=_MODULATED * curves[3],
        idle=np.floor(3 * product[9]) - 1,
        ramp_up=ramps[0],
        ramp_down=ramps[1],
        settling=settling * (curves[4] + _OWN * moved[1]),
        settling_time=log_between(settled, (1 - _OWN) * product[10] + _OWN * flat[0]),
        drift=drift * (curves[5] + _OWN * moved[2]),
        quadrature=product[11] < 0.5,
        frame=product[6:9].T,
    )


def _three_digits(values: Floats) -> Floats:
    unit = 10 ** (np.floor(np.log10(values)) - 2)
    return np.rint(values / unit) * unit
