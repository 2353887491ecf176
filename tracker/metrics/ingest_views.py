"""The address that other programs push to, and the secret that they sign with."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint as Pages
from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import TooMany
from tracker.kernel.own_address import own_address
from tracker.kernel.texts import Sentence
from tracker.metrics import connection_queries as queries
from tracker.metrics import ingest_service as service
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.bodies import takes
from tracker.web.etags import check_if_match
from tracker.web.jsons import from_json, json_response
from tracker.web.language import reader_language
from tracker.web.pace import Pace

blp = Blueprint("pushing", __name__, url_prefix="/api/v1", description="What programs push")
ingest = Pages("ingest", __name__)
_LARGEST: Final = 1  # megabytes
_A_MINUTE: Final = 600
_pace: Final = Pace(_A_MINUTE)
_TOO_FAST: Final = Sentence(
    en="More than {limit} messages in a minute. Put more rows into each.",
    fr="Plus de {limit} messages par minute. Mettre plus de lignes dans chacun.",
)


class PushSecretOut(Schema):
    """How to push; the secret is shown this once."""

    url = fields.String()
    secret = fields.String()


@blp.route("/connections/<uuid:connection_id>/secret", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(200, PushSecretOut)
def renew_push_secret(connection_id: UUID) -> ResponseReturnValue:
    """Make a new secret for what is pushed; the old one ends at once (409 for other kinds)."""
    with unit_of_work() as session:
        found = queries.connection(session, actor().workspace_id, connection_id, to_change=True)
        check_if_match(found.version)
        secret = service.renew_secret(session, actor(), found, now=utcnow())
    return json_response({"url": f"{own_address()}/ingest/{connection_id}", "secret": secret})


@ingest.post("/ingest/<uuid:connection_id>")
@takes(_LARGEST)
def take_push(connection_id: UUID) -> ResponseReturnValue:
    """Take samples and events, signed; the same message twice is one."""
    body, now = request.get_data(), utcnow()
    headers = {name.lower(): value for name, value in request.headers.items()}
    with reading() as session:
        service.believe(service.pushed_to(session, connection_id), headers, body, now=now)
    if not _pace.allows(connection_id, now):
        raise TooMany(_TOO_FAST, retry_in=_pace.next_window_in(now), limit=_A_MINUTE)
    rows = from_json(body)
    with unit_of_work() as session:
        connection = service.pushed_to(session, connection_id, to_change=True)
        message = headers["webhook-id"]
        taken = service.take(session, connection, message, rows, now=now)
    return json_response(_shown(taken), 200 if taken.is_duplicate else 202)


def _shown(taken: service.Taken) -> dict[str, Any]:
    language = reader_language()
    return {
        "accepted": taken.accepted,
        "duplicate": taken.is_duplicate,
        "rejected": [
            {"list": name, "index": number, "reason": said.say(language)}
            for name, number, said in taken.rejected
        ],
    }
