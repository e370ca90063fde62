# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as ONNX files that carry their card."""

import warnings
from pathlib import Path

import onnx
import torch
from torch import nn

from ..datasets.files import written_aside
from ..inference.card import METADATA_KEY, Card, ModelCard
from .graph_edit import share_constants
from .half_weights import store_halves
from .low_bit_weights import store_levels

_OPSET = 17


def export_onnx(network: nn.Module, card: ModelCard, path: Path) -> None:
    """Write `network` with its card; the file is complete or not there at all.

    The graph takes float32 ``windows`` [batch, 2, time] with a free batch, and a free time where the card allows more
    than one length; it gives logits [batch, labels] named after each head of the card. The legacy exporter is used on purpose:
    it writes recurrent layers as ONNX's own.

    Parameters
    ----------
    network : nn.Module
        One that is trained quantised gives what is exported by its method ``deployed``.
    card : ModelCard
    path : Path

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    network = network.deployed() if hasattr(network, "deployed") else network
    example = torch.zeros(2, 2, card.input.window_max)
    free = () if card.input.window_min == card.input.window_max else (2,)
    export_graph(network, card, path, example, *(head.name for head in card.heads), free=free)


def export_graph(
    network: nn.Module, card: Card, path: Path, example: torch.Tensor, *outputs: str, free: tuple[int, ...] = ()
) -> None:
    """Write a network of one input ``windows`` like `example`, with a free batch and more axes in `free`, and its `outputs`.

    Raises OutputError if the file cannot be written.
    """
    axes = {0: "batch"} | {axis: "time" for axis in free}
    with written_aside(path, "model") as aside:
        with warnings.catch_warnings():
            # It warns that a recurrent layer's initial state was traced for one batch (the state here follows the batch),
            # and that a size was read while tracing (only networks made for one length read it).
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network.eval(),
                (example,),
                str(aside),
                input_names=["windows"],
                output_names=list(outputs),
                dynamic_axes={"windows": axes, **{output: {0: "batch"} for output in outputs}},
                opset_version=_OPSET,
                dynamo=False,
            )
        model = onnx.load(str(aside))
        share_constants(model)
        store_levels(model)
        store_halves(model)
        onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json()})
        onnx.checker.check_model(model)
        onnx.save(model, str(aside))
