# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sensor and its subscribers say to each other. Both sides check what they hear: a key lets a peer in, it does not make it right.

A subscriber asks: "I have everything through this number of this sensor". The sensor answers, as soon as there is more, with the
next decisions. The next question acknowledges them. A question that has had no answer may be asked again at any time.
"""

import json
import re
import zlib
from dataclasses import dataclass

from ..records import FIELDS
from .decision_log import LONGEST_RECORD

VERSION = 1
MAX_REQUEST_BYTES = 512
MAX_ANSWER_BYTES = 1 << 20
MAX_ANSWER_TEXT = 1 << 22  # bytes, once expanded
BATCH = 256  # decisions in an answer
_IDENTITY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Request:
    """A subscriber's question: it has everything of `sensor` through `acknowledged`; None and 0 where it has nothing."""

    sensor: str | None
    acknowledged: int

    def to_bytes(self) -> bytes:
        """The message."""
        return json.dumps({"version": VERSION, "sensor": self.sensor, "acknowledged": self.acknowledged}).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> "Request":
        """Raises ValueError where the message is no question."""
        found = _object(message, {"version", "sensor", "acknowledged"})
        sensor, acknowledged = found["sensor"], found["acknowledged"]
        if sensor is not None:
            _check_identity(sensor)
        return cls(sensor, _checked_number(acknowledged, 0))


@dataclass(frozen=True)
class Answer:
    """Decisions of `sensor`, each its number and its record as JSON, in order; and a health record, or None."""

    sensor: str
    decisions: list[tuple[int, str]]
    health: dict | None = None

    def to_bytes(self) -> bytes:
        """The message: compressed, because records are much alike."""
        decisions = ",".join(f"[{number},{record}]" for number, record in self.decisions)
        text = f'{{"version":{VERSION},"sensor":"{self.sensor}","decisions":[{decisions}],"health":{json.dumps(self.health)}}}'
        return zlib.compress(text.encode(), 6)

    @classmethod
    def from_bytes(cls, message: bytes) -> "Answer":
        """Raises ValueError where the message is no answer."""
        found = _object(_expanded(message), {"version", "sensor", "decisions", "health"})
        _check_identity(found["sensor"])
        if not isinstance(found["health"], dict | None) or not isinstance(found["decisions"], list) or len(found["decisions"]) > BATCH:
            raise ValueError("an answer holds a list of decisions and a health record")
        json.dumps(found["health"], allow_nan=False)  # it is passed on as JSON, which has neither NaN nor infinity
        decisions, before = [], 0
        for one in found["decisions"]:
            if not isinstance(one, list) or len(one) != 2 or not isinstance(one[1], dict) or tuple(one[1]) != FIELDS:
                raise ValueError("a decision is its number and its record")
            before = _checked_number(one[0], before + 1)
            decisions.append((before, _record(one[1])))
        return cls(found["sensor"], decisions, found["health"])


def _record(found: dict) -> str:
    record = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(record.encode()) > LONGEST_RECORD:  # half of a surrogate pair raises UnicodeEncodeError here, a ValueError
        raise ValueError("a record is too long")
    return record


def _expanded(message: bytes) -> bytes:
    expander = zlib.decompressobj()
    try:
        text = expander.decompress(message, MAX_ANSWER_TEXT)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not expander.eof:
        raise ValueError("an answer is cut short or too long")
    return text


def _object(text: bytes, keys: set[str]) -> dict:
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(found, dict) or found.keys() != keys or found["version"] != VERSION:
        raise ValueError(f"a message of version {VERSION} has the keys {', '.join(sorted(keys))}")
    return found


def _check_identity(sensor: object) -> None:
    if not isinstance(sensor, str) or not _IDENTITY.fullmatch(sensor):
        raise ValueError("a sensor's identity is 32 hexadecimal digits")


def _checked_number(number: object, least: int) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number < 1 << 63:
        raise ValueError("sequence numbers rise")
    return number
