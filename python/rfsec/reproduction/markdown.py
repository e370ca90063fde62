# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables in Markdown."""


def markdown_table(head: tuple, lines: list[tuple]) -> str:
    """Return a table of a head and lines of as many cells; what would end a cell is escaped."""
    rows = [head, ("---",) * len(head), *lines]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows)
