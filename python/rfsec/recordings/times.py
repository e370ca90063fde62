# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as SigMF writes them."""

import re
from datetime import datetime, timezone


def time_ns(iso: str) -> int:
    """Return the UTC nanoseconds since 1970 of an ISO 8601 time, UTC where it names no zone; 0 before 1970.

    ``datetime`` keeps microseconds only: the fraction is read on its own, to the nanosecond.
    """
    moment = datetime.fromisoformat(iso)
    seconds = int(moment.replace(microsecond=0, tzinfo=moment.tzinfo or timezone.utc).timestamp())
    fraction = re.search(r"[.,](\d+)", iso)
    return max(0, seconds * 1_000_000_000 + (round(float(f"0.{fraction[1]}") * 1e9) if fraction else 0))
