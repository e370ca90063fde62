# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench gallery``: how fast an emitter is found among many, beside NumPy alone, as JSON."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from ..errors import ParameterError
from ..inference.interleaved import ROUNDS, alternate
from .bench_rounds import ratio, rounded

EMITTERS, THRESHOLD, REQUIRED_MS = 100, 1.0, 5.0


def bench_gallery(
    entries: Annotated[int, typer.Option(help="Fingerprints in the gallery, 100 to 1000000.")] = 100_000,
    size: Annotated[int, typer.Option(help="Numbers in a fingerprint, 1 to 4096.")] = 64,
    queries: Annotated[int, typer.Option(help="Searches in each timed run, at least 1; every figure is the median of 7 runs.")] = 20,
) -> None:
    """Measure a search in a gallery of 100 emitters, one query a call, and the distances alone, in plain NumPy. Prints JSON.

    Runs alternate in this process. The time is that of the processor, all cores together: what one core would need.
    """
    for name, value, least, most in (("entries", entries, EMITTERS, 10**6), ("size", size, 1, 4096), ("queries", queries, 1, 10**6)):
        if not least <= value <= most:
            raise ParameterError(f"--{name} must be {least} to {most}. Got {value} instead.")
    rng = np.random.default_rng(1)
    examples = rng.normal(size=(entries // EMITTERS * EMITTERS, size)).astype(np.float32)
    asked = rng.normal(size=(queries, size)).astype(np.float32)
    weights = rng.random(size).astype(np.float32)
    plain = {"euclidean": lambda query: examples @ query, "weighted_l1": lambda query: np.abs(examples - query) @ weights}
    with Console(stderr=True).status("") as status, tempfile.TemporaryDirectory() as folder:
        report = {"entries": len(examples), "emitters": EMITTERS, "size": size}
        for metric, distances in plain.items():
            status.update(f"{metric}: enrolling")
            used = tuple(weights.tolist()) if metric == "weighted_l1" else None
            report[metric] = _measure(Path(folder) / metric, examples, asked, used, distances, lambda done, metric=metric: status.update(
                f"{metric}: {done} of {ROUNDS} rounds"))
    report["euclidean"]["required_ms"] = REQUIRED_MS
    print(json.dumps(report, indent=2))


def _measure(path: Path, examples: np.ndarray, asked: np.ndarray, weights: tuple[float, ...] | None,
             distances: Callable[[np.ndarray], np.ndarray], tell: Callable[[int], None]) -> dict:
    from ..fingerprint.encoder_id import EncoderId
    from ..fingerprint.gallery import Gallery
    from ..fingerprint.matching import Matcher

    encoder = EncoderId("bench", 64 * "0", examples.shape[1], "euclidean" if weights is None else "weighted_l1", weights)
    with Gallery(path, encoder, create=True) as gallery:
        for number, rows in enumerate(np.split(examples, EMITTERS)):
            gallery.enrol(f"emitter {number}", rows)
        matcher, started = Matcher(gallery), time.perf_counter()
        matcher.identify(asked[0], THRESHOLD)  # the first search reads the gallery
        read_s = time.perf_counter() - started
        rates = alternate({"search": lambda: _rate(lambda query: matcher.identify(query, THRESHOLD), asked),
                           "plain": lambda: _rate(distances, asked)}, report=tell)
    return {"ratio": ratio(rates, "search", "plain"), "ms_per_query": rounded(1e3 / median(rates["search"])),
            "plain_ms_per_query": rounded(1e3 / median(rates["plain"])), "first_search_s": rounded(read_s)}


def _rate(search: Callable[[np.ndarray], object], asked: np.ndarray) -> float:
    """Queries a second of processor time."""
    started = time.process_time()
    for query in asked:
        search(query)
    return len(asked) / (time.process_time() - started)
