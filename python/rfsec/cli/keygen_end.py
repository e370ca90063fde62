# SPDX-License-Identifier: GPL-3.0-or-later
"""One end of a key agreement on the command line, from its files to its key file."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from ..errors import ModelError, OutputError, ParameterError
from .live import gathered_signals
from .plain import say

GUARD_BAND = "guard-band"


def agree(role: str, endpoint: str, identity: Path, peer: Path, features: Path, out: Path, store: Path | None, model: str | None,
          quantizer: str, levels: int, epsilon: float, timeout: float, **settings: object) -> None:
    """Take "alice" or "bob" to a key in the file `out`, and print what it is worth; `settings` go to `Settings` as they are."""
    from ..keygen.agreement_settings import Settings
    from ..keygen.curve_link import CurveLink
    from ..keygen.identity import read_identity, read_peer
    from ..keygen.measured_probes import MeasuredProbes
    from ..keygen.messages import Role
    from ..keygen.probe_file import read_probe_file
    from ..keygen.probe_store import ProbeStore
    from ..keygen.secret_file import check_new, write_new
    from ..keygen.session import Session
    from ..keygen.transport import check_seconds, drive

    check_seconds("timeout", timeout)
    check_new(out)  # found out later, the probes would be spent, and the peer alone would have the key
    store = store or Path(f"{identity}.probes")
    if os.path.realpath(out) == os.path.realpath(store):
        raise OutputError(f"{out}: this is to be the store of spent probes. Choose another name for the key.")
    own, other, whose, probes = read_identity(identity), read_peer(peer), Role[role.upper()], read_probe_file(features, secret=True)
    values, mapper, form = comparable(role, probes, model)
    if quantizer != GUARD_BAND and form in ("cfr", "cfr_unit_power"):  # a step of centimetres turns their phase, and so would be credited
        raise ParameterError(f"--quantizer FILE takes sanitised responses, and those of this mapper are '{form}'. Use --quantizer {GUARD_BAND}.")
    symbols, levels, by = _quantized(values, quantizer, levels, epsilon)
    chosen = Settings(quantizer=f"{by} of {form}", symbols=symbols.shape[1], levels=levels, model=mapper, **settings)
    measured = MeasuredProbes.of(probes.numbers, symbols)
    stop = Event()
    with ProbeStore(store) as spent, CurveLink(whose, own, other, endpoint) as link, gathered_signals(stop.set):
        session = Session(whose, own, other, chosen, measured, spent, chosen.credit)
        say(f"{whose.label} {'waits' if role == 'alice' else 'asks'} at {link.endpoint}.")
        began = time.monotonic()
        agreement = drive(session, link, timeout_s=timeout, stop=stop)
        seconds = time.monotonic() - began
    write_new(out, agreement.key)
    corrected = "" if agreement.corrected is None else f", {agreement.corrected:,} of them corrected"
    say(f"{out}: a key of {8 * len(agreement.key)} bits, {len(agreement.key)} raw bytes, mode 0600.\n"
        f"key id      {agreement.key_id}\n"
        f"probes      {agreement.probes:,} used, {agreement.left_out:,} left out that gave no symbol\n"
        f"bits        {agreement.bits:,}{corrected}\n"
        f"credit      {agreement.credit_bits:.1f} bits of min-entropy\n"
        f"leakage     {agreement.leaked_bits:.0f} bits said in public\n"
        f"X25519      {'mixed in' if agreement.x25519 else 'no'}\n"
        f"messages    {session.round_trips:,} round trips, {session.said.bytes_sent:,} bytes sent, {session.said.bytes_received:,} received, "
        f"{seconds:.2f} s")


def comparable(role: str, probes, model: str | None):
    """Features of this end that compare with the peer's, the hash of the model, and the name of their representation."""
    if model is None and not probes.measured:
        return probes.values, "none", "features"
    if model is None:
        from ..keygen.features import features
        from ..ofdm.sanitise import sanitise

        return features(sanitise(probes.values)), "none", "cfr_sanitised"
    if not probes.measured:
        raise ParameterError("--model takes measured responses: the file must have the array 'cfr'.")
    from ..inference.catalog import find_mapper
    from ..inference.mapper_session import MapperSession

    session = MapperSession(find_mapper(model))
    mapped: Callable = session.alice if role == "alice" else session.bob
    return mapped(probes.values), session.sha256, session.card.input.representation


def _quantized(values, quantizer: str, levels: int, epsilon: float):
    """Symbols of features, their levels, and the quantizer in words."""
    if quantizer == GUARD_BAND:
        from ..keygen.guard_band import quantize

        return quantize(values, levels, epsilon), levels, f"{GUARD_BAND} epsilon={epsilon:.9g}"
    from ..keygen.decorrelating import DecorrelatingQuantizer

    try:
        fitted = DecorrelatingQuantizer.from_json(Path(quantizer).read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{quantizer}: no quantizer can be read here: {getattr(error, 'strerror', None) or 'this is no text'}. "
                         f"Name {GUARD_BAND}, or a file of a decorrelating quantizer.") from None
    return fitted.quantize(values), fitted.levels, f"decorrelating {fitted.sha256}"
