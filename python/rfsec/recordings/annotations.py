# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes decisions about a recording as SigMF annotations."""

import errno
import os
from pathlib import Path

from sigmf import SigMFFile

from ..errors import OutputError
from ..records import DecisionRecord
from ..whole_file import written_whole
from .recording import open_recording

SUFFIX = ".sigmf-meta"
NAMESPACE = {"name": "rfsec", "version": "0.1.0", "optional": True}
LIVE = {"global": {"core:datatype": "cf32_le"}, "captures": [{"core:sample_start": 0}], "annotations": []}


class SigmfAnnotations:
    """Collects decisions and writes them, on ``close``, into SigMF metadata of the recording they are about.

    Consecutive decisions of one head with the same label and verdict become one annotation (the mean confidence, the
    hull of their samples): what a viewer can show. Each burst has one of its own. The recording's own captures and annotations are kept. Beside the
    recording the metadata names its dataset; elsewhere, for WAV files, archives and live signals it stands alone
    (``core:metadata_only``).

    Parameters
    ----------
    target : str
        Path of the metadata; ``.sigmf-meta`` is added where it is missing. It appears whole, or not at all.
    recording, sample_format, skip_bytes, sample_rate_hz : str, str, int, float or None
        The recording as for ``open_recording``; "" for a live signal.

    Attributes
    ----------
    target : Path
        With its suffix.

    Raises
    ------
    OutputError
        The target can't be written, or it is the recording's own metadata.
    """

    def __init__(self, target: str, recording: str = "", sample_format: str = "", skip_bytes: int = 0,
                 sample_rate_hz: float | None = None):
        self.target = Path(target if target.endswith(SUFFIX) else target + SUFFIX)
        self._metadata, self._dataset, self._rate_hz = LIVE, None, None
        if recording:
            with open_recording(recording, sample_format=sample_format or None, sample_rate_hz=sample_rate_hz,
                                skip_bytes=skip_bytes) as source:
                self._metadata = source.sigmf_metadata() or LIVE
                beside = source.data_path.resolve().parent == self.target.resolve().parent
                self._rate_hz = source.sample_rate_hz
                if beside and source.is_dataset:
                    self._dataset = source.data_path.name
                if source.owns(self.target):
                    raise OutputError(f"{self.target}: these are the recording's own metadata; choose another name.")
        there = os.path.isdir(self.target.parent)  # Path.is_dir raises where a folder may not be looked into
        if not there or not os.access(self.target.parent, os.W_OK):
            reason = os.strerror(errno.EACCES if there else errno.ENOENT)
            raise OutputError(f"{self.target}: SigMF annotations can't be written here: {reason}.")
        self._open: dict[str, dict] = {}  # per head: the annotation that the next decision may extend
        self._done: list[dict] = []
        self._first: DecisionRecord | None = None

    def write(self, record: DecisionRecord) -> None:
        if self._first is None:
            self._first = record
        new = {**record.to_sigmf_annotation(), "_sum": record.confidence or 0, "_count": 1}
        if record.is_burst:
            self._done.append(new)
            return
        last = self._open.get(record.head)
        if last is not None and all(last.get(key) == new.get(key) for key in _SAME) and \
                record.sample_start <= last["core:sample_start"] + last["core:sample_count"]:
            last["core:sample_count"] = record.sample_start + record.sample_count - last["core:sample_start"]
            last["_sum"] += new["_sum"]
            last["_count"] += 1
            return
        if last is not None:
            self._done.append(last)
        self._open[record.head] = new

    def close(self) -> None:
        found = [*self._done, *self._open.values()]
        first = int(self._metadata["global"].get("core:offset", 0))  # the number that SigMF gives the first sample in the file
        annotations = sorted([*self._metadata["annotations"], *(_finished(one, first) for one in found)],
                             key=lambda one: one["core:sample_start"])
        document = SigMFFile(metadata={
            "global": self._global(), "captures": self._captures(),
            "annotations": annotations})
        try:
            with written_whole(self.target) as aside, open(aside, "w", encoding="utf-8") as file:
                document.dump(file, pretty=True)
        except OSError as error:
            lost = sum(one["_count"] for one in found)
            raise OutputError(f"{self.target}: SigMF annotations can't be written: {error.strerror}.", lost) from None

    def _global(self) -> dict:
        info = {**self._metadata["global"]}
        info.setdefault("core:version", "1.2.0")
        rate_hz = self._rate_hz or (self._first and self._first.sample_rate_hz)
        if rate_hz:
            info.setdefault("core:sample_rate", rate_hz)
        others = [one for one in info.get("core:extensions", []) if one.get("name") != NAMESPACE["name"]]
        info["core:extensions"] = [*others, NAMESPACE]
        info.pop("core:dataset", None)
        info.update({"core:dataset": self._dataset} if self._dataset else {"core:metadata_only": True})
        return info

    def _captures(self) -> list[dict]:
        captures = [dict(one) for one in self._metadata["captures"]]
        if self._metadata is LIVE and self._first is not None and self._first.freq_hz is not None:
            captures[0].setdefault("core:frequency", self._first.freq_hz)
        return captures


_SAME = ("core:label", "rfsec:verdict", "core:freq_lower_edge", "core:freq_upper_edge", "core:generator")


def _finished(annotation: dict, first: int) -> dict:
    annotation = {**annotation, "core:sample_start": first + annotation["core:sample_start"]}
    total, count = annotation.pop("_sum"), annotation.pop("_count")
    if "rfsec:confidence" in annotation:
        annotation["rfsec:confidence"] = round(total / count, 6)
    return annotation
