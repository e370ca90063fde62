# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen bob``: the end that asks."""

from typing import Annotated

import typer

from .keygen_end import agree
from .keygen_options import (
    Epsilon, How, IdentityFile, KeyBits, Levels, Model, Most, Out, PeerFile, Probes, Quantizer, Reconciliation, SecurityBits, Store, Timeout,
    X25519)


def bob(
    identity: IdentityFile,
    peer: PeerFile,
    connect: Annotated[str, typer.Option(metavar="tcp://ADDRESS:PORT", help="Where Alice waits.")],
    features: Probes,
    out: Out,
    store: Store = None,
    model: Model = None,
    quantizer: Quantizer = "guard-band",
    levels: Levels = 2,
    epsilon: Epsilon = 0.1,
    reconciliation: How = Reconciliation.cascade,
    key_bits: KeyBits = 128,
    security_bits: SecurityBits = 32,
    with_x25519: X25519 = False,
    probes: Most = 128,
    timeout: Timeout = 30.0,
) -> None:
    """Agree on a key with Alice, who runs rfsec keygen alice with the same settings. Fails with the reason where there is no key."""
    agree("bob", connect, identity, peer, features, out, store, model, quantizer, levels, epsilon, timeout, reconciliation=reconciliation.value,
          key_bits=key_bits, security_bits=security_bits, x25519=with_x25519, probes=probes)
