"""JSON in and out: fast, and strict about what other parsers let pass."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import orjson
from flask import Flask, Request, Response
from flask.json.provider import JSONProvider
from werkzeug.exceptions import UnsupportedMediaType

from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Sentence

_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_MAX_DEPTH: Final = 64
_MAX_DIGITS: Final = 20
# Possessive, and content with a text that never ends: a hostile body costs a single pass.
_NESTED = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)

_NOT_JSON: Final = Sentence(
    en="The body is not JSON: look at line {line}, column {column}.",
    fr="Le corps n'est pas du JSON : regarder ligne {line}, colonne {column}.",
)
_TOO_LONG: Final = Sentence(
    en="The body holds a number of more than {most} digits. Send it shorter, or as a text.",
    fr="Le corps contient un nombre de plus de {most} chiffres. Le raccourcir, ou en faire un "
    "texte.",
)
_TWICE: Final = Sentence(
    en="The body names “{key}” twice in the same object. Send each key once.",
    fr="Le corps nomme « {key} » deux fois dans le même objet. Envoyer chaque clé une seule fois.",
)
_TOO_DEEP: Final = Sentence(
    en="The body is nested deeper than {most} levels. Flatten it.",
    fr="Le corps est imbriqué sur plus de {most} niveaux. L'aplatir.",
)


class Unreadable(DomainError):
    """A body that is not JSON, or JSON that two readers would understand differently."""

    type = "unreadable-body"


def to_json(value: object) -> bytes:
    """Compact JSON; instants with a Z, ids and dates as text."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def json_response(value: object, status: int = 200, *, location: str | None = None) -> Response:
    """An answer made without a schema: for long lists. ``location`` is where a new thing is."""
    response = Response(to_json(value), status, content_type="application/json")
    if location:
        response.headers["Location"] = location
    return response


def strict_json(request: Request) -> Any:
    """The body as JSON. Raises Unreadable, or UnsupportedMediaType."""
    body = request.get_data(cache=True)
    if not request.is_json:
        raise UnsupportedMediaType
    return from_json(body)


def from_json(body: bytes) -> Any:
    """JSON as two readers understand it alike. Raises Unreadable.

    Refused: NaN, lone surrogates, duplicate keys, deep nesting, numbers of thousands of digits.
    """
    _check_depth(body)
    try:
        value = orjson.loads(body)
        json.loads(body, object_pairs_hook=_unique, parse_int=_short)
    except orjson.JSONDecodeError as error:
        raise Unreadable(_NOT_JSON, line=error.lineno, column=error.colno) from None
    return value


def _check_depth(body: bytes) -> None:
    """Counted before parsing: a parser's own limit is the process's stack."""
    if body.count(b"[") + body.count(b"{") <= _MAX_DEPTH:
        return
    depth = 0
    for match in _NESTED.finditer(body):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(match[0], 0)
        if depth > _MAX_DEPTH:
            raise Unreadable(_TOO_DEEP, most=_MAX_DEPTH)


def _unique(pairs: Sequence[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _value in pairs:
        if key in seen:
            raise Unreadable(_TWICE, key=key[:100])
        seen.add(key)


def _short(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise Unreadable(_TOO_LONG, most=_MAX_DIGITS)
    return int(digits)


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Compact JSON text."""
        return to_json(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Parse JSON."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """A JSON answer, as flask.jsonify makes it."""
        return json_response(self._prepare_response_obj(args, kwargs))


def use_orjson(app: Flask) -> None:
    """Have ``app`` speak JSON through orjson."""
    app.json = OrjsonProvider(app)
