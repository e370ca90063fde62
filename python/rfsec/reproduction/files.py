# SPDX-License-Identifier: GPL-3.0-or-later
"""Text files that are whole or not there, and the folder that they go to."""

import tempfile
from pathlib import Path

from ..datasets.files import written_aside
from ..errors import OutputError


def make_folder(path: Path) -> None:
    """Make the folder of a table; OutputError where it cannot be made or written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError as error:
        raise OutputError(f"The folder '{path}' cannot be written to: {error.strerror}. Choose another --out.") from None


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path`; OutputError where it cannot be written, with what was there before left as it was."""
    with written_aside(path, "file") as aside:
        aside.write_text(text, encoding="utf-8")
