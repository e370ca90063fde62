# SPDX-License-Identifier: GPL-3.0-or-later
"""Where names, labels and paths are shown: none is taken for a style, or for a command of the terminal."""

from rich.console import Console


def plain_console(stderr: bool = False) -> Console:
    """A console that changes no text: Rich's own takes [x] for a style, and the :ab: of an address for a picture."""
    return Console(stderr=stderr, markup=False, emoji=False)


def say(text: str, stderr: bool = False) -> None:
    """Print text in lines as long as it has them; what in a name would command a terminal is spelled out."""
    lines = "\n".join(map(spelled_out, text.split("\n")))
    plain_console(stderr).print(lines, highlight=False, soft_wrap=True)


def spelled_out(text: str) -> str:
    """Text as it is, but for what cannot be printed, or commands a terminal: ``\\x1b`` for an escape."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
