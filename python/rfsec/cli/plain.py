# SPDX-License-Identifier: GPL-3.0-or-later
"""Where names, labels and paths are shown as they are."""

from rich.console import Console


def plain_console(stderr: bool = False) -> Console:
    """A console that changes no text: Rich's own takes [x] for a style, and the :ab: of an address for a picture."""
    return Console(stderr=stderr, markup=False, emoji=False)
