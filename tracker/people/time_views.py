"""Routes of oneself: who is calling, when they may be reached, and when they are away."""

from datetime import date
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people import queries, time_queries, time_schemas, time_service
from tracker.people.caller import actor, needs
from tracker.people.models import Member
from tracker.people.rules import Permission
from tracker.people.time_models import Preferences
from tracker.people.time_showing import preferences_out
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("me", __name__, url_prefix="/api/v1", description="Oneself")
_ONLY_VERSION = 1  # an absence never changes; it ends


@blp.route("/me")
@needs(Permission.LOOK)
@blp.answers(200, time_schemas.MeOut)
def read_me() -> ResponseReturnValue:
    """Who is calling, in which workspace and role, and what the token may do."""
    with reading() as session:
        member = queries.member(session, actor().workspace_id, actor().member_id)
        workspace = queries.workspace(session, actor().workspace_id)
    told = {
        "member": member,
        "workspace": workspace,
        "role": actor().role,
        "scopes": sorted(actor().scopes),
    }
    answer = json_response(time_schemas.MeOut().dump(told))
    return tagged(answer, member.version + workspace.version)


@blp.route("/me/preferences")
@needs(Permission.LOOK)
@blp.answers(200, time_schemas.PreferencesOut)
def read_preferences() -> ResponseReturnValue:
    """When and how you want to hear: hours, days, quiet hours, digest, projects."""
    with reading() as session:
        return _told(*time_service.own_preferences(session, actor()))


@blp.route("/me/preferences", methods=["PATCH"])
@needs(Permission.CHANGE_ONESELF)
@blp.arguments(time_schemas.PreferencesChange)
@blp.answers(200, time_schemas.PreferencesOut)
def change_preferences(changes: dict[str, Any]) -> ResponseReturnValue:
    """Want something else; what is owed to you moves along."""
    with unit_of_work() as session:
        member, wishes = time_service.own_preferences(session, actor(), to_change=True)
        check_if_match(time_service.version_of(member, wishes))
        time_service.change_preferences(session, member, wishes, changes, now=utcnow())
        return _told(member, wishes)


def _told(member: Member, wishes: Preferences) -> ResponseReturnValue:
    shown = preferences_out(member, wishes)
    return tagged(json_response(shown), time_service.version_of(member, wishes))


@blp.route("/me/absences")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(time_schemas.AbsenceOut))
def list_absences(query: dict[str, Any]) -> ResponseReturnValue:
    """When you are away, the latest days first."""
    after = read_cursor(query["cursor"], date)
    me = actor()
    with reading() as session:
        found = time_queries.absences(
            session, me.workspace_id, me.member_id, after=after, limit=query["limit"]
        )
    rows, cursor = page(found, query["limit"], lambda absence: [absence.start_on])
    items = time_schemas.AbsenceOut(many=True).dump(rows)
    return json_response({"items": items, "next": cursor})


@blp.route("/me/absences", methods=["POST"])
@needs(Permission.CHANGE_ONESELF)
@idempotent
@blp.arguments(time_schemas.AbsenceIn)
@blp.answers(201, time_schemas.AbsenceOut)
def add_absence(data: dict[str, Any]) -> ResponseReturnValue:
    """Be away on some days; who stands in hears for you."""
    with unit_of_work() as session:
        absence = time_service.add_absence(session, actor(), **data, now=utcnow())
    return tagged(json_response(time_schemas.AbsenceOut().dump(absence), 201), _ONLY_VERSION)


@blp.route("/me/absences/<uuid:absence_id>", methods=["DELETE"])
@needs(Permission.CHANGE_ONESELF)
@blp.answers(204, description="You are there again.")
def remove_absence(absence_id: UUID) -> ResponseReturnValue:
    """Be there after all."""
    with unit_of_work() as session:
        check_if_match(_ONLY_VERSION)
        time_service.remove_absence(session, actor(), absence_id, now=utcnow())
    return "", 204
