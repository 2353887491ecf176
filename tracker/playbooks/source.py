"""YAML as people write playbooks, read with line numbers; what could surprise is refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Any, Final

import yaml

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_DEPTH: Final = 20

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a playbook, where it stands."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Unreadable(Exception):
    """A file that cannot be read as YAML at all."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class Block(dict[str, Any]):
    """A YAML mapping that remembers where it and each of its keys stand."""

    __slots__ = ("line", "lines", "path")

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path, self.line = path, line
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A YAML sequence that remembers where each item stands."""

    __slots__ = ("line", "lines", "path")

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path, self.line = path, line
        self.lines: list[int] = []


@dataclass(slots=True)
class _Reader:
    """Builds plain values from parse events: aliases and tags show there, and only there."""

    path: str
    events: Iterator[Any]
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> object:
        value: object = None
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                value = self.value(event, 1)
            elif isinstance(event, yaml.DocumentStartEvent) and value is not None:
                self.fault(event, "a playbook is one document; remove what follows “---”")
                break
        return value

    def fault(self, event: Any, message: str) -> None:
        self.problems.append(Problem(self.path, event.start_mark.line + 1, message))

    def value(self, event: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1
            raise Unreadable(Problem(self.path, line, f"nested deeper than {MAX_DEPTH} levels"))
        if isinstance(event, yaml.AliasEvent):
            self.fault(event, f"the alias *{event.anchor} is not allowed; write the value out")
            return None
        if event.anchor is not None:
            self.fault(event, f"the anchor &{event.anchor} is not allowed; remove it")
        if event.tag is not None:
            self.fault(event, f"the tag {event.tag} is not allowed; remove it")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.items(event, depth)
        return self.block(event, depth)

    def scalar(self, event: Any) -> object:
        """YAML 1.2 core words only: a plain ``no`` or ``on`` stays the word that it looks like."""
        text: str = event.value
        if event.style:  # quoted or block text; plain scalars have an empty style
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INTEGER.fullmatch(text) and len(text) < len("-1234567890123"):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) and len(text) < len("-12345.6789") else text

    def items(self, event: Any, depth: int) -> Items:
        found = Items(self.path, event.start_mark.line + 1)
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            found.lines.append(inner.start_mark.line + 1)
            found.append(self.value(inner, depth + 1))
        return found

    def block(self, event: Any, depth: int) -> Block:
        found = Block(self.path, event.start_mark.line + 1)
        for inner in self.events:
            if isinstance(inner, yaml.MappingEndEvent):
                break
            key = self.key(inner, depth)
            value = self.value(next(self.events), depth + 1)
            if key in found:
                self.fault(inner, f"the key “{key}” stands here twice")
            found[key], found.lines[key] = value, inner.start_mark.line + 1
        return found

    def key(self, event: Any, depth: int) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            return intern(event.value)  # the same few words, thousands of times
        self.fault(event, "a key must be a plain word")
        return str(self.value(event, depth + 1))


def read_yaml(content: bytes, path: str) -> tuple[object, list[Problem]]:
    """Read one document; ``path`` is only the name under which faults are reported.

    Raises Unreadable where nothing can be made of it.
    """
    if len(content) > MAX_BYTES:
        megabytes = MAX_BYTES // 1024 // 1024
        raise Unreadable(Problem(path, 1, f"larger than {megabytes} MB; split it or shorten it"))
    try:
        text = content.decode("utf-8")
        reader = _Reader(path, iter(yaml.parse(text, Loader=yaml.CSafeLoader)))
        return reader.document(), reader.problems
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(Problem(path, line, "not UTF-8; save the file as UTF-8")) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable(Problem(path, line, f"not readable as YAML: {error.problem}")) from None
    except yaml.YAMLError as error:
        raise Unreadable(Problem(path, 1, f"not readable as YAML: {error}")) from None


def read_file(path: Path, shown: str | None = None) -> tuple[object, list[Problem]]:
    """Read one file. Raises Unreadable, also where there is no such file."""
    name = shown or str(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(Problem(name, 1, f"cannot be opened: {error.strerror}")) from None
    return read_yaml(content, name)
