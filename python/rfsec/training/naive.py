# SPDX-License-Identifier: GPL-3.0-or-later
"""A network in eager PyTorch, one window a call: what benchmarks compare the classifier with."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ..inference.card import ModelCard
from .export import export_onnx
from .joint_recipes import JOINT
from .recipes import find_recipe


def naive_and_onnx(card: ModelCard, path: Path, threads: int) -> Callable[[np.ndarray], int]:
    """Make the network of the recipe ``card.name`` with seeded weights, write it to ``path`` as ONNX, and return it.

    What is returned takes one float32 [2, length] window and gives the index of its label by the first head. Network and
    weights are those of the file. Speed does not depend on the values of the weights. Raises ParameterError for a name without a
    recipe.
    """
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    joint, counts = JOINT.get(card.name), tuple(len(head.labels) for head in card.heads)
    network = (joint.network(counts) if joint else find_recipe(card.name).network(counts[0])).eval()
    export_onnx(network, card, path)

    def classify(window: np.ndarray) -> int:
        with torch.no_grad():
            logits = network(torch.from_numpy(window[None]))
        return int((logits[0] if joint else logits).argmax())

    return classify
