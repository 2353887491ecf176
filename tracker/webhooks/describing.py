"""Every event as documents tell it: made from the classes, so that no list can be behind. Pure."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from inspect import getdoc
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

from tracker.kernel.outbox import Event, event_types
from tracker.webhooks.event_rights import RIGHTS, family_of

Schema = dict[str, Any]
_SIMPLE: Final[Mapping[object, Schema]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    UUID: {"type": "string", "format": "uuid"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}
_ANYWAY: Final = ("workspace_id", "at")  # told beside the data, or known to who reads it
_RECEIVED: Final = {"description": "Anything of 2xx: it has arrived. All else is tried again."}


def public_types() -> Mapping[str, type[Event]]:
    """The events that somebody may be told of, by type."""
    return {name: kind for name, kind in event_types().items() if family_of(name) in RIGHTS}


def description_of(kind: type[Event]) -> str:
    """What its class says, as Markdown for people who do not read Python."""
    said = " ".join((getdoc(kind) or "").split()).replace("``", "`")
    return re.sub(r"\bNone\b", "null", said)


def data_of(kind: type[Event]) -> Mapping[str, Schema]:
    """The schemas of what its ``data`` holds, by name."""
    types = get_type_hints(kind)
    names = [field.name for field in fields(kind) if field.name not in _ANYWAY]
    return {name: _schema(types[name]) for name in names}


def _schema(wanted: Any) -> Schema:
    if wanted in _SIMPLE:
        return dict(_SIMPLE[wanted])
    if get_origin(wanted) is UnionType:
        (inner,) = (one for one in get_args(wanted) if one is not NoneType)
        schema = _schema(inner)
        return {**schema, "type": [schema["type"], "null"]}
    if get_origin(wanted) is list:
        return {"type": "array", "items": _schema(*get_args(wanted))}
    return {"type": "object"}


def webhooks() -> Mapping[str, Any]:
    """The section ``webhooks`` of the API's document (OpenAPI 3.1)."""
    return {name: {"post": _call(name, kind)} for name, kind in public_types().items()}


def _call(name: str, kind: type[Event]) -> Mapping[str, Any]:
    words = re.split(r"[._]", name)
    body = {"content": {"application/json": {"schema": _message(name, kind)}}, "required": True}
    return {
        "tags": ["events"],
        "operationId": "on" + "".join(map(str.capitalize, words)),
        "summary": description_of(kind),
        "requestBody": body,
        "responses": {"2XX": _RECEIVED},
        "security": [{}],  # signed instead: see docs/events.md
    }


def _message(name: str, kind: type[Event]) -> Schema:
    data = data_of(kind)
    return {
        "type": "object",
        "required": ["id", "type", "timestamp", "sequence", "data"],
        "properties": {
            "id": {"type": "string", "pattern": "^evt_"},
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time"},
            "sequence": {"type": "integer", "minimum": 1},
            # Not required: what makes a message too long is left out, and named in ``cut``.
            "data": {"type": "object", "properties": data},
            "cut": {"type": "array", "items": {"type": "string"}},
        },
    }
