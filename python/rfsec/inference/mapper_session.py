# SPDX-License-Identifier: GPL-3.0-or-later
"""One mapper of channel features, loaded and checked against its card."""

import numpy as np

from ..errors import ParameterError
from ..keygen.features import features
from .mapper_card import MapperCard
from .mapper_features import normalised, represented
from .row_session import RowSession


class MapperSession(RowSession):
    """An ONNX Runtime session of a mapper, and what brings both ends' measurements to its features.

    Both ends of a key agreement must have the same `sha256`. See ``RowSession``.
    """

    kind, card_type, at_once = "mapper", MapperCard, 1024

    @property
    def taken(self) -> tuple[int, ...]:
        return (2 * self.card.input.carriers,)

    @property
    def given(self) -> tuple[str, str, int]:
        return "output", self.card.output.name, 2 * self.card.input.carriers

    def alice(self, cfr: np.ndarray) -> np.ndarray:
        """Return what Alice expects of band 2, float32 [n, 2L], by her measured band 1, complex [n, L]; NaN for a row that has no features."""
        rows = normalised(self._prepared(cfr), self.card.input.normalisation)
        usable = np.isfinite(rows).all(axis=1, keepdims=True)
        return np.where(usable, self._rows(np.where(usable, rows, 0)), np.float32(np.nan))

    def bob(self, cfr: np.ndarray) -> np.ndarray:
        """Return Bob's features, float32 [n, 2L], of his measured band 2, complex [n, L], comparable with Alice's; NaN for a row that has none."""
        return normalised(self._prepared(cfr), self.card.output.normalisation)

    def _prepared(self, cfr: np.ndarray) -> np.ndarray:
        carriers = self.card.input.carriers
        if cfr.ndim != 2 or cfr.shape[1] != carriers:
            raise ParameterError(f"The mapper {self.card.name} takes responses on {carriers} carriers. Got shape {cfr.shape} instead.")
        return features(represented(self.card.input.representation, cfr))
