# SPDX-License-Identifier: GPL-3.0-or-later
"""RadioML 2016.10a from a seed: the published recipe with its faults ("compat"), and a corrected one.

O'Shea and West, "Radio Machine Learning Dataset Generation with GNU Radio", GRCon 2016. Scores on the two modes must
never be mixed: see ``PublishedChannel`` and ``SignalStyle`` for what differs.

Example
-------
>>> from rfsec.datasets.rml2016a import generate
>>> test = generate("compat", snrs_db=(0, 18), windows_per_cell=2, seed=7)
>>> test.x.shape
(44, 128)
"""

from collections.abc import Sequence

import numpy as np

from ..errors import ParameterError
from .cells import cell_snrs, label_major
from .labelled_windows import LabelledWindows
from .rml2016a_channels import PUBLISHED_SHAPE, CorrectedChannel, PublishedChannel, clean_length
from .rml2016a_signals import CORRECTED, LABELS, PUBLISHED, SAMPLE_RATE_HZ, SAMPLES_PER_SYMBOL, SignalStyle, modulate
from .seeding import Purpose, seed_sequence
from .shape import Shape

__all__ = ["LABELS", "MODES", "SAMPLES_PER_SYMBOL", "SAMPLE_RATE_HZ", "SNRS_DB", "WINDOW", "generate"]

WINDOW = PUBLISHED_SHAPE.window
SNRS_DB = tuple(range(-20, 20, 2))
MODES: dict[str, tuple[SignalStyle, type[PublishedChannel] | type[CorrectedChannel]]] = {
    "compat": (PUBLISHED, PublishedChannel),
    "corrected": (CORRECTED, CorrectedChannel),
}
_BLOCK = 1024  # windows made at once: their work arrays stay in a core's cache


def generate(
    mode: str,
    snrs_db: Sequence[int],
    windows_per_cell: int,
    seed: int,
    purpose: Purpose = Purpose.EVALUATION,
    index: int = 0,
    shape: Shape = PUBLISHED_SHAPE,
) -> LabelledWindows:
    """Generate labelled windows; equal arguments give equal bytes (on another CPU, to within rounding).

    Every window comes from a run of its own. In "compat" all windows of a call share one pool of noise, as the published set's do:
    parts of one result are no test of each other where a label is nothing but noise (AM-SSB).

    Parameters
    ----------
    mode : str
        "compat" or "corrected".
    snrs_db : sequence of int
        SNR labels, dB; `SNRS_DB` is the published set's -20..18 dB.
    windows_per_cell : int
        Windows of each label at each SNR, at least 1.
    seed : int
        At least 0.
    purpose : Purpose
        Equal seeds of two purposes give independent data.
    index : int
        Number of the chunk in an endless stream of one seed.
    shape : Shape
        Any other than the published one gives data of its own, with the same transmitters and channels.

    Returns
    -------
    LabelledWindows
        ``x`` of shape (11 * len(snrs_db) * windows_per_cell, shape.window), ordered by label, then SNR.

    Raises
    ------
    ParameterError
        If an argument is outside its range.
    """
    if mode not in MODES:
        raise ParameterError(f"The 'mode' of RadioML 2016.10a must be 'compat' or 'corrected'. Got {mode!r} instead.")
    snr_db = cell_snrs("RadioML 2016.10a", snrs_db, windows_per_cell)
    variant = () if shape == PUBLISHED_SHAPE else (shape.samples_per_symbol, shape.window)
    style, make_channel = MODES[mode]
    rng = np.random.default_rng(seed_sequence(purpose, seed, index, variant))
    channel, parts = make_channel(rng, shape), []
    for label in LABELS:
        clean = modulate(label, style, len(snr_db), clean_length(shape), rng, shape.samples_per_symbol)
        parts += [channel(clean[i : i + _BLOCK], snr_db[i : i + _BLOCK]) for i in range(0, len(clean), _BLOCK)]
    return label_major(np.concatenate(parts), len(LABELS), snr_db)
