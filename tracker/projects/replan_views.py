"""Routes of re-planning."""

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.projects.models import Project
from tracker.projects.replan_schemas import ReplanIn, ReplanOut
from tracker.projects.replan_service import Judged, carry_out, judge
from tracker.projects.replan_showing import replan_out
from tracker.projects.replan_token import body_behind, check_unchanged, token_of
from tracker.web.api import Blueprint
from tracker.web.contract import may_need_if_match
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response, strict_json
from tracker.web.language import reader_language

blp = Blueprint("replanning", __name__, url_prefix="/api/v1", description="Re-planning")
_SCHEMA = ReplanIn()


@blp.route("/projects/<uuid:project_id>/replan", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@may_need_if_match
@blp.arguments(ReplanIn)
@blp.answers(200, ReplanOut)
def replan_project(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Move what moves with a change; `dry_run` shows it first, and its token applies that alone.

    Applying needs If-Match with the project's ETag; 412 where the plan or the day has changed.
    """
    return _try_out(data, project_id) if data["dry_run"] else _apply(data, project_id)


def _try_out(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    now = utcnow()
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        check_if_match(project.version)
        judged = judge(session, project, data, now=now)
        shown = _shown(session, project, judged, data, is_dry=True)
    body = {name: value for name, value in strict_json(request).items() if name != "dry_run"}
    shown["token"] = token_of(body, project_id, judged.running.digest, judged.today)
    return tagged(json_response(shown), project.version)


def _apply(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    now, token = utcnow(), data.get("token")
    with unit_of_work() as session:
        project = queries.project(session, actor().workspace_id, project_id, to_change=True)
        check_if_match(project.version, required=True)
        wish = _SCHEMA.load(body_behind(token, project_id)) if token else data
        judged = judge(session, project, wish, now=now, to_change=True)
        if token:
            check_unchanged(token, project_id, judged.running.digest, judged.today)
        shown = _shown(session, project, judged, wish, is_dry=False)
        carry_out(session, actor(), project, judged, now=now)
    return tagged(json_response(shown), project.version)


def _shown(
    session: Session, project: Project, judged: Judged, wish: dict[str, Any], *, is_dry: bool
) -> dict[str, Any]:
    language = reader_language(project.language)
    state, plan = judged.running.state, judged.plan
    return {
        "dry_run": is_dry,
        "token": None,
        "strategy": str(wish["strategy"]),
        **replan_out(session, project, state, plan, language=language),
    }
