# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen identity``: make the keys that name one end of a key agreement."""

from pathlib import Path
from typing import Annotated

import typer

from .plain import say


def identity(file: Annotated[Path, typer.Argument(help="The secret half, a new file; the public half gets .pub added to its name.")]) -> None:
    """Make an identity. Keep FILE to yourself, and give FILE.pub to the peer on a way that nobody can change."""
    from ..keygen.identity import Identity, public_path, write_identity

    made = Identity.generate()
    write_identity(file, made)
    say(f"{file}: secret, of mode 0600.\n{public_path(file)}: for the peer, fingerprint {made.public.fingerprint}.")
