"""What the API's document tells of a route beyond its schemas: headers that it heeds, refusals."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from flask.typing import ResponseReturnValue

View = Callable[..., ResponseReturnValue]

_IDEMPOTENCY_KEY: Final[Mapping[str, Any]] = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Makes a repeated request safe: for 24 hours it gets the first one's answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_IF_MATCH: Final[Mapping[str, Any]] = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that was read; refused (412) where somebody has changed it since.",
    "schema": {"type": "string"},
}
_LAST_EVENT_ID: Final[Mapping[str, Any]] = {
    "in": "header",
    "name": "Last-Event-ID",
    "description": "The `id:` of the last event that was read; browsers send it by themselves.",
    "schema": {"type": "string", "maxLength": 1000},
}
_ALWAYS: Final = frozenset({401, 403, 422, 429, 503})
_WITH_BODY: Final = frozenset({400, 413, 415})
_CHANGING: Final = frozenset({"PATCH", "DELETE"})


def notes_of(view: View) -> dict[str, Any]:
    """What flask-smorest has noted on ``view`` for the document."""
    notes: dict[str, Any] = getattr(view, "_apidoc", {})
    return notes


def places(view: View) -> set[str]:
    """Where ``view`` takes arguments from: ``query``, ``json``."""
    parameters = notes_of(view).get("arguments", {}).get("parameters", ())
    return {parameter["in"] for parameter in parameters}


def takes_if_match(view: View) -> View:
    """Mark an action that heeds If-Match as changes do."""
    cast("Any", view).takes_if_match = True
    return view


def needs_if_match(view: View) -> View:
    """Mark an action that is refused (428) without If-Match."""
    cast("Any", view).needs_if_match = True
    return takes_if_match(view)


def may_need_if_match(view: View) -> View:
    """Mark an action that is refused (428) without If-Match where it changes something."""
    cast("Any", view).may_need_if_match = True
    return takes_if_match(view)


def resumes(view: View) -> View:
    """Mark a stream that goes on after the last event that its reader has seen."""
    cast("Any", view).resumes = True
    return view


def _heeds_if_match(view: View, method: str) -> bool:
    return method in _CHANGING or getattr(view, "takes_if_match", False)


def headers(view: View, method: str) -> Sequence[Mapping[str, Any]]:
    """The headers that change what ``view`` does."""
    keyed = [_IDEMPOTENCY_KEY] if getattr(view, "is_idempotent", False) else []
    keyed += [_LAST_EVENT_ID] if getattr(view, "resumes", False) else []
    if not _heeds_if_match(view, method):
        return keyed
    return [*keyed, {**_IF_MATCH, "required": getattr(view, "needs_if_match", False)}]


def refusals(rule: str, view: View, method: str) -> dict[int, str]:
    """Statuses that ``view`` can refuse a call with, each answered by the component Problem."""
    codes = set(_ALWAYS)
    codes |= _WITH_BODY if "json" in places(view) else set()
    codes |= {404} if "<" in rule else set()
    codes |= {409} if method != "GET" else set()
    codes |= {412} if _heeds_if_match(view, method) else set()
    may_ask = any(hasattr(view, name) for name in ("needs_if_match", "may_need_if_match"))
    codes |= {428} if may_ask else set()
    return dict.fromkeys(sorted(codes), "Problem")
