# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells one FSK transmitter from another: Bluetooth, GFSK and FSK of remote controls and sensors."""

from collections.abc import Sequence

import numpy as np

from .fsk_burst import NoFsk, measure_fsk
from .fsk_values import NAMES, fsk_values
from .measured import Measured, check_rates


def fingerprint_fsk(bursts: Sequence[np.ndarray], sample_rate_hz: float) -> Measured:
    """Measure bursts of two-level FSK.

    Each array holds one burst, in noise or cut to it, at any rate above twice the symbol rate and anywhere in the band.
    Measured are the carrier's offset from the tuned frequency, or from the nearest whole MHz of it, and its course; the
    modulation index, the pulse that each bit makes and what is not linear in it, the clock, the turn-on, and image,
    carrier leak and droop of the envelope: errors of modulation as V. Brik et al., "Wireless device identification with
    radiometric signatures", 2008, name them, and the transient before them.

    Parameters
    ----------
    bursts : sequence of complex64 [n]
    sample_rate_hz : float
        Of all of them; finite and above 0.

    Returns
    -------
    Measured
        Values float32 [len(bursts), 1, len(fsk_values.NAMES)]. A burst is unusable that is too short, not finite, silent,
        too weak, or no FSK.

    Raises
    ------
    ParameterError
        The rate is not finite and above 0.
    """
    check_rates(sample_rate_hz, "bursts")
    values = np.zeros((len(bursts), 1, len(NAMES)), np.float32)
    reasons = []
    for row, burst in zip(values[:, 0], bursts):
        try:
            row[:] = fsk_values(measure_fsk(np.asarray(burst, np.complex64), sample_rate_hz))
            reasons.append("")
        except NoFsk as reason:
            reasons.append(str(reason))
    return Measured(values, np.array([not reason for reason in reasons], bool), reasons)
