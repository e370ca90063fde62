# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the shipped models are, and how a name becomes a file."""

import os
from pathlib import Path

from ..errors import ModelError

DEFAULT = "dilated-conv"
DEFAULT_BURSTS = "field"  # decides about bursts, as detection brings them
DEFAULT_ENCODER = "rffi-80211"


def models_folder() -> Path:
    """The folder of the shipped models: inside the installed module, or beside it in a source tree."""
    room = Path(__file__).resolve().parents[1]
    installed = room / "models"
    return installed if installed.is_dir() else room.parents[1] / "models"


def list_models() -> dict[str, Path]:
    """The shipped models by name, sorted."""
    return {path.stem: path for path in sorted(models_folder().glob("*.onnx"))}


def list_encoders() -> dict[str, Path]:
    """The shipped encoders of fingerprints by name, sorted."""
    return {path.stem: path for path in sorted((models_folder() / "encoders").glob("*.onnx"))}


def find_encoder(name_or_path: str | Path) -> Path:
    """The file of a shipped encoder's name, or the file itself. Raises ModelError where there is neither."""
    text, shipped = str(name_or_path), list_encoders()
    if text in shipped:
        return shipped[text]
    if os.path.isfile(text):
        return Path(text)
    raise ModelError(f"{text}: neither an encoder's file nor one of the shipped encoders: {', '.join(shipped)}.")


def find_model(name_or_path: str | Path) -> Path:
    """The file of a shipped model's name (``default`` is an alias), or the file itself.

    Raises ModelError where there is neither; the message lists the names.
    """
    text = str(name_or_path)
    shipped = list_models()
    name = DEFAULT if text == "default" else text
    if name in shipped:
        return shipped[name]
    if os.path.isfile(text):  # Path.is_file raises where a folder may not be looked into
        return Path(text)
    raise ModelError(f"{text}: neither a model file nor one of the shipped models: default, {', '.join(shipped)}.")
