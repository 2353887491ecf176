"""How gates stand, for whoever only looks at them. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from tracker.gates.approving import is_own_request, may_approve, of_criterion, tally
from tracker.gates.facts import Facts, GateFact, MemberFact
from tracker.gates.rules import is_open as fact_is_open
from tracker.gates.rules import shown_state, verdict
from tracker.projects.models import Gate
from tracker.projects.rules import is_open


def seen_state(gate: Gate, now: datetime) -> str:
    """The state of a stored gate, ready as the last look at its criteria has found it."""
    is_lapsed = gate.state == "waived" and not is_open(gate.state, gate.waived_until, now)
    state = "pending" if is_lapsed else gate.state
    return "ready" if state == "pending" and gate.ready_at is not None else state


def next_gate(facts: Facts) -> dict[str, Any] | None:
    """The first closed gate with its verdict in short; None where all are open."""
    gate = next((gate for gate in facts.gates if not fact_is_open(gate, facts.now)), None)
    if gate is None:
        return None
    found = verdict(facts, gate)
    return {
        "id": gate.id,
        "key": gate.key,
        "title": gate.title,
        "on": gate.planned_on,
        "state": shown_state(gate, found, facts.now),
        "is_met": found.is_met,
        "missing": [one.criterion["key"] for one in found.missing],
    }


def awaited(facts: Facts, member_id: UUID) -> Iterator[dict[str, Any]]:
    """Approvals that ``member_id`` can give: of the next gate, and whatever was asked for."""
    member = _known(facts, member_id)
    if member is None:
        return
    closed = [gate for gate in facts.gates if not fact_is_open(gate, facts.now)]
    for gate in closed:
        for criterion in gate.criteria:
            if criterion["kind"] == "approval" and _waits(facts, gate, criterion, member):
                is_asked = _is_asked(facts, gate, criterion)
                if is_asked or (gate is closed[0] and criterion["role"] in _roles(facts, member)):
                    yield _row(facts, gate, criterion, is_asked=is_asked)


def _known(facts: Facts, member_id: UUID) -> MemberFact | None:
    known = (*facts.people.named.values(), *facts.people.owners)
    return next((one for one in known if one.id == member_id), None)


def _roles(facts: Facts, member: MemberFact) -> list[str]:
    return [role for role, one in facts.people.named.items() if one.id == member.id]


def _waits(facts: Facts, gate: GateFact, criterion: Any, member: MemberFact) -> bool:
    found = tally(facts, gate, criterion)
    spoken = {one.id for one in found.approved} | {one.member.id for one in found.declined}
    may_speak = may_approve(facts, criterion, member) and not is_own_request(
        of_criterion(facts, gate, criterion), member
    )
    return may_speak and not found.is_reached and member.id not in spoken


def _is_asked(facts: Facts, gate: GateFact, criterion: Any) -> bool:
    words = of_criterion(facts, gate, criterion)
    return any(one.kind == "request" and one.voided_at is None for one in words)


def _row(facts: Facts, gate: GateFact, criterion: Any, *, is_asked: bool) -> dict[str, Any]:
    return {
        "project_id": facts.project.id,
        "project": facts.project.name,
        "gate_id": gate.id,
        "gate": gate.key,
        "title": gate.title,
        "criterion": criterion["key"],
        "criterion_title": criterion["title"],
        "role": criterion["role"],
        "due_on": gate.planned_on,
        "requested": is_asked,
    }
