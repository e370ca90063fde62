# SPDX-License-Identifier: GPL-3.0-or-later
"""From a transmitter's output to a receiver's samples: carrier, paths, filter, mixer, noise, converter, in that order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.carrier import carriers
from ..dsp.noise import complex_noise
from ..dsp.path_response import path_response
from .receivers import Receivers

Samples = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Links:
    """One link a row.

    Attributes
    ----------
    offsets, line_widths : ndarray of float, shape (n,)
        Of the transmitter's and the receiver's oscillator together, cycles per sample of the receiver.
    delays, gains : ndarray, shape (n, paths)
        Samples of the receiver, fractions count; complex amplitudes.
    receivers : Receivers
        Of n rows.
    """

    offsets: Floats
    line_widths: Floats
    delays: Floats
    gains: npt.NDArray[np.complexfloating]
    receivers: Receivers


def propagate(
    sent: Samples,
    oversampling: int,
    durations: Floats,
    links: Links,
    leads: Floats,
    snr_db: Floats,
    length: int,
    rng: np.random.Generator,
) -> Samples:
    """Return rows of the receiver's samples: a lead of noise, the packet at unit power, and what the row has left.

    The carriers of both ends turn after the paths and the filter: over delays of a microsecond the offset between them
    changes nothing but the phase of each path.

    Parameters
    ----------
    sent : ndarray of complex64, shape (n, m * oversampling)
        Packets, from their first sample.
    oversampling : int
        Samples of `sent` for one of the receiver's.
    durations : ndarray of float, shape (n,)
        Of the packets, receiver's samples.
    links : Links
    leads : ndarray of float, shape (n,)
        Noise before the packet, samples; fractions count.
    snr_db : ndarray of float, shape (n,)
        Power of the packet as received over that of the noise in the whole sampled band, dB.
    length : int
        Samples a row.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape (n, length)
    """
    delays = links.delays + leads[:, None]
    # Nothing that a packet leaves behind its row comes round to its start.
    span = 2 * fft.next_fast_len((max(length, sent.shape[1] // oversampling + int(delays.max()) + 2) + 1) // 2)
    spectrum = fft.fft(sent, span * oversampling, axis=1)
    band = path_response(delays, links.gains, span)
    band *= links.receivers.response(span)
    half = span // 2
    band[:, :half] *= spectrum[:, :half]
    band[:, half:] *= spectrum[:, -half:]
    rows = fft.ifft(band, axis=1, overwrite_x=True)[:, :length]
    rows *= carriers(links.offsets, links.line_widths, rng.random(len(sent)), length, rng)
    energy = np.einsum("nt,nt->n", rows, rows.conj()).real
    rows /= np.sqrt(energy / np.minimum(durations, length - leads))[:, None]
    noise = 10 ** (-snr_db / 20)
    # The noise of the antenna passes the mixer as well, but its image is as white as itself.
    rows += noise.astype(np.float32)[:, None] * complex_noise(rows.shape, rng)
    return links.receivers.digitise(rows, np.sqrt(1 + noise**2))
