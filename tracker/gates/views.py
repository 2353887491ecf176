"""Routes of gates."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.gates import queries, schemas, service
from tracker.gates.gathering import facts_of_gate, facts_of_projects
from tracker.gates.markdown import markdown
from tracker.gates.rules import Decision
from tracker.gates.service import Decided, Wish, Word
from tracker.gates.showing import approval_out, decision_out, gate_out
from tracker.gates.writing import Hearing
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects.queries import frame
from tracker.projects.queries import project as find_project
from tracker.projects.replan_service import propose
from tracker.web.api import Blueprint
from tracker.web.contract import needs_if_match, takes_if_match
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("gates", __name__, url_prefix="/api/v1", description="Gates between phases")


@blp.route("/projects/<uuid:project_id>/gates")
@needs(Permission.LOOK)
@blp.answers(200, list_of(schemas.GateOut))
def list_gates(project_id: UUID) -> ResponseReturnValue:
    """The gates of a project in their order, each with its verdict."""
    workspace_id = actor().workspace_id
    with reading() as session:
        found = facts_of_projects(session, workspace_id, [project_id], now=utcnow())
        if project_id not in found:
            frame(session, workspace_id, project_id)  # raises NotFound
    facts = found[project_id]
    language = reader_language(facts.project.language)
    items = [gate_out(facts, gate, language) for gate in facts.gates]
    return json_response({"items": items, "next": None})


@blp.route("/gates/<uuid:gate_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.GateOut)
def read_gate(gate_id: UUID) -> ResponseReturnValue:
    """One gate with its verdict."""
    with reading() as session:
        return _answer(session, gate_id)


def _answer(session: Session, gate_id: UUID, **more: Any) -> ResponseReturnValue:
    facts = facts_of_gate(session, actor().workspace_id, gate_id, now=utcnow())
    gate = facts.gate(gate_id)
    shown = gate_out(facts, gate, reader_language(facts.project.language))
    return tagged(json_response({**shown, **more}), gate.version)


@blp.route("/gates/<uuid:gate_id>/approvals")
@needs(Permission.LOOK)
@blp.arguments(schemas.ApprovalsIn, location="query")
@blp.answers(200, list_of(schemas.ApprovalOut))
def list_approvals(query: dict[str, Any], gate_id: UUID) -> ResponseReturnValue:
    """What was asked, given and refused, the oldest first, and whether it still counts."""
    after = read_cursor(query["cursor"], UUID)
    with reading() as session:
        facts = facts_of_gate(session, actor().workspace_id, gate_id, now=utcnow())
    gate = facts.gate(gate_id)
    found = [one for one in facts.approvals if after is None or one.id > after[0]]
    rows, cursor = page(found, query["limit"], lambda one: [one.id])
    items = [approval_out(facts, gate, one) for one in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/gates/<uuid:gate_id>/approvals", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.ApprovalIn)
@blp.answers(201, schemas.ApprovalOut)
def add_approval(word: Word, gate_id: UUID) -> ResponseReturnValue:
    """Ask for an approval, give it, or decline (403 for one's own request)."""
    with unit_of_work() as session:
        approval = service.say(session, actor(), gate_id, word, now=utcnow())
        facts = facts_of_gate(session, actor().workspace_id, gate_id, now=utcnow())
    shown = approval_out(facts, facts.gate(gate_id), approval)
    location = url_for("gates.list_approvals", gate_id=gate_id)
    return json_response(shown, 201, location=location)


@blp.route("/gates/<uuid:gate_id>/decision", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@needs_if_match
@idempotent
@blp.arguments(schemas.DecisionIn)
@blp.answers(200, schemas.DecidedOut)
def decide_gate(wish: Wish, gate_id: UUID) -> ResponseReturnValue:
    """Pass, pass on conditions, hold or reject (409 with every unmet criterion)."""
    with unit_of_work() as session:
        hearing = service.hear(session, actor(), gate_id, now=utcnow())
        check_if_match(hearing.gate.version, required=True)
        decided = service.decide(hearing, actor(), wish)
        proposal = _proposal(hearing) if wish.decision is Decision.REJECT else None
        return _decided(session, gate_id, decided, proposal=proposal)


def _proposal(hearing: Hearing) -> dict[str, Any]:
    """What laying the rest out from today would move, now that milestones are open again."""
    of_project = hearing.facts.project
    project = find_project(hearing.session, of_project.workspace_id, of_project.id)
    language = reader_language(of_project.language)
    return propose(hearing.session, project, language=language, now=hearing.facts.now)


@blp.route("/gates/<uuid:gate_id>/waiver", methods=["POST"])
@needs(Permission.ADMINISTER)
@takes_if_match
@idempotent
@blp.arguments(schemas.WaiverIn)
@blp.answers(200, schemas.DecidedOut)
def waive_gate(data: dict[str, Any], gate_id: UUID) -> ResponseReturnValue:
    """Open the gate until an instant although something is missing; owners only."""
    with unit_of_work() as session:
        hearing = service.hear(session, actor(), gate_id, now=utcnow())
        check_if_match(hearing.gate.version)
        decided = service.waive(hearing, actor(), **data)
        return _decided(session, gate_id, decided)


def _decided(
    session: Session, gate_id: UUID, decided: Decided, *, proposal: dict[str, Any] | None = None
) -> ResponseReturnValue:
    row = queries.decision(session, actor().workspace_id, gate_id, decided.number)
    return _answer(
        session,
        gate_id,
        decision=decision_out(row),
        entered=decided.opened.entered,
        delayed_days=decided.opened.delayed_days,
        tasks=decided.tasks,
        reopened=decided.reopened,
        proposal=proposal,
    )


@blp.route("/gates/<uuid:gate_id>/decisions")
@needs(Permission.LOOK)
@blp.arguments(schemas.ApprovalsIn, location="query")
@blp.answers(200, list_of(schemas.DecisionOut))
def list_decisions(query: dict[str, Any], gate_id: UUID) -> ResponseReturnValue:
    """Decisions and waivers of a gate in their order, without their dossiers."""
    after = read_cursor(query["cursor"], int)
    scope = (actor().workspace_id, gate_id)
    with reading() as session:
        queries.check_gate(session, *scope)
        found = queries.decisions(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda row: [row.number])
    return json_response({"items": [decision_out(row) for row in rows], "next": cursor})


@blp.route("/gates/<uuid:gate_id>/dossier")
@needs(Permission.LOOK)
@blp.arguments(schemas.DossierIn, location="query")
@blp.answers(200, schemas.DossierOut)
@blp.answers(200, description="The same for people.", media="text/markdown")
def read_dossier(query: dict[str, Any], gate_id: UUID) -> ResponseReturnValue:
    """What decisions stood on, as JSON or, with `format=md`, as Markdown; never changed."""
    scope = (actor().workspace_id, gate_id)
    with reading() as session:
        queries.check_gate(session, *scope)
        number = query["number"]
        rows = (
            [queries.decision(session, *scope, number)]
            if number
            else queries.decisions(session, *scope)
        )
    dossiers = [row.dossier for row in rows]
    if query["format"] == "md":
        text = markdown(dossiers, reader_language())
        return tagged(Response(text, content_type="text/markdown; charset=utf-8"), len(dossiers))
    return tagged(json_response({"gate_id": gate_id, "decisions": dossiers}), len(dossiers))
