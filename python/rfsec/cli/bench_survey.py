# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench survey``: how fast bursts are found, and found and decided, beside the rate of the samples, as JSON."""

import json
import time
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from ..errors import RecordingError
from ..inference.interleaved import alternate
from .bench_rounds import check_seconds, ratio, rounded

ROUNDS, PIECE, SEED = 5, 1 << 16, 1


def bench_survey(
    recording: Annotated[str | None, typer.Argument(help="A recording instead of a generated band.")] = None,
    seconds: Annotated[float, typer.Option(help="Length of the generated band, or of the recording's part, at most.")] = 0.25,
    model: Annotated[str, typer.Option(help="Name of a shipped model of bursts, or an .onnx file.")] = "field",
    sample_format: Annotated[str | None, typer.Option("--format", help="As in rfsec classify.")] = None,
    rate: Annotated[float | None, typer.Option(help="Sample rate in Hz, where the recording does not tell it.")] = None,
    skip_bytes: Annotated[int, typer.Option(help="Bytes before the first sample of a raw recording.")] = 0,
) -> None:
    """Measure on one thread how many samples a second are searched, and searched with every burst decided. Prints JSON.

    The generated band has 20 MS/s with 400 frames of OFDM and 40 narrow bursts a second. Runs alternate in this process.
    """
    check_seconds(seconds=seconds)
    from ..inference.burst_classifier import BurstClassifier

    classifier = BurstClassifier(model)
    samples, rate_hz = _samples(recording, seconds, sample_format, rate, skip_bytes)
    counts: dict[str, int] = {}

    def search() -> float:
        return _search(samples, rate_hz, counts)

    def decide() -> float:
        return _decide(samples, rate_hz, classifier, counts)

    with Console(stderr=True).status("") as status:
        rates = alternate({"search": search, "decide": decide}, ROUNDS, lambda done: status.update(f"{done} of {ROUNDS} rounds"))
    speed = {name: {"msamples_per_s": rounded(median(values) / 1e6), "beside_the_rate": rounded(median(values) / rate_hz)}
             for name, values in rates.items()}
    print(json.dumps({"sample_rate_hz": rate_hz, "samples": samples.size, "detection": speed["search"],
                      "detection_and_classification": {**speed["decide"], "beside_detection": ratio(rates, "decide", "search")},
                      "bursts": counts["found"], "decided": counts["decided"], "dropped": counts["found"] - counts["decided"],
                      "threads": 1}, indent=2))


def _samples(recording, seconds, sample_format, rate, skip_bytes) -> tuple[np.ndarray, float]:
    if recording is None:
        from ..datasets.busy_band import RATE_HZ, busy_band

        return busy_band(seconds, SEED), RATE_HZ
    from ..recordings.recording import open_recording

    with open_recording(recording, sample_format=sample_format, sample_rate_hz=rate, skip_bytes=skip_bytes) as opened:
        if opened.sample_rate_hz is None:
            raise RecordingError(f"The recording {recording} does not tell its sample rate; pass --rate, in Hz.")
        return opened.read(0, max(1, int(seconds * opened.sample_rate_hz))), opened.sample_rate_hz


def _search(samples: np.ndarray, rate_hz: float, counts: dict[str, int]) -> float:
    from ..detection.finder import BurstFinder

    finder, found, started = BurstFinder(rate_hz, false_alarms_per_s=0.1, max_duration_s=1.0), 0, time.perf_counter()
    for first in range(0, samples.size, PIECE):
        found += len(finder.push(samples[first : first + PIECE]))
    counts["found"] = found + len(finder.flush())
    return samples.size / (time.perf_counter() - started)


def _decide(samples: np.ndarray, rate_hz: float, classifier, counts: dict[str, int]) -> float:
    from ..detection.detector import BurstDetector

    detector, decided, started = BurstDetector(rate_hz), 0, time.perf_counter()
    for first in range(0, samples.size, PIECE):
        decided += len(classifier.decide(detector.push(samples[first : first + PIECE])))
    counts["decided"] = decided + len(classifier.decide(detector.flush()))
    return samples.size / (time.perf_counter() - started)
