# SPDX-License-Identifier: GPL-3.0-or-later
"""One ONNX model, loaded and checked against its card, ready to classify batches of windows."""

from pathlib import Path

import numpy as np

from ..errors import ModelError
from .card import ModelCard
from .runtime import card_text, head_output, open_runtime, run_graph
from .softmax import softmax


class ModelSession:
    """An ONNX Runtime session with the card that its file carries.

    Parameters
    ----------
    path : str or Path
        The ``.onnx`` file.
    threads : int
        Threads that one run may use, at least 1. They never spin: a flowgraph needs its cores.

    Attributes
    ----------
    card : ModelCard
    path : Path

    Raises
    ------
    ModelError
        The file is missing or damaged, has no card, or its card does not fit its graph.
    ParameterError
        ``threads`` is below 1.
    """

    def __init__(self, path: str | Path, *, threads: int = 1):
        self.path = Path(path)
        self.runtime = open_runtime(self.path, threads)
        self.card = ModelCard.from_json(card_text(self.runtime, self.path), str(self.path))
        self._input = _checked_input(self.runtime, self.card, self.path)
        self._outputs = [head_output(self.runtime, head, self.path) for head in self.card.heads]

    def check_window(self, length: int) -> None:
        """Raises ModelError where the card does not allow windows of ``length`` samples."""
        low, high = self.card.input.window_min, self.card.input.window_max
        if not low <= length <= high:
            rule = f"exactly {low}" if low == high else f"{low} to {high}"
            raise ModelError(f"{self.path}: the model takes windows of {rule} samples. Got {length} instead.")

    def run(self, windows: np.ndarray) -> list[np.ndarray]:
        """Class probabilities of each window, one float32 [n, labels] array per head of the card.

        ``windows`` is float32 [n, 2, length] in the card's representation. Logits are divided by the head's
        temperature before the softmax (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
        Raises ModelError where the graph itself fails.
        """
        return self.probabilities(self.logits(windows))

    def logits(self, windows: np.ndarray) -> list[np.ndarray]:
        """What the graph gives for ``windows``: float32 [n, labels] per head of the card. Raises ModelError where it fails."""
        logits = run_graph(self.runtime, self._outputs, {self._input: windows}, self.path)
        for head, values in zip(self.card.heads, logits):
            if values.shape != (len(windows), len(head.labels)):
                raise ModelError(f"{self.path}: the head '{head.name}' gave {values.shape} for {len(windows)} windows. "
                                 f"With the labels of its card it must be {(len(windows), len(head.labels))}.")
        return logits

    def probabilities(self, logits: list[np.ndarray]) -> list[np.ndarray]:
        """The probabilities that belong to ``logits``."""
        return [softmax(values, head.temperature) for head, values in zip(self.card.heads, logits)]


def _checked_input(session, card: ModelCard, path: Path) -> str:
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 3:
        raise ModelError(f"{path}: the graph must have one float32 input [batch, 2, window]; it has "
                         f"{', '.join(f'{one.name} {one.type} {one.shape}' for one in inputs)}.")
    batch, channels, window = inputs[0].shape
    if isinstance(batch, int) or channels != 2:
        raise ModelError(f"{path}: the graph's input must be [batch, 2, window] with a free batch; it is {inputs[0].shape}.")
    if isinstance(window, int) and not card.input.window_min == card.input.window_max == window:
        raise ModelError(f"{path}: the card's field 'input.window_min..window_max' says {card.input.window_min} to "
                         f"{card.input.window_max} samples, but the graph takes {window} only.")
    return inputs[0].name
