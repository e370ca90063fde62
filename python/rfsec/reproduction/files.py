# SPDX-License-Identifier: GPL-3.0-or-later
"""Text files that are whole or not there, and the folder that they go to."""

from contextlib import suppress
from pathlib import Path

from ..errors import OutputError


def make_folder(path: Path) -> None:
    """Make the folder of a table; OutputError where it cannot be made or written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".rfsec.part"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(f"The folder '{path}' cannot be written to: {error.strerror}. Choose another --out.") from None


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path`; OutputError where it cannot be written, with what was there before left as it was."""
    aside = path.with_name(path.name + ".part")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise OutputError(f"The file '{path}' cannot be written: {error.strerror}. Choose another --out.") from None
