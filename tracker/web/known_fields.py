"""Which fields there are, for whoever has sent another."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from tracker.web.field_messages import UNKNOWN_FIELD


def name_fields(messages: Any, schema: Schema) -> Any:
    """What ``schema`` found wrong; of a field that it does not have, with those that it has."""
    if not isinstance(messages, Mapping):
        return messages
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    named = [f"{UNKNOWN_FIELD} {', '.join(sorted(known))}"]
    return {
        name: named if faults == [UNKNOWN_FIELD] else _within(faults, known.get(name))
        for name, faults in messages.items()
    }


def _within(faults: Any, field: Any) -> Any:
    """The same of what lies in a field: an object, or a list of them told by their places."""
    if isinstance(field, fields.List) and isinstance(faults, Mapping):
        return {place: _within(inner, field.inner) for place, inner in faults.items()}
    if not isinstance(field, fields.Nested) or not isinstance(faults, Mapping):
        return faults
    if field.many:
        return {place: name_fields(inner, field.schema) for place, inner in faults.items()}
    return name_fields(faults, field.schema)
