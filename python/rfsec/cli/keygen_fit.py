# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen fit``: a decorrelating quantizer, for both ends, from probes that no key is drawn from."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import OutputError, ParameterError
from .keygen_end import comparable
from .out_files import is_same_file, refuse_own
from .plain import say
from .keygen_options import Epsilon, Levels, Model, Probes


def fit(
    features: Probes,
    out: Annotated[Path, typer.Option(metavar="FILE.json", help="The quantizer, for --quantizer at both ends. It is no secret.")],
    model: Model = None,
    components: Annotated[int, typer.Option(help="Most components; those that hardly vary are left out.")] = 16,
    levels: Levels = 2,
    epsilon: Epsilon = 0.05,
) -> None:
    """Fit a quantizer of principal components to what Bob measured at many places beforehand. Never draw keys from those probes."""
    from ..datasets.files import written_aside
    from ..keygen.decorrelating import fit as fitted
    from ..keygen.decorrelating import usable_rows
    from ..keygen.probe_file import read_probe_file

    if is_same_file(out, features):
        raise OutputError(f"{out}: these are the measured probes; choose another name for the quantizer.")
    refuse_own(out, "model", model, "another name for the quantizer")
    values, _, form = comparable("bob", read_probe_file(features), model)
    if form in ("cfr", "cfr_unit_power"):
        raise ParameterError(f"A decorrelating quantizer takes sanitised responses, and those of this mapper are '{form}'. Take another mapper.")
    made = fitted(values, components, levels, epsilon)
    with written_aside(out, "file") as aside:
        aside.write_text(made.to_json(), encoding="utf-8")
    used = int(usable_rows(values).sum())
    left_out = f", {len(values) - used:,} left out that are not finite or all zero" if used < len(values) else ""
    say(f"{out}: {len(made.axes)} components of {made.levels} levels, from {used:,} probes{left_out}.\nsha256 {made.sha256}")
