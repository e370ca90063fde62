# SPDX-License-Identifier: GPL-3.0-or-later
"""The emitters of the field model's classes, by label."""

import numpy as np
from scipy import fft

from ..errors import ParameterError
from .field_analog import amplitude_modulated, frequency_modulated, single_sideband
from .field_carrier import carrier
from .field_draw import log_between
from .field_emission import Emission, draw_size
from .field_fsk import frequency_shift_keyed
from .field_linear import linear
from .field_ofdm import multicarrier
from .field_ook import on_off_keyed

_MAKERS = {
    **dict.fromkeys(("BPSK", "QPSK", "8PSK", "16QAM", "64QAM"), linear),
    **dict.fromkeys(("2-FSK", "4-FSK"), frequency_shift_keyed),
    "OOK": on_off_keyed,
    "4-ASK": linear,
    "AM": amplitude_modulated,
    "SSB": single_sideband,
    "FM": frequency_modulated,
    "OFDM": multicarrier,
    "carrier": carrier,
}
CARRIER = "carrier"
NOISE = "noise"
#: What the field model tells apart, in the order of its output.
LABELS = (*_MAKERS, NOISE)
_CARRIER_SIZE = (1024, 12_000)  # samples
_CARRIER_BAND = (2e-4, 3e-3)  # cycles per sample, that drift and phase noise take


def emit(label: str, rng: np.random.Generator) -> Emission:
    """Return one clean emission of a class, around 0 Hz.

    Parameters
    ----------
    label : str
        One of `LABELS`, but not noise, which nothing emits.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If `label` is none of them.
    """
    if label not in _MAKERS:
        raise ParameterError(f"The 'label' of an emission must be one of {', '.join(_MAKERS)}. Got {label!r} instead.")
    count, bandwidth = draw_size(rng)
    if label == CARRIER:
        count, bandwidth = int(log_between(rng, *_CARRIER_SIZE)), log_between(rng, *_CARRIER_BAND)
    return _MAKERS[label](label, fft.next_fast_len(count), bandwidth, rng)
