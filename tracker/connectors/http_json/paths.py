"""Paths into JSON (RFC 9535), without what could run long: filters, functions. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from jsonpath import JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError

LONGEST: Final = 200
_FORBIDDEN: Final = ("?", "..", "(")
_environment: Final = JSONPathEnvironment(strict=True)


class BadPath(ValueError):
    """A path that cannot be read, or that could run long."""


@lru_cache(maxsize=256)
def read_path(text: str) -> JSONPath:
    """The path behind a text. Raises BadPath."""
    if len(text) > LONGEST or any(word in text for word in _FORBIDDEN):
        raise BadPath(text)
    try:
        path = _environment.compile(text)
    except JSONPathError:
        raise BadPath(text) from None
    if not isinstance(path, JSONPath):
        raise BadPath(text)
    return path


def all_at(text: str, value: Any) -> Sequence[Any]:
    """Every value there."""
    return [match.obj for match in read_path(text).finditer(value)]


def one_at(text: str, value: Any) -> Any:
    """The first value there, None where there is none."""
    return next((match.obj for match in read_path(text).finditer(value)), None)
