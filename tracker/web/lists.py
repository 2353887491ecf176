"""The one shape of every list."""

from marshmallow import Schema, fields


def list_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page of ``item``."""
    name = item.__name__.removesuffix("Out") + "List"
    attributes = {
        "items": fields.List(fields.Nested(item)),
        "next": fields.String(
            allow_none=True, metadata={"description": "Cursor of the next page, null on the last."}
        ),
        "__doc__": f"One page of a list ({item.__name__}).",
    }
    return type(name, (Schema,), attributes)
