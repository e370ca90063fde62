# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen simulate``: many key agreements in the simulated room, with Bob walking and Eve beside him."""

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from statistics import mean
from typing import Annotated, Any

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from ..errors import ParameterError
from ..keygen.agreement_settings import QUANTIZERS, RECONCILIATIONS

_SNRS_DB = (0, 10, 20, 25, 30, 40)
_COLUMNS = (  # of the table: heading, key of a summary, format, meaning
    ("errors", "key_error_rate", ".1e", "raw bits outside the guard bands in which Alice and Bob differ"),
    ("Eve's", "eve_error_rate", ".1%", "the same of her and Bob"),
    ("by table", "table_error_rate", ".1%", "hers with a table of the room"),
    ("hashed", "eve_hash_errors", ".1%", "hers in the secret"),
    ("credit", "credit_bits", ".0f", "bits that the probes of a key are worth"),
    ("leaked", "leaked_bits", ".0f", "bits said in public, which are taken off"),
    ("trips", "round_trips", ".0f", "messages there and back"),
    ("s", "seconds", ".3f", "seconds of computing"))


def simulate(
    sessions: Annotated[int, typer.Option(help="Agreements at each SNR.")] = 20,
    snr: Annotated[list[float] | None, typer.Option(help="Of all measurements, dB; may be given more than once. Default: 0 to 40.")] = None,
    reconciliation: Annotated[str, typer.Option(help="cascade or bch.")] = "cascade",
    quantizer: Annotated[str, typer.Option(help="guard-band (the paper's), or decorrelating, fitted to the room.")] = "decorrelating",
    probes: Annotated[int, typer.Option(help="That both ends measure for one agreement.")] = 128,
    apart: Annotated[float, typer.Option(help="Bob's way from probe to probe, m; 0 lets him stand still.")] = 0.3,
    eve: Annotated[float, typer.Option(help="From Bob to Eve, m.")] = 0.15,
    model: Annotated[str, typer.Option(help="Name of a shipped mapper, or an .onnx file trained on the room.")] = "mapper-paper-free",
    table: Annotated[bool, typer.Option("--table", help="Give Eve a table of the room's channels; tracing it takes a minute, once.")] = False,
    seed: Annotated[int, typer.Option(help="Of walks and noise.")] = 1,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Agree on keys in the simulated room, each pair for the first time, and tell how it went.

    Both ends run the whole protocol; messages pass from hand to hand. No key is written or shown.
    """
    for name, value, least in (("sessions", sessions, 1), ("probes", probes, 1), ("apart", apart, 0), ("eve", eve, 0), ("seed", seed, 0)):
        if not least <= value < math.inf:
            raise ParameterError(f"The '--{name}' of a simulation must be at least {least}, and finite. Got {value} instead.")
    for value in snr or ():
        if not math.isfinite(value):
            raise ParameterError(f"The '--snr' of a simulation must be finite. Got {value} instead.")
    if reconciliation not in RECONCILIATIONS:
        raise ParameterError(f"The '--reconciliation' must be {' or '.join(RECONCILIATIONS)}. Got {reconciliation!r} instead.")
    if quantizer not in QUANTIZERS:
        raise ParameterError(f"The '--quantizer' must be {' or '.join(QUANTIZERS)}. Got {quantizer!r} instead.")
    from ..inference.catalog import find_mapper
    from ..inference.mapper_session import MapperSession
    from ..reproduction.keygen_attack import TableAttack
    from ..reproduction.keygen_randomness import randomness
    from ..reproduction.keygen_sessions import Pair, fit_quantizer, scenario_of
    from ..reproduction.keygen_walks import Walk, walked

    mapper = MapperSession(find_mapper(model))
    rng, found, everything = np.random.default_rng(seed), {}, []
    fitted = fit_quantizer(mapper, rng) if quantizer == "decorrelating" else None
    attack = TableAttack(mapper, scenario_of(mapper)) if table else None
    chosen = list(snr or _SNRS_DB)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("agreements", total=len(chosen) * sessions)
        for snr_db in chosen:
            results = []
            for way in walked(scenario_of(mapper), Walk(probes, apart, eve), sessions, rng):
                results.append(Pair(mapper, reconciliation, fitted, attack).agree(way, snr_db, rng))
                bar.advance(task)
            found[f"{snr_db:g}"] = _summary(results)
            everything += results
    judged = randomness(everything)
    if json_:
        print(json.dumps({"reconciliation": reconciliation, "quantizer": quantizer, "model": mapper.card.name, "probes": probes, "apart_m": apart, "eve_apart_m": eve,
                          "by_snr": found, "sp_800_22": judged and {what: {name: asdict(one) for name, one in tests.items()}
                                                                     for what, tests in judged.items()}}, indent=2))
    else:
        _show(found, reconciliation)
        if judged:
            _show_tests(judged)


def _summary(results: list) -> dict[str, Any]:
    """Means over the agreements at one SNR; what only a success has is over successes."""
    good = [one for one in results if one.succeeded]
    return {
        "sessions": len(results),
        "succeeded": len(good),
        "unequal": sum(one.equal is False for one in results),
        "key_error_rate": _mean(one.key_error_rate for one in results),
        "eve_error_rate": _mean(one.eve_error_rate for one in results),
        "table_error_rate": _mean(one.table_error_rate for one in results if one.table_error_rate is not None),
        "eve_hash_errors": _mean(one.eve_hash_errors for one in good),
        "eve_keys": sum(one.eve_hash_errors == 0 for one in good),
        "credit_bits": _mean(one.credit_bits for one in good),
        "leaked_bits": _mean(one.leaked_bits for one in good),
        "probes": _mean(one.probes for one in good),
        "round_trips": _mean(one.round_trips for one in good),
        "bytes": _mean(one.bytes for one in good),
        "seconds": _mean(one.seconds for one in good),
        "reasons": dict(Counter(_kind(one.reason) for one in results if not one.succeeded)),
    }


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return mean(found) if found else None


def _kind(reason: str) -> str:
    """A reason without its numbers, so that equal ones can be counted."""
    return "".join("#" if letter.isdigit() else letter for letter in reason)


def _show(found: dict[str, dict[str, Any]], reconciliation: str) -> None:
    columns = [one for one in _COLUMNS if one[1] != "table_error_rate" or any(row["table_error_rate"] is not None for row in found.values())]
    table = _table(reconciliation, *_numbers("SNR / dB", "keys", *(name for name, *_ in columns)))
    for snr_db, one in found.items():
        table.add_row(snr_db, f"{one['succeeded']}/{one['sessions']}", *(
            "" if one[key] is None else format(one[key], form) for _, key, form, _ in columns))
    console = Console()
    console.print(table)
    console.print("; ".join(f"{name}: {meaning}" for name, _, _, meaning in columns) + ".", highlight=False)
    for snr_db, one in found.items():
        if one["unequal"]:
            console.print(f"{snr_db} dB: {one['unequal']} agreements ended with two keys that differ.")
        for reason, count in one["reasons"].items():
            console.print(f"{snr_db} dB, {count} times: {reason}", soft_wrap=True)


def _show_tests(judged: dict[str, dict[str, Any]]) -> None:
    table = _table("share that passes SP 800-22", Column("test"), *_numbers("final keys", "expected from", "raw bits"))
    for name, final in judged["final"].items():
        table.add_row(name.replace("_", " "), f"{final.passed:.1%}", f"{final.expected[0]:.1%}", f"{judged['raw'][name].passed:.1%}")
    Console().print(table)


def _numbers(*names: str) -> list[Column]:
    return [Column(name, justify="right", no_wrap=True) for name in names]


def _table(title: str, *columns: Column) -> Table:
    return Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
