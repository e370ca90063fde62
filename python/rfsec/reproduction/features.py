# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network computes just before its last dense layer, and a flat map of it by t-SNE."""

import tempfile
from pathlib import Path

import numpy as np
import onnx

from ..inference.representations import represent
from ..inference.session import ModelSession

_LAST_LAYER = ("Gemm", "MatMul", "MatMulInteger", "QGemm")
_BATCH = 256
PERPLEXITY, LEARNING_RATE, ITERATIONS = 30, 1000, 300


def penultimate_features(path: Path, windows: np.ndarray) -> np.ndarray | None:
    """Return the input of the layer that gives the logits.

    Chen et al., SigNet, section IV: the features that are left when the last layer is taken off.

    Parameters
    ----------
    path : Path
        An ONNX file with a card.
    windows : ndarray of complex64 [n, length]

    Returns
    -------
    ndarray of float32 [n, features], or None where the graph does not end in a dense layer (a classical model).
    """
    model = onnx.load(str(path))
    card = ModelSession(path).card
    makers = {name: node for node in model.graph.node for name in node.output}
    node = makers.get(card.heads[0].name)
    while node is not None and node.op_type not in _LAST_LAYER:
        node = next((makers[name] for name in node.input if name in makers), None)
    if node is None:
        return None
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(node.input[0]))
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder, "with-features.onnx")
        onnx.save(model, str(opened))
        runtime = ModelSession(opened).runtime
        name = runtime.get_inputs()[0].name
        parts = [
            runtime.run([node.input[0]], {name: represent(card.input.representation, windows[i : i + _BATCH])})[0]
            for i in range(0, len(windows), _BATCH)
        ]
    return np.concatenate(parts).reshape(len(windows), -1).astype(np.float32)


def flat_map(features: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return a t-SNE map [n, 2] of features [n, width], by the settings of the SigNet paper's section IV.

    300 iterations, learning rate 1000, perplexity 30 (less for few windows), momentum 0.5, then 0.8 (scikit-learn's own).
    """
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(features) - 1) / 3)
    tsne = TSNE(perplexity=perplexity, learning_rate=LEARNING_RATE, max_iter=ITERATIONS, init="random", random_state=seed)
    return tsne.fit_transform(features)
