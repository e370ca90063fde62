# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec fingerprint identify`` and ``verify``: who sent the bursts of a recording."""

from collections import Counter
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ..errors import OutputError, ParameterError
from ..records import ACCEPTED, SKIPPED, UNKNOWN, VERDICTS
from .burst_view import with_unit
from .fingerprint_input import (
    Bursts, FalseAccepts, Format, GalleryFile, LowestScore, Model, Nearest, Rate, SkipBytes, checked_numbers, opened)
from .out_files import refuse_own
from .plain import say

Recording = Annotated[Path, typer.Argument(metavar="FILE", help="Recording: SigMF, WAV, or raw samples.")]


def identify(
    gallery: GalleryFile,
    recording: Recording,
    burst: Bursts = None,
    jsonl: Annotated[str, typer.Option(help="Write one JSON line a burst here; - is standard output.")] = "",
    false_accepts: FalseAccepts = 0.01,
    threshold: LowestScore = None,
    k: Nearest = 1,
    model: Model = None,
    sample_format: Format = None,
    rate: Rate = None,
    skip_bytes: SkipBytes = 0,
) -> None:
    """Say of each burst of a recording which enrolled emitter sent it, or that none did."""
    numbers = checked_numbers(burst)
    from ..blocks.decision_outputs import JsonLines
    from ..inference.authenticator import Authenticator, burst_record
    from ..inference.recorded_fingerprints import fingerprinted

    authenticator = Authenticator(gallery, model, false_accepts=false_accepts, lowest_score=threshold, k=k)
    table, verdicts = Table("burst", "start", "length", "centre", "SNR", Column("emitter", overflow="fold"), "score", "verdict", box=SIMPLE_HEAD), Counter()
    with opened(recording, sample_format, rate, skip_bytes) as (source, rate_hz):
        if jsonl != "-":
            way_out = "another name for the JSON lines"
            if source.owns(jsonl):
                raise OutputError(f"{jsonl}: this is the recording; choose {way_out}.")
            refuse_own(jsonl, "gallery", gallery, way_out)
            refuse_own(jsonl, "model", model, way_out)
        with closing(JsonLines(jsonl)) if jsonl else nullcontext() as lines:
            for one in fingerprinted(source, rate_hz, authenticator.fingerprinter, numbers):
                found = None if one.embedding is None else authenticator.identify(one.embedding)
                record = burst_record(found, authenticator.fingerprinter.card.name, one.burst)
                verdicts[record.verdict] += 1
                table.add_row(*_cells(one, record))
                if lines:
                    lines.write(record)
    console = Console(stderr=jsonl == "-", emoji=False)
    console.print(table)
    counts = ", ".join(f"{verdicts[verdict]:,} {verdict}" for verdict in VERDICTS if verdicts[verdict])
    console.print(f"{authenticator.fingerprinter.card.name}, lowest score {authenticator.lowest_score:.3f}: {counts}.",
                  highlight=False)


def verify(
    gallery: GalleryFile,
    recording: Recording,
    claim: Annotated[str, typer.Option(help="Name of the emitter that is said to have sent it.")],
    burst: Bursts = None,
    false_accepts: FalseAccepts = 0.01,
    threshold: LowestScore = None,
    k: Nearest = 1,
    model: Model = None,
    sample_format: Format = None,
    rate: Rate = None,
    skip_bytes: SkipBytes = 0,
) -> None:
    """Check that the bursts of a recording are of one emitter. Fails where they are not, or one is clearly of another."""
    numbers = checked_numbers(burst)
    from ..inference.authenticator import Authenticator
    from ..inference.recorded_fingerprints import fingerprinted

    authenticator = Authenticator(gallery, model, false_accepts=false_accepts, lowest_score=threshold, k=k)
    embeddings, reason = {}, ""
    with opened(recording, sample_format, rate, skip_bytes) as (source, rate_hz):
        for one in fingerprinted(source, rate_hz, authenticator.fingerprinter, numbers):
            if one.embedding is None:
                reason = reason or f"burst {one.number}: {one.reason}"
            else:
                embeddings[one.number] = one.embedding
    if not embeddings:
        raise ParameterError(f"{recording}: no burst of it gives a fingerprint ({reason}); nothing can be verified.")
    authenticator.verify(embeddings, claim)
    count = f"{len(embeddings)} burst{'s' * (len(embeddings) > 1)}"
    say(f"{recording}: it is {claim}, by {count}.")


def _cells(one, record) -> list[str]:
    burst, rate_hz = one.burst, record.sample_rate_hz
    colour = {ACCEPTED: "green", UNKNOWN: "red"}.get(record.verdict, "dim")
    verdict = f"{record.verdict} ({one.reason})" if record.verdict == SKIPPED else record.verdict
    return [str(one.number), f"{burst.sample_start / rate_hz:.4f} s", with_unit(burst.sample_count / rate_hz, "s"),
            with_unit(burst.centre_hz, "Hz", "+"), "" if burst.snr_db is None else f"{burst.snr_db:.0f} dB",
            escape(record.label or ""), "" if record.confidence is None else f"{record.confidence:.3f}", f"[{colour}]{escape(verdict)}[/]"]
