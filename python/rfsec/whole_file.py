# SPDX-License-Identifier: GPL-3.0-or-later
"""A file or folder that appears whole or not at all, whoever else writes one of that name."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path of this call alone, beside `path`, to write a file or folder to.

    It becomes `path`, or what a link of that name leads to, when the block ends well; otherwise it is removed. Of several processes the
    last one to end stays.

    Raises
    ------
    OSError
        If it cannot take the place of `path`, or that is a pipe or device; what was there before stays.
    ValueError
        If `path` has no name.
    """
    if is_pipe_or_device(path):
        raise OSError(errno.EINVAL, "it is a pipe or device")
    if os.path.islink(path):
        path = Path(os.path.realpath(path))
    aside = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        yield aside
        os.replace(aside, path)
    finally:
        if os.path.isdir(aside):  # Path.is_dir raises where a folder may not be looked into, or a name is too long
            shutil.rmtree(aside, ignore_errors=True)
        elif os.path.isfile(aside):
            with suppress(OSError):
                aside.unlink()


def is_pipe_or_device(path: str | Path) -> bool:
    """Whether something else than a file or folder is at `path`: to replace it would take it away, and to read it might never end."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
