# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen evaluate``: what pairs of probes, measured anywhere, are worth."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from .keygen_options import Epsilon, How, Levels, Reconciliation


class Quantizer(str, Enum):
    """How features become symbols."""

    guard_band = "guard-band"
    decorrelating = "decorrelating"


def evaluate(
    pairs: Annotated[Path, typer.Option(metavar="FILE.npz", help="Arrays 'alice' and 'bob', and maybe 'eve': probes x features, real or "
                                        "complex. Alice's must be mapped already, so that they compare with Bob's.")],
    quantizer: Annotated[Quantizer, typer.Option(help="The decorrelating one is fitted to the first half of the probes, and the second "
                                                 "half is measured.")] = Quantizer.guard_band,
    levels: Levels = 2,
    epsilon: Epsilon = 0.1,
    reconciliation: How = Reconciliation.cascade,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Measure errors, min-entropy and leakage of pairs of probes, and draw as many 128-bit keys as they pay for."""
    from ..keygen.evaluation import evaluate as evaluated
    from ..keygen.pair_file import read_pairs

    found = evaluated(read_pairs(pairs), quantizer.value, levels, epsilon, reconciliation.value)
    shown = {
        "quantizer": found.quantizer, "levels": levels, "epsilon": epsilon, "reconciliation": reconciliation.value,
        "probes": found.probes, "left_out": found.left_out, "bits_per_probe": round(found.bits_per_probe, 3),
        "disagreement": _rounded(found.disagreement), "disagreement_eve": _rounded(found.disagreement_eve),
        "min_entropy_bits_per_probe": round(found.worth.bits_per_probe, 3),
        "min_entropy_estimates": {name: round(bits, 3) for name, bits in found.worth.means.items()},
        "leakage_bits": found.keys.leaked_bits, "confirmed_keys": found.keys.confirmed, "failed_agreements": found.keys.failed,
        "probes_used": found.keys.used, "stopped_because": found.keys.reason,
    }
    if as_json:
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        _print_table(shown)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 9)


def _print_table(shown: dict) -> None:
    table = Table(box=SIMPLE, show_header=False)
    for name, value in shown.items():
        if isinstance(value, dict):
            value = ", ".join(f"{one} {bits:g}" for one, bits in value.items())
        table.add_row(name.replace("_", " "), "none" if value is None else f"{value:,g}" if isinstance(value, float) else str(value))
    Console().print(table)
