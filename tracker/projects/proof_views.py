"""Routes of the addresses and the evidence of a task, and of who watches it."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.queries import member
from tracker.people.rules import Permission
from tracker.projects import part_queries as queries
from tracker.projects import part_schemas as schemas
from tracker.projects import proof_service as service
from tracker.projects import task_queries
from tracker.projects.task_models import Evidence, TaskLink
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_schemas import EvidenceOut
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("proofs", __name__, url_prefix="/api/v1", description="Links, evidence, watchers")


def _at_hand(session: Session, task_id: UUID) -> TaskAtHand:
    return task_queries.task(session, actor().workspace_id, task_id, to_change=True)


@blp.route("/tasks/<uuid:task_id>/links")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.TaskLinkOut))
def list_links(query: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Addresses of a task, the oldest first."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, task_id)
    with reading() as session:
        queries.place(session, *scope)
        found = queries.links(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda link: [link.id])
    return json_response({"items": [_link(row) for row in rows], "next": cursor})


def _link(link: TaskLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "task_id": link.task_id,
        "url": link.url,
        "title": link.title,
        "by": link.created_by,
        "at": link.created_at,
    }


@blp.route("/tasks/<uuid:task_id>/links", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.TaskLinkIn)
@blp.answers(201, schemas.TaskLinkOut)
def add_link(data: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Put a web address under a task."""
    with unit_of_work() as session:
        at_hand = _at_hand(session, task_id)
        link = service.add_link(session, actor(), at_hand, data, now=utcnow())
    return json_response(_link(link), 201)


@blp.route("/tasks/<uuid:task_id>/links/<uuid:task_link_id>", methods=["DELETE"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.answers(204, description="Gone.")
def remove_link(task_id: UUID, task_link_id: UUID) -> ResponseReturnValue:
    """Take an address away. If-Match is the task's."""
    with unit_of_work() as session:
        at_hand = _at_hand(session, task_id)
        link = queries.link(session, actor().workspace_id, task_id, task_link_id)
        check_if_match(at_hand.task.version)
        service.remove_link(session, actor(), at_hand, link, now=utcnow())
    return "", 204


@blp.route("/tasks/<uuid:task_id>/evidence")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(EvidenceOut))
def list_evidence(query: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """What shows that a task is done, the oldest first."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, task_id)
    with reading() as session:
        queries.place(session, *scope)
        found = queries.evidences(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda evidence: [evidence.id])
    return json_response({"items": [_evidence(row) for row in rows], "next": cursor})


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "kind": evidence.kind,
        "url": evidence.url,
        "note": evidence.note,
        "figure": evidence.figure,
        "by": evidence.created_by,
        "at": evidence.created_at,
    }


@blp.route("/tasks/<uuid:task_id>/evidence", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.EvidenceIn)
@blp.answers(201, EvidenceOut)
def add_evidence(data: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Show that a task is done: a link, a note or a figure."""
    with unit_of_work() as session:
        at_hand = _at_hand(session, task_id)
        evidence = service.add_evidence(session, actor(), at_hand, data, now=utcnow())
    return json_response(_evidence(evidence), 201)


@blp.route("/tasks/<uuid:task_id>/evidence/<uuid:evidence_id>", methods=["DELETE"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.answers(204, description="Gone.")
def remove_evidence(task_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """Take evidence away while the task is open. If-Match is the task's."""
    with unit_of_work() as session:
        at_hand = _at_hand(session, task_id)
        evidence = queries.evidence(session, actor().workspace_id, task_id, evidence_id)
        check_if_match(at_hand.task.version)
        service.remove_evidence(session, actor(), at_hand, evidence, now=utcnow())
    return "", 204


@blp.route("/tasks/<uuid:task_id>/watchers/<uuid:member_id>", methods=["PUT"])
@needs(Permission.WATCH)
@blp.answers(204, description="Watches.")
def watch_task(task_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Watch a task, or have a member watch it, which managers may."""
    with unit_of_work() as session:
        at_hand = _at_hand(session, task_id)
        member(session, actor().workspace_id, member_id)
        service.watch(session, actor(), at_hand, member_id, now=utcnow())
    return "", 204


@blp.route("/tasks/<uuid:task_id>/watchers/<uuid:member_id>", methods=["DELETE"])
@needs(Permission.WATCH)
@blp.answers(204, description="Watches no more.")
def unwatch_task(task_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Watch a task no more, or have a member not watch it, which managers may."""
    with unit_of_work() as session:
        at_hand = _at_hand(session, task_id)
        service.check_watches(at_hand, member_id)
        check_if_match(at_hand.task.version)
        service.unwatch(session, actor(), at_hand, member_id, now=utcnow())
    return "", 204
