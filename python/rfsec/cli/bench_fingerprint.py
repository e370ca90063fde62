# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench fingerprint``: the authenticator in a flowgraph beside its encoder alone, as JSON."""

import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from ..errors import ParameterError
from ..inference.interleaved import ROUNDS, alternate
from .bench_rounds import check_seconds, ratio, rounded

BATCH, THREADS, EMITTERS = 64, 1, 16


def bench_fingerprint(
    seconds: Annotated[float, typer.Option(help="Length of each timed run; every figure is the median of 7.")] = 2.0,
    model: Annotated[str, typer.Option(help="Name of a shipped encoder of windows, or an .onnx file.")] = "siamese-logistic",
    fused: Annotated[int, typer.Option(help="Windows that are fused for one decision.")] = 32,
) -> None:
    """Measure windows a second of the authenticator with 16 emitters enrolled, and of a bare ONNX Runtime loop. Prints JSON.

    The runs alternate in this process.
    """
    check_seconds(seconds=seconds)
    if not 1 <= fused <= 4096:
        raise ParameterError(f"--fused must be 1 to 4096 windows. Got {fused} instead.")
    from ..blocks.bench_flowgraphs import authenticator_rate, noise
    from ..fingerprint.gallery import Gallery
    from ..inference.bare_loop import bare_windows_per_s
    from ..inference.catalog import find_encoder
    from ..inference.fingerprinter import Fingerprinter
    from ..inference.representations import represent

    path, fingerprinter = find_encoder(model), Fingerprinter(model)
    length = fingerprinter.window_length
    if length is None:
        raise ParameterError(f"{path}: this encoder takes bursts, not windows; name one of windows by --model.")
    windows = noise(BATCH * length).reshape(BATCH, length)
    rows = represent("iq", windows)
    batches = max(1, round(seconds * bare_windows_per_s(path, rows, 4, THREADS) / BATCH))
    with Console(stderr=True).status("") as status, tempfile.TemporaryDirectory() as folder:
        gallery, lines = Path(folder) / "gallery.db", Path(folder) / "decisions.jsonl"
        with Gallery(gallery, fingerprinter.encoder, create=True) as enrolled:
            for number, embedding in enumerate(fingerprinter.embed_windows(windows)[:EMITTERS]):
                enrolled.enrol(f"emitter {number}", embedding[None])

        def authenticate(jsonl: str = "") -> float:
            return authenticator_rate(gallery, path, length, batches * BATCH, fused, BATCH, THREADS, jsonl)

        rates = alternate({"bare": lambda: bare_windows_per_s(path, rows, batches, THREADS), "flowgraph": authenticate,
                           "with_sink": lambda: authenticate(str(lines))}, ROUNDS,
                          lambda done: status.update(f"{done} of {ROUNDS} rounds"))
    print(json.dumps({"model": fingerprinter.card.name, "ratio": ratio(rates, "flowgraph", "bare"), "required": 0.95,
                      "ratio_with_decision_sink": ratio(rates, "with_sink", "bare"),
                      "windows_per_s": rounded(median(rates["flowgraph"])), "bare_windows_per_s": rounded(median(rates["bare"])),
                      "emitters": EMITTERS, "fused": fused, "batch": BATCH, "threads": THREADS}, indent=2))
