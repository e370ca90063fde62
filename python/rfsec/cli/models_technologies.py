# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``rfsec models`` says of classifiers of technologies."""

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from ..errors import ModelError

if TYPE_CHECKING:
    from ..inference.technology_session import TechnologySession


def list_technologies_shown() -> None:
    """Print a table of the shipped classifiers of technologies, if there are any."""
    from ..inference.catalog import DEFAULT_TECHNOLOGY, list_technologies
    from ..inference.technology_session import TechnologySession

    names = ("weights", "right", "accepted", "wrong of these", "others accepted")
    table = Table(Column("technologies", no_wrap=True), *(Column(name, justify="right") for name in names),
                  title="technologies in swept spectra", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for session in map(TechnologySession, list_technologies().values()):
        card, metrics = session.card, session.card.metrics
        shares = (metrics.accuracy, metrics.accepted_share, metrics.accepted_error_rate, metrics.other_accepted_share)
        table.add_row(f"{card.name} *" if card.name == DEFAULT_TECHNOLOGY else card.name, f"{card.parameters:,}",
                      *(f"{share:.1%}" for share in shares))
    if table.row_count:
        Console().print(table)


def check_technologies(session: "TechnologySession") -> None:
    """Run a classifier on windows of each length; ModelError where it gives no probabilities."""
    import numpy as np

    rng = np.random.default_rng(1)
    for length in session.card.input.lengths:
        for batch in (1, 8):
            found = session.probabilities(rng.normal(size=(batch, 1, length)).astype(np.float32))
            if not np.allclose(found.sum(axis=1), 1, atol=1e-4):
                raise ModelError(f"{session.path}: the model gives no probabilities for windows of {length} bins.")
