# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command may not write to, told before its work."""

import os
import tempfile
from pathlib import Path

from ..errors import OutputError


def check_model_out(out: Path, *others: Path | str | None) -> None:
    """Raise OutputError where no file of a model can be written to `out`, or it is one of the `others` that the command uses."""
    for other in others:
        if other is not None and (os.path.realpath(out) == os.path.realpath(other) or is_same_file(out, other)):
            raise OutputError(f"The model '{out}' cannot be written: the command uses the file of that name itself. Choose another --out.")
    if out.is_dir():
        raise OutputError(f"The '--out' of a model must be a file. '{out}' is a folder.")
    nearest = next(folder for folder in out.absolute().parents if os.path.lexists(folder))
    try:
        tempfile.TemporaryFile(dir=nearest).close()
    except OSError as error:
        raise OutputError(f"The model '{out}' cannot be written: {error.strerror}. Choose another --out.") from None


def refuse_own(out: Path | str, what: str, used: Path | str | None, way_out: str) -> None:
    """Raise OutputError where `out` is a file that the command uses itself, such as "model" or "gallery"."""
    if used is not None and is_same_file(out, used):
        raise OutputError(f"{out}: this is the {what}; choose {way_out}.")


def is_same_file(out: Path | str, source: Path | str) -> bool:
    """Whether both are there, and are one file, whatever links lead to it."""
    return os.path.exists(out) and os.path.exists(source) and os.path.samefile(out, source)
