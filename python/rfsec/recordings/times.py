# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as SigMF writes them."""

import re
from datetime import datetime, timezone

from ..records import MAX_TIME_NS


def time_ns(iso: str | None) -> int | None:
    """Return the UTC nanoseconds since 1970 of an ISO 8601 time, UTC where it names no zone; None for None, and
    outside of the years 1970 to 9999, which a record can't hold.

    ``datetime`` keeps microseconds only: the fraction is read on its own, to the nanosecond. It knows no leap second: 23:59:60 is the
    second after 23:59:59. Raises ValueError where the time is none.
    """
    if iso is None:
        return None
    known, leap = re.subn(r"(T\d\d:?\d\d:?)60", r"\g<1>59", iso)
    moment = datetime.fromisoformat(known)
    seconds = leap + int(moment.replace(microsecond=0, tzinfo=moment.tzinfo or timezone.utc).timestamp())
    fraction = re.search(r"[.,](\d+)", iso)
    found = seconds * 1_000_000_000 + (round(float(f"0.{fraction[1]}") * 1e9) if fraction else 0)
    return found if 0 <= found < MAX_TIME_NS else None
