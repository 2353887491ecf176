"""Routes of a project's roster, for its team alone."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.queries import emails_of
from tracker.people.rules import Permission
from tracker.roster import queries, schemas, service
from tracker.roster.counting import counts
from tracker.roster.importing import carry_out, plan_import
from tracker.roster.models import RosterContact
from tracker.roster.sheet import read_rows, written
from tracker.roster.showing import import_out, summary_out
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("roster", __name__, url_prefix="/api/v1", description="People worked on by name")


@blp.route("/projects/<uuid:project_id>/roster")
@needs(Permission.LOOK)
@blp.arguments(schemas.RosterIn, location="query")
@blp.answers(200, list_of(schemas.ContactOut))
def list_roster(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """People of a roster, for the project's team (403 for others)."""
    sort = query["sort"]
    _column, kind = queries.SORTS[sort.removeprefix("-")]
    after = read_cursor(query["cursor"], kind, UUID, order=sort)
    with reading() as session:
        project = service.enter(session, actor(), project_id)
        today = local_today(project.timezone, utcnow())
        scope = (session, project.workspace_id, project.id)
        found = queries.contacts(*scope, query, after=after, today=today)
    rows, cursor = page(found, query["limit"], lambda row: [row[1], row[0].id], order=sort)
    items = [schemas.ContactOut().dump(one) for one, _place in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/projects/<uuid:project_id>/roster", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.ContactIn)
@blp.answers(201, schemas.ContactOut)
def add_roster_contact(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Put somebody on the roster; who is strategic gets a call, as a task."""
    with unit_of_work() as session:
        project = service.enter(session, actor(), project_id, to_change=True)
        one = service.add(session, actor(), project, data, now=utcnow())
        shown = schemas.ContactOut().dump(one)
    location = url_for("roster.read_roster_contact", roster_contact_id=one.id)
    return tagged(json_response(shown, 201, location=location), 1)


@blp.route("/roster/<uuid:roster_contact_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.ContactOut)
def read_roster_contact(roster_contact_id: UUID) -> ResponseReturnValue:
    """Somebody on a roster."""
    with reading() as session:
        one = queries.contact(session, actor().workspace_id, roster_contact_id)
        service.enter(session, actor(), one.project_id)
    return _answer(one)


def _answer(one: RosterContact) -> ResponseReturnValue:
    return tagged(json_response(schemas.ContactOut().dump(one)), one.version)


@blp.route("/roster/<uuid:roster_contact_id>", methods=["PATCH"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.arguments(schemas.ContactChange)
@blp.answers(200, schemas.ContactOut)
def change_roster_contact(changes: dict[str, Any], roster_contact_id: UUID) -> ResponseReturnValue:
    """Change somebody; refused consent erases at once all that tells who they are."""
    with unit_of_work() as session:
        project, one = service.at_hand(session, actor(), roster_contact_id)
        check_if_match(one.version)
        service.change(session, actor(), project, one, wish=changes, now=utcnow())
        return _answer(one)


@blp.route("/roster/<uuid:roster_contact_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(204, description="Erased; the history keeps an id, a role and stages.")
def erase_roster_contact(roster_contact_id: UUID) -> ResponseReturnValue:
    """Erase somebody: nothing that names them stays. Their open call does not apply any more."""
    with unit_of_work() as session:
        project, one = service.at_hand(session, actor(), roster_contact_id)
        check_if_match(one.version)
        service.erase(session, actor(), project, one, now=utcnow())
    return "", 204


@blp.route("/projects/<uuid:project_id>/roster/import", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.ImportIn)
@blp.answers(200, schemas.ImportOut)
def import_roster(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Put many on the roster from CSV, all or nothing (422, row by row); `dry_run` previews."""
    with unit_of_work() as session:
        project = service.enter(session, actor(), project_id, to_change=True)
        plan = plan_import(session, project, read_rows(data["csv"]), now=utcnow())
        if not data["dry_run"]:
            carry_out(session, actor(), project, plan, now=utcnow())
    return json_response(import_out(plan, reader_language(), dry_run=data["dry_run"]))


@blp.route("/projects/<uuid:project_id>/roster/summary")
@needs(Permission.LOOK)
@blp.answers(200, schemas.SummaryOut)
def read_roster_summary(project_id: UUID) -> ResponseReturnValue:
    """A roster in numbers, and how far its milestones have come."""
    with reading() as session:
        project = service.enter(session, actor(), project_id)
        counted = counts(session, project.workspace_id, project.id)
    return json_response(summary_out(counted, project.parameters["seed_members"]))


@blp.route("/projects/<uuid:project_id>/roster.csv")
@needs(Permission.LOOK)
@blp.answers(200, description="Everybody; what `import` reads.", media="text/csv")
def export_roster(project_id: UUID) -> ResponseReturnValue:
    """The roster as CSV under headers of the reader's language; no cell runs as a formula."""
    with reading() as session:
        page = roster_page(session, project_id)
    response = Response(page, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="roster.csv"'
    return response


def roster_page(session: Session, project_id: UUID) -> bytes:
    """Everybody of a roster as CSV, for who is on the team."""
    project = service.enter(session, actor(), project_id)
    people = queries.everybody(session, project.workspace_id, project.id)
    owners = emails_of(session, project.workspace_id, {one.owner_id for one in people})
    return written(people, owners, reader_language(project.language))
