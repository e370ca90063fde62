# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``rfsec models`` says of mappers of channels."""

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from ..errors import ModelError

if TYPE_CHECKING:
    from ..inference.mapper_session import MapperSession

_AT_DB = "25"


def list_mappers_shown() -> None:
    """Print a table of the shipped mappers, if there are any."""
    from ..inference.catalog import DEFAULT_MAPPER, list_mappers
    from ..inference.mapper_session import MapperSession

    table = Table(*(Column(name, no_wrap=True) for name in ("mapper", "radios", "split")),
                  *(Column(name, justify="right", no_wrap=True) for name in ("weights", "KER", "KGR")),
                  title="mappers of channels", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for session in map(MapperSession, list_mappers().values()):
        card = session.card
        scores = card.metrics.by_snr.get(_AT_DB)
        table.add_row(f"{card.name} *" if card.name == DEFAULT_MAPPER else card.name, card.radio, card.split, f"{card.parameters:,}",
                      *(("", "") if scores is None else (f"{scores.key_error_rate:.1e}", f"{scores.key_generation_ratio:.2f}")))
    if table.row_count:
        Console().print(table)
        Console().print(f"KER, KGR: share of the initial key's bits that are wrong, and bits a carrier, at {_AT_DB} dB.")


def check_mapper(session: "MapperSession") -> None:
    """Run a mapper at both ends; ModelError where it gives what is not finite."""
    import numpy as np

    noise = np.random.default_rng(1).normal(size=(8, 2 * session.card.input.carriers)).astype(np.float32).view(np.complex64)
    if not all(np.isfinite(end(noise)).all() for end in (session.alice, session.bob)):
        raise ModelError(f"{session.path}: the mapper gives features that are not finite.")
