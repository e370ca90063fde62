# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a page: whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..datasets.files import written_aside
from ..errors import OutputError


@contextmanager
def page_file(path: Path) -> Iterator[TextIO]:
    """Give a file to write a page to. It replaces `path` when the block ends well; otherwise it is removed.

    Raises
    ------
    OutputError
        If it cannot be written, as far as possible before the block begins; what was there before stays.
    """
    if os.path.isdir(path):
        raise OutputError(f"The page '{path}' cannot be written: it is a folder. Choose another --out.")
    # Half of a surrogate pair, which JSON can hold and UTF-8 can't, becomes a question mark.
    with written_aside(path, "page") as aside, aside.open("w", encoding="utf-8", errors="replace") as file:
        yield file
