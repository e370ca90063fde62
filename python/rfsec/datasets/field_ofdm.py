# SPDX-License-Identifier: GPL-3.0-or-later
"""OFDM of the field model: frames like Wi-Fi's, allocations like LTE's, Zadoff-Chu symbols, and single-carrier FDMA."""

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.constellations import constellation
from .field_draw import between, chance, log_between, pick, ramp
from .field_emission import Emission

_PREFIXES = (1 / 4, 1 / 8, 1 / 16, 0.07)
_POINTS = ("BPSK", "QPSK", "QAM16", "QAM64")
_BLOCK = 12  # carriers of an LTE resource block
_WHOLE_BAND = (0.5, 0.97)  # cycles per sample: receivers are often no faster than the signal is wide
_SLOT = 7  # symbols of half a millisecond of LTE
_PAUSING = 80  # carriers at most where symbols are silent: three of them are shorter than half a window

Grid = npt.NDArray[np.complex64]


def multicarrier(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return one transmission of about `count` samples.

    Parameters
    ----------
    label : str
        OFDM.
    count : int
    bandwidth : float
        Occupied bandwidth, cycles per sample.
    rng : numpy.random.Generator
    """
    kind = pick(rng, ("plain", "wifi", "blocks", "spread"), (0.4, 0.25, 0.25, 0.1))
    if chance(rng, 0.3):
        bandwidth = between(rng, *_WHOLE_BAND)
    size = 64 if kind == "wifi" else int(log_between(rng, 64, 2049)) & ~1
    used = 52 if kind == "wifi" else 2 * round(between(rng, 0.3, 0.95) * size / 2)
    prefix = max(2, round(size * (0.25 if kind == "wifi" else pick(rng, _PREFIXES))))
    samples_per_own = used / size / bandwidth  # how many raw samples one of the critical rate takes
    needed = max(size // 2, int(count / samples_per_own))
    if kind in ("plain", "spread") and chance(rng, 0.25):  # a short frame
        needed = min(needed, (size + prefix) * (1 + int(rng.random() * 6)))
    symbols = -(-needed // (size + prefix)) + 1
    grid = _carriers(kind, symbols, used, rng)
    stream = _symbols(grid, size, prefix, rng)
    start = int(rng.random() * (stream.size - needed)) if chance(rng, 0.5) else 0
    if kind == "blocks" and chance(rng, 0.5):  # a few symbols between silent ones
        start, needed = 0, min(needed, (size + prefix) * (1 + int(rng.random() * 3)))
    part = stream[start : start + needed]
    stream = part if part.any() else stream[:needed]  # the first symbol is never silent
    if kind == "wifi" and start == 0:
        stream = np.concatenate((_wifi_preamble(rng), stream))[: max(needed, 400)]
    samples = _resample(stream, samples_per_own)
    return Emission(samples, None, prefix * samples_per_own)


def _carriers(kind: str, symbols: int, used: int, rng: np.random.Generator) -> Grid:
    """Values of the used carriers, from the lowest frequency up."""
    points = constellation(pick(rng, _POINTS), unit_power=True)
    grid = points[rng.integers(0, points.size, (symbols, used))]
    if kind == "spread":
        return fft.fft(grid, axis=1, norm="ortho")
    if kind == "blocks":
        slots, blocks = -(-symbols // _SLOT), -(-used // _BLOCK)
        on = rng.random((slots, blocks)) < log_between(rng, 0.03, 0.9)
        on[:, int(rng.random() * blocks)] = True
        grid = grid * np.repeat(np.repeat(on, _SLOT, axis=0)[:symbols], _BLOCK, axis=1)[:, :used]
        if chance(rng, 0.35):  # nothing but pilots
            step = pick(rng, (3, 6))
            grid = np.where(np.arange(used) % step == int(rng.random() * step), points[rng.integers(0, points.size, grid.shape)], 0)
        if chance(rng, 0.4):
            root = 1 + 2 * int(rng.random() * 20)
            at = np.arange(used)
            grid[int(rng.random() * symbols)] = np.exp(-1j * np.pi * root * (at * (at + 1) % (2 * used)) / used)
        if used <= _PAUSING and chance(rng, 0.3):  # a cell without traffic: reference signals in two symbols of a slot
            grid[~np.isin(np.arange(symbols) % _SLOT, (0, 4))] = 0
    if chance(rng, 0.5):
        pilots = slice(int(rng.random() * 6), None, pick(rng, (3, 6, 7, 14)))
        grid[:, pilots] = np.float32(log_between(rng, 1.0, 1.5)) * np.sign(rng.random(grid[:, pilots].shape) - 0.5)
    return grid


def _symbols(grid: Grid, size: int, prefix: int, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Symbols with their cyclic prefix, one after the other; sometimes they fade into each other."""
    symbols, used = grid.shape
    spectrum = np.zeros((symbols, size), np.complex64)
    null = 1 if used < size - 1 and chance(rng, 0.6) else 0  # the carrier at 0 Hz stays empty
    half = used // 2
    spectrum[:, null : null + used - half] = grid[:, half:]
    spectrum[:, size - half :] = grid[:, :half]
    body = fft.ifft(spectrum, axis=1, norm="ortho", overwrite_x=True)
    fade = int(between(rng, 0, 0.5) * prefix) if chance(rng, 0.5) else 0
    whole = np.concatenate((body[:, size - prefix :], body, body[:, :fade]), axis=1)
    out = np.zeros((symbols, size + prefix), np.complex64)
    out[:] = whole[:, : size + prefix]
    if fade:
        rise = np.sin(np.float32(np.pi / 2) * ramp(fade)) ** 2
        out[:, :fade] *= rise
        out[1:, :fade] += whole[:-1, size + prefix :] * rise[::-1]
    return out.ravel()


def _wifi_preamble(rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Ten short and two long training symbols with random carriers (IEEE 802.11-2020, 17.3.3)."""
    signs = np.sign(rng.random(52) - 0.5)
    spectrum = np.zeros(64, np.complex64)
    spectrum[1:27], spectrum[38:] = signs[26:], signs[:26]
    long = fft.ifft(spectrum, norm="ortho")
    short = np.zeros(64, np.complex64)
    short[[4, 8, 12, 16, 20, 24, -24, -20, -16, -12, -8, -4]] = np.exp(0.5j * np.pi * (rng.integers(0, 4, 12) + 0.5)) * 2.08
    short = fft.ifft(short, norm="ortho")
    return np.concatenate((np.resize(short, 160), long[32:], long, long)).astype(np.complex64)


def _resample(stream: npt.NDArray[np.complex64], factor: float) -> npt.NDArray[np.complex64]:
    """Bring samples of the critical rate to `factor` times as many."""
    size = fft.next_fast_len(stream.size)
    length = fft.next_fast_len(max(size, round(size * factor)))
    few = fft.fft(stream, size)
    spectrum = np.zeros(length, np.complex64)
    half = size // 2
    spectrum[: size - half], spectrum[length - half :] = few[: size - half], few[size - half :]
    return fft.ifft(spectrum, overwrite_x=True)[: round(stream.size * length / size)] * np.float32(length / size)
