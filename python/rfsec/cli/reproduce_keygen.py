# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` of a table or figure of the KGNet paper."""

from typing import Any

from ..errors import ParameterError
from .reproduce_asked import Asked
from .reproduce_tables import figures_table, show


def run_keys(asked: Asked) -> Any:
    """Return the results of ``reproduction.keygen_reproduce``."""
    from ..reproduction.keygen_reproduce import reproduce_keygen

    if asked.seeds != 1:
        raise ParameterError(f"The mappers of {asked.table} are of one seed. Leave out --seeds.")
    return reproduce_keygen(
        asked.table, asked.out, asked.only, asked.test_windows_per_cell, asked.threads, asked.training, asked.command, asked.report
    )


def show_keys(results: Any) -> None:
    """Print them."""
    tables = []
    if any(results.points.values()):
        tables.append(figures_table("mapper", "SNR/dB", "K", "KER", "KGR", "NMSE", "of H", "entropy"))
        for title, found in results.points.items():
            for one in found:
                tables[-1].add_row(title, f"{one.snr_db:g}", str(one.levels), f"{one.key_error_rate:.1e}", f"{one.key_generation_ratio:.2f}",
                                   f"{one.nmse:.1e}", f"{one.nmse_h:.1e}", f"{one.entropy_bits:.1f}")
    if results.numbers:
        tables.append(figures_table("mapper", "number", "value"))
        for title, found in results.numbers.items():
            for name, value in found.items():
                tables[-1].add_row(title, name.replace("_", " "), f"{value:,}" if value > 1 else f"{value:.4f}")
    show(tables, results.missing, "mappers")
