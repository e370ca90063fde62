# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the shipped models are, and how a name becomes a file."""

import os
from pathlib import Path

from ..errors import ModelError

DEFAULT = "dilated-conv"
DEFAULT_BURSTS = "field"  # decides about bursts, as detection brings them
DEFAULT_ENCODER = "rffi-80211"
DEFAULT_MAPPER = "mapper-paper-free"
DEFAULT_TECHNOLOGY = "technology-conv"


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
    return _found(name_or_path, list_encoders(), "encoder")


def list_mappers() -> dict[str, Path]:
    """The shipped mappers of channels by name, sorted."""
    return {path.stem: path for path in sorted((models_folder() / "mappers").glob("*.onnx"))}


def find_mapper(name_or_path: str | Path) -> Path:
    """The file of a shipped mapper's name, or the file itself. Raises ModelError where there is neither."""
    return _found(name_or_path, list_mappers(), "mapper")


def list_technologies() -> dict[str, Path]:
    """The shipped classifiers of technologies by name, sorted."""
    return {path.stem: path for path in sorted((models_folder() / "technologies").glob("*.onnx"))}


def find_technology(name_or_path: str | Path) -> Path:
    """The file of a shipped classifier's name (``default-technology`` is an alias), or the file itself.

    Raises ModelError where there is neither.
    """
    name = DEFAULT_TECHNOLOGY if str(name_or_path) == "default-technology" else name_or_path
    return _found(name, list_technologies(), "technology classifier")


def _found(name_or_path: str | Path, shipped: dict[str, Path], what: str) -> Path:
    text = str(name_or_path)
    if text in shipped:
        return shipped[text]
    if os.path.isfile(text):
        return Path(text)
    raise ModelError(f"{text}: neither the file of a model nor one of the shipped {what}s: {', '.join(shipped)}.")


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


def find_any(name_or_path: str | Path) -> Path:
    """The file of a shipped model's name, of any kind, or the file itself. Raises ModelError where there is neither."""
    text = str(name_or_path)
    if text in {**list_technologies(), "default-technology": None}:
        return find_technology(text)
    return {**list_encoders(), **list_mappers()}.get(text) or find_model(text)
