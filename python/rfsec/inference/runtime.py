# SPDX-License-Identifier: GPL-3.0-or-later
"""An ONNX file opened and run by ONNX Runtime, the text of the card that it carries, and the outputs that the card names."""

import os
from pathlib import Path

import numpy as np

# ONNX Runtime's official builds report their use to its maker unless this is set before the import (its Privacy.md).
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime  # noqa: E402

from ..errors import ModelError, ParameterError
from .card import METADATA_KEY, Head

_MOST_THREADS = 1024
_WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"
_WEIGHTS_ELSEWHERE = "External data path"  # in ONNX Runtime's error


def read_model(path: Path) -> bytes:
    """Return what a model's file holds. Raises ModelError where it is missing or cannot be read."""
    _check_there(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: this model can't be read: {error.strerror}.") from None


def open_runtime(path: Path, threads: int, *, content: bytes | None = None) -> onnxruntime.InferenceSession:
    """Open a model for `threads` threads, 1 to 1024, that never spin: a flowgraph needs its cores.

    `content` is what `read_model` gave: it runs, whatever has become of the file, and weights in a second file, of which its SHA-256
    says nothing, are refused.

    Raises ModelError where the file is missing or damaged, and ParameterError where `threads` is not in its range.
    """
    if not 1 <= threads <= _MOST_THREADS:
        raise ParameterError(f"The 'threads' of a model session must be 1 to {_MOST_THREADS}. Got {threads} instead.")
    alone = content is not None
    if not alone:
        _check_there(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what fails is raised here, in our words
    if alone:
        options.add_session_config_entry(_WEIGHTS_FOLDER, os.devnull)  # used for what is given as bytes; nothing lies in it
    try:
        return onnxruntime.InferenceSession(content if alone else str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has no common base class for what a file can raise
        if alone and _WEIGHTS_ELSEWHERE in str(error):
            raise ModelError(f"{path}: its weights lie in another file, and its SHA-256 must tell it from every other model. Save it in one file.") from None
        raise ModelError(f"{path}: this is not an ONNX model that can be run; it may be damaged: {one_line(error)}") from None


def _check_there(path: Path) -> None:
    if not os.path.isfile(path):
        raise ModelError(f"{path}: there is no such model file; 'rfsec models' lists those that are shipped.")


def card_text(runtime: onnxruntime.InferenceSession, path: Path) -> str:
    """Return the JSON of the model's card. Raises ModelError where there is none, or it is no text."""
    try:
        card = runtime.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    except UnicodeDecodeError:
        raise ModelError(f"{path}: its metadata are not UTF-8 text; the file may be damaged.") from None
    if card is None:
        raise ModelError(f"{path}: the model has no card; write one to its ONNX metadata key '{METADATA_KEY}'.")
    return card


def head_output(runtime: onnxruntime.InferenceSession, head: Head, path: Path) -> str:
    """Return the name of the graph's output that a head of the card is. Raises ModelError where it gives no float32 [batch, labels]."""
    outputs = {one.name: one for one in runtime.get_outputs()}
    if head.name not in outputs:
        raise ModelError(f"{path}: the card's head '{head.name}' is no output of the graph, which has {', '.join(outputs)}.")
    shape = outputs[head.name].shape
    if outputs[head.name].type != "tensor(float)":
        raise ModelError(f"{path}: the graph's output '{head.name}' must be float32; it is {outputs[head.name].type}.")
    if len(shape) != 2 or isinstance(shape[1], int) and shape[1] != len(head.labels):
        raise ModelError(f"{path}: the card's head '{head.name}' has {len(head.labels)} labels, but the graph's output is {shape}.")
    if isinstance(shape[0], int):
        raise ModelError(f"{path}: the card's head '{head.name}' must have a free batch, as the input has. The graph's output is {shape}.")
    return head.name


def run_graph(runtime: onnxruntime.InferenceSession, outputs: list[str] | None, given: dict[str, np.ndarray], path: Path,
              what: str = "model failed on windows of") -> list[np.ndarray]:
    """Return the `outputs` of a graph, all of them for None, for the one input that is `given`.

    Raises ModelError where the graph fails: that the `what` of the file `path` did so, on values of which shape, and why.
    """
    try:
        return runtime.run(outputs, given)
    except Exception as error:  # ONNX Runtime has no common base class for what a graph can raise
        [values] = given.values()
        raise ModelError(f"{path}: the {what} {values.shape}: {one_line(error)}") from None


def one_line(error: Exception) -> str:
    """Return an error's text without line breaks, cut short."""
    return " ".join(str(error).split())[:300]
