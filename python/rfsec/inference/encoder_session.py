# SPDX-License-Identifier: GPL-3.0-or-later
"""One encoder of fingerprints, loaded and checked against its card."""

import hashlib
from pathlib import Path

import numpy as np

from ..errors import ModelError
from .encoder_card import EncoderCard
from .runtime import card_text, one_line, open_runtime

_AT_ONCE = 256  # rows of one run: bounds the memory


class EncoderSession:
    """An ONNX Runtime session of an encoder.

    Parameters
    ----------
    path : str or Path
        The ``.onnx`` file.
    threads : int
        Threads that one run may use, at least 1.

    Attributes
    ----------
    card : EncoderCard
    path : Path
    sha256 : str
        Of the file, in hexadecimal: fingerprints of two encoders cannot be compared.

    Raises
    ------
    ModelError
        The file is missing or damaged, is no encoder, or its card does not fit its graph.
    ParameterError
        `threads` is below 1.
    """

    def __init__(self, path: str | Path, *, threads: int = 1):
        self.path = Path(path)
        self.runtime = open_runtime(self.path, threads)
        self.card = EncoderCard.from_json(card_text(self.runtime, self.path), str(self.path))
        self.sha256 = hashlib.sha256(self.path.read_bytes()).hexdigest()
        self._input = self._checked()

    def embed(self, values: np.ndarray) -> np.ndarray:
        """Return an embedding of each row, float32 [n, size], of `values`, float32 [n, channels, length].

        Raises ModelError where the graph fails or gives another shape.
        """
        size = self.card.embedding.size
        found = np.empty((len(values), size), np.float32)
        for first in range(0, len(values), _AT_ONCE):
            part = values[first : first + _AT_ONCE]
            try:
                [embeddings] = self.runtime.run([self.card.embedding.name], {self._input: part})
            except Exception as error:  # ONNX Runtime has no common base class for what a graph can raise
                raise ModelError(f"{self.path}: the encoder failed on {part.shape}: {one_line(error)}") from None
            if embeddings.shape != (len(part), size):
                raise ModelError(f"{self.path}: the encoder gave {embeddings.shape} for {len(part)} rows, but its card's embedding "
                                 f"has {size} values.")
            found[first : first + _AT_ONCE] = embeddings
        return found

    def _checked(self) -> str:
        inputs, outputs = self.runtime.get_inputs(), {one.name: one for one in self.runtime.get_outputs()}
        wanted = self.card.input.channels, self.card.input.length
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or tuple(inputs[0].shape[1:]) != wanted or isinstance(
                inputs[0].shape[0], int):
            raise ModelError(f"{self.path}: the card's field 'input' says float32 [batch, {wanted[0]}, {wanted[1]}]; the graph takes "
                             f"{', '.join(f'{one.type} {one.shape}' for one in inputs)}.")
        name = self.card.embedding.name
        if name not in outputs:
            raise ModelError(f"{self.path}: the card's embedding '{name}' is no output of the graph, which has {', '.join(outputs)}.")
        if outputs[name].type != "tensor(float)":
            raise ModelError(f"{self.path}: the graph's output '{name}' must be float32; it is {outputs[name].type}.")
        return inputs[0].name
