# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen nist FILE``: the statistical tests of NIST SP 800-22 on a file of bits."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from ..errors import ParameterError
from ..keygen.bit_file import FORMATS, read_bits


def nist(
    file: Annotated[Path, typer.Argument(help="Bits: characters 0 and 1 with blanks between, or packed bytes, highest bit first.")],
    bits: Annotated[int | None, typer.Option(help="Test only the first so many bits; default: all.")] = None,
    sequence_bits: Annotated[int | None, typer.Option(help="Cut them into sequences of so many bits, and tell how many of those pass.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="ascii or packed; default: by the file's first bytes.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON: a list of P-values for each test, null where there are too few bits.")] = False,
) -> None:
    """Test bits for randomness by eight tests of SP 800-22: P-values, or of many sequences how many pass.

    As in the reference code, blocks have 128 bits, and patterns 10 for approximate entropy and 16 for serial; of short sequences they have
    as many as the standard allows. Cumulative sums give two values, forward and backward, and serial its two.
    """
    from ..keygen.nist import all_tests
    from ..keygen.nist_proportions import proportions, sequences_of

    for name, value in (("bits", bits), ("sequence-bits", sequence_bits)):
        if value is not None and value < 1:
            raise ParameterError(f"The '--{name}' of a test must be at least 1. Got {value} instead.")
    if form not in (None, *FORMATS):
        raise ParameterError(f"The '--format' of bits must be {' or '.join(FORMATS)}. Got {form!r} instead.")
    found = read_bits(file, bits, form)
    if sequence_bits is None:
        _show_values(all_tests(found), len(found), json_)
    elif len(found) < 2 * sequence_bits:
        raise ParameterError(f"There must be at least two sequences of {sequence_bits} bits; '{file}' has {len(found):,} bits.")
    else:
        sequences = sequences_of(found, sequence_bits)
        _show_shares(proportions(sequences), len(sequences), sequence_bits, json_)


def _show_values(values: dict[str, list[float] | None], bits: int, as_json: bool) -> None:
    from ..keygen.nist_proportions import PASSES

    if as_json:
        print(json.dumps(values, indent=2))
        return
    table = Table("test", Column("P-value", justify="right"), "", title=f"{bits:,} bits", title_justify="left", box=SIMPLE_HEAD)
    for name, found in values.items():
        verdict = _too_few(name) if found is None else "passes" if min(found) >= PASSES else "fails"
        table.add_row(name, "" if found is None else ", ".join(f"{one:.6f}" for one in found), verdict)
    Console().print(table)


def _show_shares(shares: dict, count: int, bits: int, as_json: bool) -> None:
    if as_json:
        print(json.dumps({name: None if one is None else {"passed": one.passed, "expected": one.expected, "uniformity": one.uniformity}
                          for name, one in shares.items()}, indent=2))
        return
    names = ("pass", "expected from", "uniformity P")
    table = Table("test", *(Column(name, justify="right") for name in names), "", title=f"{count:,} sequences of {bits:,} bits",
                  title_justify="left", box=SIMPLE_HEAD)
    for name, one in shares.items():
        cells = ("", "", "", _too_few(name)) if one is None else (
            f"{one.passed:.4f}", f"{one.expected[0]:.4f}", f"{one.uniformity:.4f}", "as expected" if one.as_expected else "too few")
        table.add_row(name, *cells)
    Console().print(table)


def _too_few(name: str) -> str:
    from ..keygen.nist import TESTS

    return f"needs {TESTS[name].fewest_bits:,} bits"
