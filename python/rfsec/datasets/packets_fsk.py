# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets of Gaussian and plain frequency-shift keying as simulated devices send them, from ramp to ramp.

"ble": preamble and access address of an advertising channel (Bluetooth Core Specification 5.4, vol. 6, part B, 2.1),
and data, 80 to 376 symbols in all. "fsk": 16 to 32 alternating bits, a sync word of 16 to 24, and data, 60 to 300
symbols in all; length, preamble and sync word are the product's.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

from ..dsp.carrier import unit_phasors
from .devices_fsk import PRODUCT, Devices
from .numbered import Piece, between, draw_rows
from .transmitters import Transmitters

_ACCESS_ADDRESS = 0x8E89BED6
_BLE_HEADER = np.concatenate((np.arange(8) & 1, _ACCESS_ADDRESS >> np.arange(32) & 1)) == 1  # the lowest bit first
_BLE_OCTETS, _FSK_SYMBOLS = (10, 47), (60.0, 300.0)
_PREAMBLE, _SYNC_WORD = (16.0, 32.0), (16.0, 24.0)
_MOST = 8 * _BLE_OCTETS[1]
_MARGIN = 2  # symbols before the first and after the last that its pulse reaches into

Bits = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]


def draw_bits(
    seed: int, kind: str, emitter: Counts, devices: Devices, room: Floats, same_payload: bool, rng: np.random.Generator
) -> tuple[Bits, Counts]:
    """Return the symbols of one packet a row, and how many of them are sent.

    Parameters
    ----------
    seed : int
        Of the world, at least 0.
    kind : str
        "ble" or "fsk".
    emitter : ndarray of int, shape (n,)
    devices : Devices
        Of n rows.
    room : ndarray of float, shape (n,)
        Symbols that a packet may have at most.
    same_payload : bool
        The same data in every packet of the world, at the same length, instead of new data in each.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of bool, shape (n, 376)
    ndarray of int, shape (n,)
    """
    count = len(emitter)
    if same_payload:
        drawn, _ = draw_rows(seed, Piece.PAYLOAD, _MOST + 1, 0, np.zeros(count, int))
        bits, share = drawn[1:].T < 0.5, drawn[0]
    else:
        bits, share = rng.random((count, _MOST), dtype=np.float32) < 0.5, rng.random(count)
    if kind == "ble":
        bits[:, : _BLE_HEADER.size] = _BLE_HEADER
        counts = 8 * np.floor(between((_BLE_OCTETS[0], _BLE_OCTETS[1] + 1), share))
    else:
        preamble, word = (np.floor(between(*part))[:, None] for part in zip((_PREAMBLE, _SYNC_WORD), devices.frame.T[1:]))
        sync_word, _ = draw_rows(seed, Piece.SYNC_WORD, int(_SYNC_WORD[1]), 0, emitter // PRODUCT)
        at = np.arange(_MOST) - preamble
        synced = np.take_along_axis(sync_word.T < 0.5, np.clip(at, 0, int(_SYNC_WORD[1]) - 1).astype(int), axis=1)
        bits = np.where(at < 0, at % 2 == 0, np.where(at < word, synced, bits))
        counts = np.floor(between(_FSK_SYMBOLS, devices.frame[:, 0]))
    return bits, np.minimum(counts, room).astype(int)


def send_packets(
    devices: Devices, transmitters: Transmitters, bits: Bits, counts: Counts, symbols_per_sample: Floats
) -> tuple[npt.NDArray[np.complex64], Floats]:
    """Return one packet a row at an amplitude of 1; the carrier is still exact.

    A symbol's frequency goes over into the next one's as the step response of a Gaussian filter does, which is exact at
    any rate; then come what the modulator, its loop and the ramps of the amplifier do to it. An amplifier of a constant
    envelope only scales.

    Parameters
    ----------
    devices : Devices
        Of n rows.
    transmitters : Transmitters
        Of n rows: the mixers of those devices that modulate I and Q.
    bits : ndarray of bool, shape (n, m)
    counts : ndarray of int, shape (n,)
        Bits that are sent.
    symbols_per_sample : ndarray of float, shape (n,)
        With the errors of both clocks.

    Returns
    -------
    samples : ndarray of complex64, shape (n, length of the longest)
    durations : ndarray of float, shape (n,)
        Samples.
    """
    symbols = devices.ramp_up + counts + devices.ramp_down
    durations = symbols / symbols_per_sample
    since = np.arange(int(np.max(durations)) + 1) * symbols_per_sample[:, None]
    time = (since - devices.ramp_up[:, None]).astype(np.float32)
    track = _frequency(devices, bits, counts, time)
    since = since.astype(np.float32)
    track += _column(devices.settling) * np.exp(since / _column(-devices.settling_time))
    track += _column(devices.drift) * since
    turns = np.cumsum(track, axis=1, dtype=np.float64)
    turns *= (devices.index / 2 * symbols_per_sample)[:, None]
    samples = unit_phasors(turns)
    both = np.flatnonzero(devices.quadrature)
    samples[both] = transmitters.mix(samples)[both]
    edge = np.minimum(since / _column(devices.ramp_up), (_column(symbols) - since) / _column(devices.ramp_down))
    edge = np.clip(edge, 0, 1)
    return samples * (edge * edge * (3 - 2 * edge)), durations


def _frequency(devices: Devices, bits: Bits, counts: Counts, time: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Frequencies over half the index, at times in symbols since the first one began."""
    # The last symbol stays through the ramp.
    held = np.take_along_axis(bits, np.minimum(np.arange(bits.shape[1]), counts[:, None] - 1), axis=1)
    levels = np.pad(2.0 * held - 1, ((0, 0), (_MARGIN, _MARGIN)), "edge")
    levels[:, :_MARGIN] = devices.idle[:, None]
    before, after = np.roll(levels, 1, axis=1), np.roll(levels, -1, axis=1)
    levels = (levels + devices.before[:, None] * before + devices.after[:, None] * after).astype(np.float32)
    symbol = np.clip(np.floor(time), -1, bits.shape[1])
    place = symbol.astype(np.intp) + _MARGIN + levels.shape[1] * np.arange(len(levels))[:, None]
    last, this, following = (levels.ravel().take(place + shift) for shift in (-1, 0, 1))
    within = (time - symbol) / _column(devices.smoothing)
    track = last + (this - last) * special.ndtr(within)
    track += (following - this) * special.ndtr(within - 1 / _column(devices.smoothing))
    track += _column(devices.curvature) * (track * track - 1)
    return track


def _column(values: Floats) -> npt.NDArray[np.float32]:
    return values.astype(np.float32)[:, None]
