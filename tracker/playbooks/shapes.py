"""The form of a playbook, as data: checked here, and turned into the JSON Schema for editors."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.source import Block, Items, Problem

# What no text may hold: control characters other than tab and line end, and lone surrogates.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,59}")
FULL_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}")

Place = tuple[str, int]
"""A path and a line."""


class Shape(Protocol):
    """What a value may look like."""

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        """What is wrong with ``value``, which the reader knows as ``name``."""

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema."""


@dataclass(frozen=True, slots=True)
class Str:
    """A string; ``form`` is matched in full."""

    form: re.Pattern[str] | None = None
    longest: int = 200

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not value.strip():
            yield Problem(*at, f"{name} must be a text that is not empty")
        elif len(value) > self.longest:
            yield Problem(*at, f"{name} is longer than {self.longest} characters")
        elif UNPRINTABLE.search(value):
            yield Problem(*at, f"{name} holds a control character; remove it")
        elif self.form and not self.form.fullmatch(value):
            yield Problem(*at, f"{name} “{value}” is not of the form {self.form.pattern}")

    def schema(self) -> dict[str, Any]:
        form = {"pattern": f"^{self.form.pattern}$"} if self.form else {}
        return {"type": "string", "minLength": 1, "maxLength": self.longest, **form}


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, or a decimal one where ``whole`` is false; both ends belong to the range."""

    least: int
    most: int
    whole: bool = True

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        kinds = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            yield Problem(*at, f"{name} must be a {'whole ' if self.whole else ''}number")
        elif not self.least <= value <= self.most:
            yield Problem(*at, f"{name} must lie between {self.least} and {self.most}")

    def schema(self) -> dict[str, Any]:
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield Problem(*at, f"{name} must be true or false")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few known values, of any plain type; None stands for an explicit null."""

    values: tuple[Any, ...]

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if not any(value == known and type(value) is type(known) for known in self.values):
            known = ", ".join("null" if known is None else str(known) for known in self.values)
            yield Problem(*at, f"{name} must be one of {known}")

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of equals."""

    item: Shape
    least: int = 1
    most: int = 2000

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if not isinstance(value, Items):
            yield Problem(*at, f"{name} must be a list")
            return
        if not self.least <= len(value) <= self.most:
            yield Problem(*at, f"{name} must hold {self.least} to {self.most} items")
        for item, line in zip(value, value.lines, strict=True):
            yield from self.item.problems(item, (value.path, line), f"an item of {name}")
        yield from _twice(value, name)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), "minItems": self.least}


def _twice(items: Items, name: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for item, line in zip(items, items.lines, strict=True):
        key = item.get("key") if isinstance(item, Block) else None
        if isinstance(key, str) and key in seen:
            yield Problem(item.path, line, f"the key “{key}” is in {name} twice")
        elif isinstance(key, str):
            seen.add(key)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with known keys; a key that ends in ``?`` may be absent."""

    fields: Mapping[str, Shape]

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if not isinstance(value, Block):
            yield Problem(*at, f"{name} must be a mapping")
            return
        for field, shape in self.fields.items():
            key = field.removesuffix("?")
            if key in value:
                yield from shape.problems(value[key], (value.path, value.lines[key]), key)
            elif key == field:
                yield Problem(value.path, value.line, self._missing(key, name))
        for key in value:
            if key not in self.fields and f"{key}?" not in self.fields:
                yield Problem(value.path, value.lines[key], f"unknown key “{key}” in {name}")

    def _missing(self, key: str, name: str) -> str:
        if self is TEXT or self is LONG_TEXT:
            return f"{name} has no text in the language “{key}”"
        return f"{name} needs a “{key}”"

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {f.removesuffix("?"): s.schema() for f, s in self.fields.items()},
            "required": [field for field in self.fields if not field.endswith("?")],
            "additionalProperties": False,
        }

    def also(self, **fields: Shape) -> "Fields":
        """The same mapping with further keys; a name that ends in ``_`` may be absent."""
        more = {f"{k[:-1]}?" if k.endswith("_") else k: shape for k, shape in fields.items()}
        return Fields({**self.fields, **more})


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping whose keys are free words and whose values are alike."""

    value: Shape

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if not isinstance(value, Block):
            yield Problem(*at, f"{name} must be a mapping")
            return
        for key, inner in value.items():
            yield from self.value.problems(inner, (value.path, value.lines[key]), key)

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Either:
    """A short form or a long one."""

    short: Shape
    long: Fields

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        shape = self.long if isinstance(value, Block) else self.short
        yield from shape.problems(value, at, name)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.short.schema(), self.long.schema()]}


@dataclass(frozen=True, slots=True)
class Maybe:
    """Something, or an explicit null."""

    shape: Shape

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if value is not None:
            yield from self.shape.problems(value, at, name)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "null"}, self.shape.schema()]}


@dataclass(frozen=True, slots=True)
class Anything:
    """A number, a list of plain values, or mappings of them: reference figures."""

    def problems(self, value: Any, at: Place, name: str) -> Iterator[Problem]:
        if isinstance(value, str):
            yield from Str().problems(value, at, name)

    def schema(self) -> dict[str, Any]:
        return {}


TEXT = Fields({language: Str(longest=200) for language in LANGUAGES})
LONG_TEXT = Fields({language: Str(longest=5000) for language in LANGUAGES})
