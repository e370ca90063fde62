# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command may not write to, told before its work."""

import os
from pathlib import Path

from ..errors import OutputError


def refuse_folder(out: Path) -> None:
    """Raise OutputError where the file of a model to write is a folder."""
    if out.is_dir():
        raise OutputError(f"The '--out' of a model must be a file. '{out}' is a folder.")


def is_same_file(out: Path, source: Path) -> bool:
    """Whether both are there, and are one file, whatever links lead to it."""
    return os.path.exists(out) and os.path.exists(source) and os.path.samefile(out, source)
