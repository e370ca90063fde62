# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a sensor's configuration from YAML: whatever is wrong is said in one line with the line of the file and the rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from pydantic import ValidationError

from ..errors import ParameterError, RfsecError
from .config import SensorConfig

_MAX_BYTES = 1 << 20
_DEEPEST = 32


class ConfigFile:
    """A configuration that was read, and the lines that it came from.

    Parameters
    ----------
    path : str or Path

    Attributes
    ----------
    path : Path
    config : SensorConfig

    Raises
    ------
    ParameterError
        The file can't be read, is no YAML, or breaks a rule.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._root, fields = _read(self.path)
        if not isinstance(fields, dict):
            raise ParameterError(f"{path}, line {_line(self._root)}: a configuration is a mapping of bands, source, output and spool.")
        try:
            self.config = SensorConfig.model_validate(fields, context=self.path.absolute().parent)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(map(str, first["loc"])) or "the configuration"
            raise ParameterError(f"{self.at(*first['loc'])}: {name!r:.80} is wrong: {_rule(first)}.") from None

    def at(self, *where: str | int) -> str:
        """The file and line of a field, e.g. ``at("bands", 0, "start_hz")``; of what is around it where it isn't given."""
        node, line = self._root, _line(self._root)
        for part in where:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return f"{self.path}, line {line}"

    @contextmanager
    def naming(self, *where: str | int) -> Iterator[None]:
        """Errors in the block are about a field: they become a ParameterError with its line."""
        try:
            yield
        except RfsecError as error:
            raise ParameterError(f"{self.at(*where)}: {error}") from None


def _read(path: Path) -> tuple[yaml.Node, object]:
    """The nodes of a file, which know their lines, and their values."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
        if len(text) > _MAX_BYTES:
            raise ParameterError(f"{path}: a configuration has at most {_MAX_BYTES} bytes.")
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise ParameterError(f"{path}, line {event.start_mark.line + 1}: a configuration has no aliases (*{event.anchor}). "
                                     "Write the value out.")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:  # said here: the parser gets slower and slower
                raise ParameterError(f"{path}, line {event.start_mark.line + 1}: a configuration is not so deep.")
        node = yaml.compose(text, yaml.SafeLoader)
        if node is None:
            raise ParameterError(f"{path}, line 1: the configuration is empty. examples/sensor.yaml shows one.")
        _check(path, node)
        return node, _Constructor().construct_document(node)
    except OSError as error:
        raise ParameterError(f"{path}: this configuration can't be read: {error.strerror}.") from None
    except (yaml.YAMLError, OverflowError, ValueError) as error:
        if isinstance(error, RfsecError):
            raise
        if isinstance(error, yaml.reader.ReaderError):
            line = text[:error.position].count(b"\n") + 1
        else:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or " ".join(str(error).split())
        raise ParameterError(f"{path}, line {line}: this is no YAML: {reason}.") from None


class _Constructor(yaml.constructor.SafeConstructor):
    """YAML's own, which says the line of a value that is not what its tag says, and of a whole number that no float can hold."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            value = super().construct_object(node, deep)
            if isinstance(value, int):
                float(value)  # a larger one can't even be shown
            return value
        except (AttributeError, IndexError, KeyError, OverflowError, ValueError):
            problem = f"the value is no {node.tag.rpartition(':')[2]}, or too large"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark) from None


def _check(path: Path, node: yaml.Node) -> None:
    """Raises ParameterError for a key that comes twice, of which YAML would silently take the second."""
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _check(path, child)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            if key.value in seen if isinstance(key, yaml.ScalarNode) else True:
                raise ParameterError(f"{path}, line {_line(key)}: a key must be a name, and come once.")
            seen.add(key.value)
            _check(path, child)


def _child(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    """The line and node of a key or an index."""
    if isinstance(node, yaml.MappingNode):
        return next(((_line(key), child) for key, child in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return _line(node.value[part]), node.value[part]
    return None


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _rule(error: dict) -> str:
    """What a field must be, and the value that it has, where that is one value."""
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    rule, given = error["msg"].removeprefix("Value error, "), error.get("input")
    return f"{rule}. Got {given!r:.60} instead" if isinstance(given, str | int | float) else rule
