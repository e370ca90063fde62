# SPDX-License-Identifier: GPL-3.0-or-later
"""Where names, labels and paths are shown as they are."""

from rich.console import Console


def plain_console(stderr: bool = False) -> Console:
    """A console that changes no text: Rich's own takes [x] for a style, and the :ab: of an address for a picture."""
    return Console(stderr=stderr, markup=False, emoji=False)


def say(text: str, stderr: bool = False) -> None:
    """Print text as it is, in lines as long as it has them."""
    plain_console(stderr).print(text, highlight=False, soft_wrap=True)
