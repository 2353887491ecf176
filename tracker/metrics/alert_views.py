"""Routes of alerts."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.library.queries import playbook as find_playbook
from tracker.metrics import alert_queries, alert_schemas, alert_service
from tracker.metrics.alert_models import Alert
from tracker.metrics.alert_showing import alert_out
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.playbooks.model import Playbook
from tracker.projects import queries
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("alerts", __name__, url_prefix="/api/v1", description="What the figures warn of")


@blp.route("/projects/<uuid:project_id>/alerts")
@needs(Permission.LOOK)
@blp.arguments(alert_schemas.AlertsIn, location="query")
@blp.answers(200, list_of(alert_schemas.AlertOut))
def list_alerts(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Alerts of a project, the newest first."""
    after, limit = read_cursor(query["cursor"], UUID), query["limit"]
    scope = (actor().workspace_id, project_id)
    with reading() as session:
        playbook = _playbook(session, project_id)
        found = alert_queries.alerts(
            session, *scope, state=query["state"], after=after, limit=limit
        )
    rows, cursor = page(found, limit, lambda row: [row.id])
    items = [_shown(one, playbook) for one in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/alerts/<uuid:alert_id>")
@needs(Permission.LOOK)
@blp.answers(200, alert_schemas.AlertOut)
def read_alert(alert_id: UUID) -> ResponseReturnValue:
    """One alert, with the figures that it opened with and those of the last look."""
    with reading() as session:
        one = alert_queries.alert(session, actor().workspace_id, alert_id)
        return _answer(session, one)


@blp.route("/alerts/<uuid:alert_id>", methods=["PATCH"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(alert_schemas.AlertChange)
@blp.answers(200, alert_schemas.AlertOut)
def change_alert(data: dict[str, Any], alert_id: UUID) -> ResponseReturnValue:
    """Write down what is known about an alert."""
    with unit_of_work() as session:
        one = _at_hand(session, alert_id)
        alert_service.annotate(session, actor(), one, data["note"])
        return _answer(session, one)


@blp.route("/alerts/<uuid:alert_id>/acknowledge", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(alert_schemas.AlertAnswer)
@blp.answers(200, alert_schemas.AlertOut)
def acknowledge_alert(data: dict[str, Any], alert_id: UUID) -> ResponseReturnValue:
    """Say that somebody takes care of it (409 once it is resolved)."""
    with unit_of_work() as session:
        one = _at_hand(session, alert_id)
        alert_service.acknowledge(session, actor(), one, note=data["note"], now=utcnow())
        return _answer(session, one)


@blp.route("/alerts/<uuid:alert_id>/resolve", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(alert_schemas.AlertAnswer)
@blp.answers(200, alert_schemas.AlertOut)
def resolve_alert(data: dict[str, Any], alert_id: UUID) -> ResponseReturnValue:
    """End it; its rule stays silent for its cool-down (409 once it is resolved)."""
    with unit_of_work() as session:
        one = _at_hand(session, alert_id)
        alert_service.resolve(session, actor(), one, note=data["note"], now=utcnow())
        return _answer(session, one)


def _at_hand(session: Session, alert_id: UUID) -> Alert:
    one = alert_queries.alert(session, actor().workspace_id, alert_id, to_change=True)
    check_if_match(one.version)
    return one


def _playbook(session: Session, project_id: UUID) -> Playbook:
    workspace_id = actor().workspace_id
    project = queries.project(session, workspace_id, project_id)
    return find_playbook(session, workspace_id, project.playbook, project.playbook_version)


def _shown(one: Alert, playbook: Playbook) -> dict[str, Any]:
    shown = alert_out(one, playbook, reader_language())
    dumped: dict[str, Any] = alert_schemas.AlertOut().dump(shown)
    return dumped


def _answer(session: Session, one: Alert) -> ResponseReturnValue:
    playbook = _playbook(session, one.project_id)
    return tagged(json_response(_shown(one, playbook)), one.version)
