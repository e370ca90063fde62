# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the gates of an LSTM are shut or open: the LSTM paper's figure 11, computed from the weights in the file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from ..inference.representations import represent
from ..inference.session import ModelSession
from .graph_weights import graph_weights

GATES = ("input", "output", "forget")  # ONNX's order: i, o, f; then the cell's own input
SHUT, OPEN = 0.1, 0.9


@dataclass(frozen=True)
class LstmWeights:
    """One layer as the ONNX operator LSTM has it, gates in the order i, o, f, c: w [4 h, inputs], r [4 h, h], b [4 h]."""

    w: np.ndarray
    r: np.ndarray
    b: np.ndarray


@dataclass(frozen=True)
class Saturation:
    """Shares of the time [3, cells], in the order of GATES: `left` where a gate is below 0.1, `right` above 0.9."""

    left: np.ndarray
    right: np.ndarray


def lstm_layers(path: Path) -> list[LstmWeights]:
    """Return the unidirectional LSTM layers of an ONNX file, the first first; empty where it has none of float weights."""
    graph = onnx.load(str(path)).graph
    values = graph_weights(graph)
    layers = []
    for node in graph.node:
        if node.op_type == "LSTM" and all(name in values for name in node.input[1:4]):
            w, r, b = (values[name] for name in node.input[1:4])
            if len(w) == 1:
                half = b.shape[1] // 2
                layers.append(LstmWeights(w[0], r[0], b[0, :half] + b[0, half:]))
    return layers


def run_layer(layer: LstmWeights, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run one layer over a sequence: Rajendran et al., equations 2 to 7.

    Parameters
    ----------
    x : ndarray [time, inputs]

    Returns
    -------
    h : ndarray [time, cells]
    gates : ndarray [time, 3, cells]
        In the order of GATES.
    """
    cells = layer.r.shape[1]
    h, c = np.zeros(cells), np.zeros(cells)
    states, gates = np.empty((len(x), cells)), np.empty((len(x), 3, cells))
    for step, values in enumerate(x @ layer.w.T.astype(float) + layer.b):
        sums = (values + layer.r @ h).reshape(4, cells)
        gates[step] = 1 / (1 + np.exp(-sums[:3]))
        c = gates[step, 2] * c + gates[step, 0] * np.tanh(sums[3])
        states[step] = h = gates[step, 1] * np.tanh(c)
    return states, gates


def gate_saturation(path: Path, window: np.ndarray) -> list[Saturation]:
    """Return each LSTM layer's saturation for one window of samples, complex64 [length].

    The file's first LSTM must see the window itself, which holds for the networks of the LSTM paper.
    """
    x = represent(ModelSession(path).card.input.representation, window[None])[0].T
    found = []
    for layer in lstm_layers(path):
        x, gates = run_layer(layer, x)
        found.append(Saturation((gates < SHUT).mean(axis=0), (gates > OPEN).mean(axis=0)))
    return found
