# SPDX-License-Identifier: GPL-3.0-or-later
"""Carriers of free-running oscillators: an offset, and a phase that walks as white frequency noise makes it."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def carriers(
    offsets: Floats, line_widths: Floats, phases: Floats, length: int, rng: np.random.Generator
) -> npt.NDArray[np.complex64]:
    """Return one rotating phasor of unit amplitude a row.

    The phase of an oscillator with a Lorentzian line of full width w walks with a variance of 2 pi w a sample
    (A. Demir et al., IEEE Trans. Circuits Syst. I 47(5), 2000).

    Parameters
    ----------
    offsets, line_widths : ndarray of float, shape (n,)
        Cycles per sample.
    phases : ndarray of float, shape (n,)
        At the first sample, cycles.
    length : int
        Samples a row.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape (n, length)
    """
    # Steps from a uniform draw, of the same variance: a few of them together are Gaussian, and cost a fifth.
    walk = rng.random((len(offsets), length), dtype=np.float32)
    walk -= np.float32(0.5)
    walk *= np.sqrt(12 * line_widths / (2 * np.pi)).astype(np.float32)[:, None]
    np.cumsum(walk, axis=1, out=walk)
    turns = offsets[:, None] * np.arange(length)
    turns += phases[:, None]
    turns += walk
    return unit_phasors(turns)


def unit_phasors(turns: npt.NDArray[np.float64]) -> npt.NDArray[np.complex64]:
    """Return exp(j 2 pi turns) of an array of any shape (at a third of the time of ``np.exp``)."""
    phase = (turns - np.rint(turns)).astype(np.float32)  # many turns keep their precision
    phase *= np.float32(2 * np.pi)
    out = np.empty(turns.shape, np.complex64)
    np.cos(phase, out=out.real)
    np.sin(phase, out=out.imag)
    return out
