# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``rfsec keygen alice`` and ``bob`` have in common: their options."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Reconciliation(str, Enum):
    """How Bob's bits become Alice's."""

    cascade = "cascade"
    bch = "bch"


IdentityFile = Annotated[Path, typer.Option("--identity", metavar="FILE", help="This end's secret identity, from rfsec keygen identity.")]
PeerFile = Annotated[Path, typer.Option("--peer", metavar="FILE.pub", help="The public half of the peer's.")]
Probes = Annotated[Path, typer.Option("--features", metavar="FILE.npz", help="What this end measured: 'probe', whole numbers, with 'cfr', "
                                      "complex responses, or 'features', real and ready to be quantized.")]
Out = Annotated[Path, typer.Option(metavar="KEYFILE", help="The key's raw bytes: a new file of mode 0600, written only if both ends have it.")]
Store = Annotated[Path, typer.Option(metavar="FILE", help="Which probes are spent; made where it is missing. IDENTITY.probes where not given.")]
Model = Annotated[str, typer.Option(help="Maps Alice's band to Bob's, and takes 'cfr': a shipped mapper or an .onnx file, the same at both ends.")]
Quantizer = Annotated[str, typer.Option(metavar="guard-band|FILE.json", help="The paper's, or a decorrelating one that was fitted before; "
                                        "the same at both ends.")]
Levels = Annotated[int, typer.Option(help="Of guard-band: 2, 4 or 8.")]
Epsilon = Annotated[float, typer.Option(help="Of guard-band: share of values on each side of a bound that count for nothing.")]
How = Annotated[Reconciliation, typer.Option("--reconciliation", help="cascade tells less in public, bch takes fewer round trips.")]
KeyBits = Annotated[int, typer.Option(help="Of the key: 128 to 256, whole bytes.")]
SecurityBits = Annotated[int, typer.Option(help="s, 16 to 128: the key is within 2^-s of a uniform one, which costs 2 s bits.")]
X25519 = Annotated[bool, typer.Option("--with-x25519", help="Mix an X25519 key exchange in, so that a weak channel can't weaken the key.")]
Most = Annotated[int, typer.Option("--probes", help="Most probes of a key, 1 to 1024. Those with the lowest numbers are used.")]
Timeout = Annotated[float, typer.Option(help="Longest silence of the peer, in seconds.")]
