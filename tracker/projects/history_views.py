"""Routes of a project's sealed history."""

from uuid import UUID

from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from tracker.kernel.audit import count_unsealed, read_head
from tracker.kernel.db import reading
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.web.api import Blueprint
from tracker.web.etags import tagged
from tracker.web.fields import Instant
from tracker.web.jsons import json_response

blp = Blueprint("history", __name__, url_prefix="/api/v1", description="Sealed history")


class HeadOut(Schema):
    """Where the chain of seals ends; keep it elsewhere for `tracker audit verify --head`."""

    workspace_id = fields.UUID()
    project_id = fields.UUID()
    seq = fields.Integer(metadata={"description": "Number of the last sealed row, 0 for none."})
    seal = fields.String(metadata={"description": "64 hexadecimal digits."})
    at = Instant(allow_none=True, metadata={"description": "When what it tells happened."})
    unsealed = fields.Integer(metadata={"description": "Rows that wait for their seal."})


@blp.route("/projects/<uuid:project_id>/activity/head")
@needs(Permission.LOOK)
@blp.answers(200, HeadOut)
def read_activity_head(project_id: UUID) -> ResponseReturnValue:
    """The last seal of a project's history, to be kept elsewhere."""
    scope = (actor().workspace_id, project_id)
    with reading() as session:
        queries.frame(session, *scope)  # NotFound where it is another workspace's
        head, unsealed = read_head(session, *scope), count_unsealed(session, *scope)
    shown = {
        "workspace_id": head.workspace_id,
        "project_id": head.project_id,
        "seq": head.seq,
        "seal": head.seal.hex(),
        "at": head.at,
        "unsealed": unsealed,
    }
    return tagged(json_response(shown), head.seq)
