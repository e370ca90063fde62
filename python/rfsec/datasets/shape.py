# SPDX-License-Identifier: GPL-3.0-or-later
"""What windows of a data set measure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Samples per symbol (of the classes that have symbols; None where it is any number), and samples per window."""

    samples_per_symbol: int | None
    window: int

    def __str__(self) -> str:
        return f"{self.samples_per_symbol}sps-{self.window}" if self.samples_per_symbol else str(self.window)
