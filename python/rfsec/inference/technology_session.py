# SPDX-License-Identifier: GPL-3.0-or-later
"""One classifier of technologies, loaded and checked against its card."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import ModelError
from .runtime import card_text, head_output, open_runtime, run_graph
from .softmax import softmax
from .technology_card import TechnologyCard


class TechnologySession:
    """An ONNX Runtime session of a classifier of spectra.

    Parameters
    ----------
    path : str or Path
        The ``.onnx`` file.
    threads : int
        Threads that one run may use, at least 1.

    Attributes
    ----------
    card : TechnologyCard
    path : Path

    Raises
    ------
    ModelError
        The file is missing or damaged, is of another kind, or its card does not fit its graph.
    ParameterError
        `threads` is below 1.
    """

    def __init__(self, path: str | Path, *, threads: int = 1):
        self.path = Path(path)
        self._runtime = open_runtime(self.path, threads)
        self.card = TechnologyCard.from_json(card_text(self._runtime, self.path), str(self.path))
        self._head = self.card.heads[0]
        self._input = self._checked()

    def probabilities(self, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return float32 [n, labels] for windows [n, 1, bins] of one of the card's lengths. Raises ModelError where the graph fails."""
        [logits] = run_graph(self._runtime, [self._head.name], {self._input: windows}, self.path)
        if logits.shape != (len(windows), len(self._head.labels)):
            raise ModelError(f"{self.path}: the head '{self._head.name}' gave {logits.shape} for {len(windows)} windows, "
                             f"but its card has {len(self._head.labels)} labels.")
        return softmax(logits, self._head.temperature)

    def _checked(self) -> str:
        inputs = self._runtime.get_inputs()
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 3 or inputs[0].shape[1] != 1 or isinstance(
                inputs[0].shape[0], int):
            raise ModelError(f"{self.path}: the graph must take float32 [batch, 1, bins] with a free batch; it takes "
                             f"{', '.join(f'{one.type} {one.shape}' for one in inputs)}.")
        bins = inputs[0].shape[2]
        if isinstance(bins, int) and self.card.input.lengths != [bins]:
            raise ModelError(f"{self.path}: the card's field 'input.lengths' says {self.card.input.lengths}, but the graph takes {bins} only.")
        head_output(self._runtime, self._head, self.path)
        return inputs[0].name
