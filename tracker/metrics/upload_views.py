"""The route that takes files with figures."""

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from tracker.connectors.csv_upload.presets import KINDS
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics import connection_queries as queries
from tracker.metrics.upload_service import (
    Sheet,
    keep_sheet,
    read_sheet,
    shown_faults,
    shown_rows,
)
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.bodies import takes
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("uploads", __name__, url_prefix="/api/v1", description="Figures from files")
_LARGEST = 11  # megabytes: what is a little too large is told so by its reader


class UploadIn(Schema):
    """Query of POST /connections/{id}/uploads."""

    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Look at it, and keep nothing."}
    )
    preset = fields.String(
        load_default=None,
        validate=validate.OneOf(KINDS),
        metadata={"description": "What kind of file it is; by default as its columns say."},
    )
    overlap = fields.String(
        load_default="replace",
        validate=validate.OneOf(("replace", "keep")),
        metadata={"description": "What holds where a day is known already: the file, or what is."},
    )


class FigureOut(Schema):
    """A figure of a file."""

    metric = fields.String()
    day = fields.Date()
    value = fields.Float()
    dims = fields.Dict()
    note = fields.String(allow_none=True)


class LineOut(Schema):
    """A line that is wrong."""

    line = fields.Integer()
    reasons = fields.List(fields.String())


class UploadOut(Schema):
    """A file as it was understood, and what has become of it."""

    dry_run = fields.Boolean()
    preset = fields.String()
    delimiter = fields.String()
    decimal_comma = fields.Boolean()
    figures = fields.Integer()
    metrics = fields.Dict(keys=fields.String(), values=fields.Integer())
    first_day = fields.Date(allow_none=True)
    last_day = fields.Date(allow_none=True)
    rows = fields.List(fields.Nested(FigureOut), metadata={"description": "The first ones."})
    faults = fields.List(fields.Nested(LineOut), metadata={"description": "The first ones."})
    pull_id = fields.UUID(allow_none=True)
    new = fields.Integer()
    changed = fields.Integer()
    same = fields.Integer()


@blp.route("/connections/<uuid:connection_id>/uploads", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@takes(_LARGEST)
@blp.arguments(UploadIn, location="query")
@blp.answers(200, UploadOut)
def upload_figures(query: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Keep the figures of a CSV file, sent as the body: all of it or, line by line, why not (422).

    The same file twice is nothing. `dry_run` shows how it is understood.
    """
    content, now = request.get_data(cache=False), utcnow()
    workspace_id = actor().workspace_id
    with reading() as session:  # a large file takes seconds, in which others may write
        connection = queries.connection(session, workspace_id, connection_id)
        sheet = read_sheet(session, connection, content, query["preset"], now=now)
    if query["dry_run"]:
        return json_response({**_shown(sheet), "dry_run": True, "pull_id": None, **_nothing()})
    with unit_of_work() as session:
        connection = queries.connection(session, workspace_id, connection_id, to_change=True)
        pull, counted = keep_sheet(
            session, actor(), connection, sheet, overlap=query["overlap"], now=now
        )
        pull_id = pull.id if pull else None
    return json_response(
        {**_shown(sheet), "dry_run": False, "pull_id": pull_id, **_nothing(), **counted}
    )


def _nothing() -> dict[str, int]:
    return {"new": 0, "changed": 0, "same": 0}


def _shown(sheet: Sheet) -> dict[str, Any]:
    language, days = reader_language(), sheet.days
    return {
        "preset": sheet.preset,
        "delimiter": sheet.delimiter,
        "decimal_comma": sheet.has_decimal_comma,
        "figures": len(sheet.found),
        "metrics": dict(sheet.metrics),
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[1].isoformat() if days else None,
        "rows": [
            {
                "metric": one.sample.metric,
                "day": one.sample.day.isoformat(),
                "value": one.sample.value,
                "dims": dict(one.sample.dims),
                "note": one.note,
            }
            for one in shown_rows(sheet)
        ],
        "faults": [
            {"line": line, "reasons": [one.say(language) for one in said]}
            for line, said in shown_faults(sheet)
        ],
    }
