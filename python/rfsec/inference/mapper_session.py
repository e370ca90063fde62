# SPDX-License-Identifier: GPL-3.0-or-later
"""One mapper of channel features, loaded and checked against its card."""

import hashlib
from pathlib import Path

import numpy as np

from ..errors import ModelError, ParameterError
from ..keygen.features import features
from .mapper_card import MapperCard
from .mapper_features import normalised, represented
from .runtime import card_text, one_line, open_runtime

_AT_ONCE = 1024  # rows of one run: bounds the memory


class MapperSession:
    """An ONNX Runtime session of a mapper, and what brings both ends' measurements to its features.

    Parameters
    ----------
    path : str or Path
        The ``.onnx`` file.
    threads : int
        Threads that one run may use, at least 1.

    Attributes
    ----------
    card : MapperCard
    path : Path
    sha256 : str
        Of the file, in hexadecimal: both ends of a key agreement must have the same.

    Raises
    ------
    ModelError
        The file is missing or damaged, is no mapper, or its card does not fit its graph.
    ParameterError
        `threads` is below 1.
    """

    def __init__(self, path: str | Path, *, threads: int = 1):
        self.path = Path(path)
        self._runtime = open_runtime(self.path, threads)
        self.card = MapperCard.from_json(card_text(self._runtime, self.path), str(self.path))
        self.sha256 = hashlib.sha256(self.path.read_bytes()).hexdigest()
        self._input = self._checked()

    def alice(self, cfr: np.ndarray) -> np.ndarray:
        """Return what Alice expects of band 2, float32 [n, 2L], by her measured band 1, complex [n, L]."""
        values = normalised(self._prepared(cfr), self.card.input.normalisation)
        found = np.empty_like(values)
        for first in range(0, len(values), _AT_ONCE):
            part = values[first : first + _AT_ONCE]
            try:
                [mapped] = self._runtime.run([self.card.output.name], {self._input: part})
            except Exception as error:  # ONNX Runtime has no common base class for what a graph can raise
                raise ModelError(f"{self.path}: the mapper failed on {part.shape}: {one_line(error)}") from None
            if mapped.shape != part.shape:
                raise ModelError(f"{self.path}: the mapper must give as many values as it takes, {part.shape}. It gave {mapped.shape}.")
            found[first : first + _AT_ONCE] = mapped
        return found

    def bob(self, cfr: np.ndarray) -> np.ndarray:
        """Return Bob's features, float32 [n, 2L], of his measured band 2, complex [n, L], comparable with Alice's."""
        return normalised(self._prepared(cfr), self.card.output.normalisation)

    def _prepared(self, cfr: np.ndarray) -> np.ndarray:
        carriers = self.card.input.carriers
        if cfr.ndim != 2 or cfr.shape[1] != carriers:
            raise ParameterError(f"The mapper {self.card.name} takes responses on {carriers} carriers. Got shape {cfr.shape} instead.")
        return features(represented(self.card.input.representation, cfr))

    def _checked(self) -> str:
        inputs, outputs = self._runtime.get_inputs(), {one.name: one for one in self._runtime.get_outputs()}
        wanted = 2 * self.card.input.carriers
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or list(inputs[0].shape[1:]) != [wanted] or isinstance(
                inputs[0].shape[0], int):
            raise ModelError(f"{self.path}: the card's field 'input' says float32 [batch, {wanted}]; the graph takes "
                             f"{', '.join(f'{one.type} {one.shape}' for one in inputs)}.")
        name = self.card.output.name
        if name not in outputs:
            raise ModelError(f"{self.path}: the card's output '{name}' is no output of the graph, which has {', '.join(outputs)}.")
        return inputs[0].name
