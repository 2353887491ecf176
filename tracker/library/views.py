"""Routes of playbooks and assessments."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.library import queries, schemas, service
from tracker.library.models import Assessment
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.playbooks.catalog import editions, our_playbook
from tracker.playbooks.model import Playbook
from tracker.playbooks.quiz import Outcome, assess
from tracker.playbooks.showing import summary, whole
from tracker.web.api import Blueprint
from tracker.web.etags import tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint(
    "library", __name__, url_prefix="/api/v1", description="Playbooks and the readiness quiz"
)


def _summaries(session: Session) -> Iterator[dict[str, Any]]:
    language = reader_language()
    for edition in editions():
        ours = our_playbook(edition.slug, edition.version)
        yield {**summary(ours, language), "origin": "product"}
    for own in queries.own_playbooks(session, actor().workspace_id):
        playbook = queries.playbook(session, own.workspace_id, own.slug, own.version)
        yield {**summary(playbook, language), "origin": "workspace"}


@blp.route("/playbooks")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.PlaybookOut))
def list_playbooks(query: dict[str, Any]) -> ResponseReturnValue:
    """Playbooks to plan from, by name and version: the product's and the workspace's own."""
    after = read_cursor(query["cursor"], str, int)
    with reading() as session:
        found = sorted(_summaries(session), key=_place)
    rest = [row for row in found if after is None or _place(row) > after]
    rows, cursor = page(rest[: query["limit"] + 1], query["limit"], _place)
    return json_response({"items": rows, "next": cursor})


def _place(row: dict[str, Any]) -> list[Any]:
    return [row["slug"], row["version"]]


@blp.route("/playbooks", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.PlaybookIn)
@blp.answers(201, schemas.WholePlaybookOut)
def add_playbook(data: dict[str, Any]) -> ResponseReturnValue:
    """Bring a playbook of your own (422 with every fault as file:line: sentence)."""
    with unit_of_work() as session:
        playbook = service.add_playbook(session, actor(), data["source"], now=utcnow())
    location = url_for(
        "library.read_playbook_version", slug=playbook.slug, version=playbook.version
    )
    return _answer(playbook, 201, location)


def _answer(
    playbook: Playbook, status: int = 200, location: str | None = None
) -> ResponseReturnValue:
    shown = whole(playbook, reader_language())
    return tagged(json_response(shown, status, location=location), playbook.version)


@blp.route("/playbooks/<slug>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.WholePlaybookOut)
def read_playbook(slug: str) -> ResponseReturnValue:
    """The newest version of a playbook."""
    with reading() as session:
        return _answer(queries.playbook(session, actor().workspace_id, slug))


@blp.route("/playbooks/<slug>/versions/<int(min=1, max=10000):version>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.WholePlaybookOut)
def read_playbook_version(slug: str, version: int) -> ResponseReturnValue:
    """One version of a playbook. It never changes."""
    with reading() as session:
        return _answer(queries.playbook(session, actor().workspace_id, slug, version))


@blp.route("/assessments")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.AssessmentOut))
def list_assessments(query: dict[str, Any]) -> ResponseReturnValue:
    """Answered quizzes, the newest first."""
    after = read_cursor(query["cursor"], UUID)
    with reading() as session:
        found = queries.assessments(
            session, actor().workspace_id, after=after, limit=query["limit"]
        )
        rows, cursor = page(found, query["limit"], lambda row: [row.id])
        items = [_told(row, _outcome(session, row)) for row in rows]
    return json_response({"items": items, "next": cursor})


def _outcome(session: Session, row: Assessment) -> Outcome:
    playbook = queries.playbook(session, row.workspace_id, row.playbook, row.playbook_version)
    return assess(playbook, row.answers, row.scope, row.created_at.date())


def _told(row: Assessment, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": row.id,
        "playbook": row.playbook,
        "version": row.playbook_version,
        "scope": row.scope,
        **outcome.as_json(reader_language()),
        "created_at": row.created_at,
    }


@blp.route("/assessments", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.AssessmentIn)
@blp.answers(201, schemas.AssessmentOut)
def add_assessment(data: dict[str, Any]) -> ResponseReturnValue:
    """Answer the readiness quiz: score, band, advice and suggested parameters come back."""
    with unit_of_work() as session:
        playbook = queries.playbook(
            session, actor().workspace_id, data["playbook"], data["version"]
        )
        assessment, outcome = service.answer_quiz(
            session,
            actor(),
            playbook,
            answers=data["answers"],
            scope=data["scope"],
            now=utcnow(),
        )
    location = url_for("library.read_assessment", assessment_id=assessment.id)
    return tagged(json_response(_told(assessment, outcome), 201, location=location), 1)


@blp.route("/assessments/<uuid:assessment_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.AssessmentOut)
def read_assessment(assessment_id: UUID) -> ResponseReturnValue:
    """One answered quiz."""
    with reading() as session:
        row = queries.assessment(session, actor().workspace_id, assessment_id)
        return tagged(json_response(_told(row, _outcome(session, row))), 1)
