# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes fingerprints of bursts and windows with an encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelError, ParameterError
from ..fingerprint.encoder_id import EncoderId
from ..fingerprint.measure import measure_bursts
from .catalog import DEFAULT_ENCODER, find_encoder
from .encoder_session import EncoderSession
from .representations import represent


@dataclass(frozen=True, slots=True)
class Embedded:
    """Fingerprints of n bursts.

    Attributes
    ----------
    values : float32 [n, size]
        Zeros where there is none.
    usable : bool [n]
        Whether there is one.
    reason : list of str [n]
        Why not; "" where there is one.
    """

    values: np.ndarray
    usable: np.ndarray
    reason: list[str]


class Fingerprinter:
    """An encoder with what it needs to know of a burst.

    Parameters
    ----------
    model : str or Path
        Name of a shipped encoder, or an .onnx file with a card.
    threads : int
        Threads of ONNX Runtime, at least 1.

    Attributes
    ----------
    card : EncoderCard
    encoder : EncoderId
        What a gallery keeps of it: fingerprints of two encoders cannot be compared.
    window_length : int or None
        Samples of a plain window; None where the encoder takes bursts only.

    Raises
    ------
    ModelError
        There is no such encoder.
    ParameterError
        `threads` is below 1.
    """

    def __init__(self, model: str | Path = DEFAULT_ENCODER, *, threads: int = 1):
        self._session = EncoderSession(find_encoder(model), threads=threads)
        self.card = self._session.card
        plain, embedding = self.card.input.representation in ("iq", "iq_aligned"), self.card.embedding
        self.window_length = self.card.input.length if plain else None
        self.encoder = EncoderId(self.card.name, self._session.sha256, embedding.size, embedding.metric,
                                 None if embedding.weights is None else tuple(embedding.weights), embedding.unit_length)

    def embed(self, bursts: Sequence[np.ndarray], sample_rate_hz: float) -> Embedded:
        """Make a fingerprint of each burst, complex64 [m] each, or complex64 [n, m].

        Raises ModelError where the encoder itself fails.
        """
        measured = measure_bursts(self.card.input.representation, bursts, sample_rate_hz)
        values = np.zeros((len(bursts), self.card.embedding.size), np.float32)
        if measured.usable.any():
            values[measured.usable] = self._session.embed(measured.values[measured.usable])
        return Embedded(values, measured.usable, measured.reason)

    def embed_windows(self, windows: np.ndarray) -> np.ndarray:
        """Make a fingerprint of each window as it comes, complex64 [n, length]: float32 [n, size].

        Raises ModelError where the encoder takes no plain windows of this length, or fails.
        """
        if windows.shape[1] != self.window_length:
            takes = "bursts" if self.window_length is None else f"windows of {self.window_length} samples"
            raise ModelError(f"{self._session.path}: this encoder takes {takes}, not windows of {windows.shape[1]} samples.")
        return self.embed_rows(represent("iq", windows))

    def embed_rows(self, rows: np.ndarray) -> np.ndarray:
        """Make a fingerprint of each row of what the graph takes, float32 [n, channels, length]: float32 [n, size].

        Raises ModelError where the encoder fails.
        """
        return self._session.embed(rows)

    def threshold(self, false_accepts: float = 0.01) -> float:
        """Return the distance within which the share `false_accepts` of strangers falls, by the card.

        Raises ParameterError where the card has none for that share.
        """
        for one in self.card.thresholds:
            if one.false_accepts == false_accepts:
                return one.distance
        rates = ", ".join(f"{one.false_accepts:g}" for one in self.card.thresholds)
        raise ParameterError(f"The 'false_accepts' of {self.card.name} must be one of {rates}, for which its card has a threshold. "
                             f"Got {false_accepts:g} instead.")
