# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench keygen``: keys a minute and where the time goes, and how fast responses are estimated, as JSON."""

import json
import time
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from ..inference.interleaved import alternate
from .bench_rounds import check_seconds, rounded

RATE_HZ, PERIOD, SNR_DB = 20e6, 2000, 25.0
ROUNDS, PIECE, SEED, PROBES, APART_M = 5, 1 << 16, 1, 128, 0.3


def bench_keygen(
    seconds: Annotated[float, typer.Option(help="Length of the stream of soundings, s.")] = 0.25,
    agreements: Annotated[int, typer.Option(min=1, max=1000, help="Keys of each kind.")] = 10,
    model: Annotated[str, typer.Option(help="Name of a shipped mapper, or an .onnx file trained on the room.")] = "mapper-paper-free",
) -> None:
    """Measure on one thread, at 25 dB, with 128 probes a key. Prints JSON; shares are of the time from measured responses to a key.

    Tracing the room is left out: a radio measures channels as they come. Cascade and BCH alternate in this process, and so do
    the runs of the estimator over 10,000 soundings a second at 20 MS/s.
    """
    check_seconds(seconds=seconds)
    with Console(stderr=True).status("") as status:
        found = {"estimator": _estimator(seconds), "agreements": _agreements(agreements, model, status.update)}
    print(json.dumps(found, indent=2))


def _estimator(seconds: float) -> dict:
    from ..ofdm.sounding import sounding
    from ..ofdm.sounding_stream import SoundingStream

    rng = np.random.default_rng(SEED)
    count = max(4 * PERIOD, round(seconds * RATE_HZ))
    samples = 0.05 * rng.standard_normal((count, 2), np.float32).view(np.complex64)[:, 0]
    waveform = sounding()
    for start in range(0, count - PERIOD, PERIOD):
        samples[start : start + waveform.size] += waveform
    soundings = 0

    def estimate() -> float:
        nonlocal soundings
        stream, started = SoundingStream(sanitised=True), time.perf_counter()
        groups = [one for first in range(0, count, PIECE) for one in stream.push(samples[first : first + PIECE])] + stream.flush()
        soundings = sum(one.start.size for one in groups)
        return count / (time.perf_counter() - started)

    [rates] = alternate({"estimate": estimate}, ROUNDS).values()
    return {"msamples_per_s": rounded(median(rates) / 1e6), "beside_the_rate": rounded(median(rates) / RATE_HZ), "soundings": soundings}


def _agreements(count: int, model: str, show) -> dict:
    from ..inference.catalog import find_mapper
    from ..inference.mapper_session import MapperSession
    from ..keygen.agreement_settings import RECONCILIATIONS
    from ..reproduction.keygen_sessions import Pair, fit_quantizer, scenario_of
    from ..reproduction.keygen_walks import Walk, walked

    mapper, rng = MapperSession(find_mapper(model)), np.random.default_rng(SEED)
    quantizer = fit_quantizer(mapper, rng)
    results = {kind: [] for kind in RECONCILIATIONS}
    for number, way in enumerate(walked(scenario_of(mapper), Walk(PROBES, APART_M, 0.15), count, rng)):
        show(f"{number} of {count} keys")
        for kind, found in results.items():
            found.append(Pair(mapper, kind, quantizer).agree(way, SNR_DB, rng))
    report = {}
    for kind, found in results.items():
        good = [one for one in found if one.succeeded]
        parts = {"features": median(one.feature_seconds for one in found), "agreement": median(one.seconds for one in found)}
        whole = sum(parts.values())
        report[kind] = {
            "keys": len(good), "of": len(found), "keys_per_minute": rounded(60 * len(good) / len(found) / whole),
            "seconds_per_key": rounded(whole), "shares": {name: rounded(value / whole) for name, value in parts.items()},
            **{name: rounded(median(getattr(one, name) for one in good)) if good else None
               for name in ("leaked_bits", "round_trips", "bytes", "credit_bits")}}
    return report
