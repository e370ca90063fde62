# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of recordings whose emitters are known: what their manifest says of each."""

from pathlib import Path

from pydantic import ConfigDict, Field

from .manifest import RecordingEntry, load_manifest


class EmitterEntry(RecordingEntry):
    """A recording with one burst. Emitters and sessions may be numbers; files without a session share one.

    Attributes
    ----------
    emitter : str or None
        Which transmitter sent the burst.
    session : str
        What the recordings of one sitting have in common: day, place, receiver.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    emitter: str | None = Field(default=None, min_length=1, max_length=64)
    session: str = Field(default="", max_length=64)


def load_emitters(path: Path) -> list[EmitterEntry]:
    """Return the entries of a manifest whose ``files`` also have ``emitter`` and ``session``. Raises as `load_manifest`."""
    return load_manifest(path, EmitterEntry)
