# SPDX-License-Identifier: GPL-3.0-or-later
"""One encoder of fingerprints, loaded and checked against its card."""

import numpy as np

from .encoder_card import EncoderCard
from .row_session import RowSession


class EncoderSession(RowSession):
    """An ONNX Runtime session of an encoder. Fingerprints of two encoders, by their `sha256`, cannot be compared. See ``RowSession``."""

    kind, card_type, at_once = "encoder", EncoderCard, 256

    @property
    def taken(self) -> tuple[int, ...]:
        return self.card.input.channels, self.card.input.length

    @property
    def given(self) -> tuple[str, str, int]:
        return "embedding", self.card.embedding.name, self.card.embedding.size

    def embed(self, values: np.ndarray) -> np.ndarray:
        """Return an embedding of each row, float32 [n, size], of `values`, float32 [n, channels, length].

        Raises ModelError where the graph fails or gives another shape.
        """
        return self._rows(values)
