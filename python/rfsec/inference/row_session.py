# SPDX-License-Identifier: GPL-3.0-or-later
"""What sessions of encoders and mappers have in common: a graph that gives a row of numbers for each row that it takes."""

import hashlib
from pathlib import Path

import numpy as np

from ..errors import ModelError
from .card import Card
from .runtime import card_text, open_runtime, read_model, run_graph


class RowSession:
    """An ONNX Runtime session of a graph with one input.

    Parameters
    ----------
    path : str or Path
        The ``.onnx`` file.
    threads : int
        Threads that one run may use, at least 1.

    Attributes
    ----------
    card : Card
        Of `card_type`.
    path : Path
    sha256 : str
        Of the file's bytes that run, in hexadecimal.

    Raises
    ------
    ModelError
        The file is missing or damaged, is of another kind, holds not all of its weights, or its card does not fit its graph.
    ParameterError
        `threads` is below 1.
    """

    kind: str  # as errors name it
    card_type: type[Card]
    at_once: int  # rows of one run: bounds the memory

    def __init__(self, path: str | Path, *, threads: int = 1):
        self.path = Path(path)
        content = read_model(self.path)
        self._runtime = open_runtime(self.path, threads, content=content)
        self.card = self.card_type.from_json(card_text(self._runtime, self.path), str(self.path))
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._input = self._checked_input()
        self._check_output()

    @property
    def taken(self) -> tuple[int, ...]:
        """Shape of a row that goes in, by the card."""
        raise NotImplementedError

    @property
    def given(self) -> tuple[str, str, int]:
        """What the card calls the output, its name, and how many values a row of it has."""
        raise NotImplementedError

    def _rows(self, values: np.ndarray) -> np.ndarray:
        """Run float32 [n, ...] through the graph; returns float32 [n, values]. Raises ModelError where it fails or gives another shape."""
        what, name, size = self.given
        found = np.empty((len(values), size), np.float32)
        for first in range(0, len(values), self.at_once):
            part = values[first : first + self.at_once]
            [rows] = run_graph(self._runtime, [name], {self._input: part}, self.path, f"{self.kind} failed on")
            if rows.shape != (len(part), size):
                raise ModelError(f"{self.path}: the {self.kind} gave {rows.shape} for {len(part)} rows, but its card's {what} has {size} values.")
            found[first : first + self.at_once] = rows
        return found

    def _checked_input(self) -> str:
        inputs = self._runtime.get_inputs()
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or tuple(inputs[0].shape[1:]) != self.taken or isinstance(
                inputs[0].shape[0], int):
            raise ModelError(f"{self.path}: the card's field 'input' says float32 [batch, {', '.join(map(str, self.taken))}]; the graph takes "
                             f"{', '.join(f'{one.type} {one.shape}' for one in inputs)}.")
        return inputs[0].name

    def _check_output(self) -> None:
        what, name, _ = self.given
        outputs = {one.name: one.type for one in self._runtime.get_outputs()}
        if name not in outputs:
            raise ModelError(f"{self.path}: the card's {what} '{name}' is no output of the graph, which has {', '.join(outputs)}.")
        if outputs[name] != "tensor(float)":
            raise ModelError(f"{self.path}: the graph's output '{name}' must be float32; it is {outputs[name]}.")
