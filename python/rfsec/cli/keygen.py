# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen``: two ends draw a secret key from their channel."""

import typer

from .keygen_alice import alice
from .keygen_bob import bob
from .keygen_evaluate import evaluate
from .keygen_fit import fit
from .keygen_identity import identity
from .keygen_nist import nist
from .keygen_simulate import simulate

app = typer.Typer(help="Draw a secret key from the channel, or measure what such a key is worth.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Draw a secret key from the channel, or measure what such a key is worth."""


app.command("alice")(alice)
app.command("bob")(bob)
app.command("evaluate")(evaluate)
app.command("fit")(fit)
app.command("identity")(identity)
app.command("nist")(nist)
app.command("simulate")(simulate)
