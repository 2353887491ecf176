"""A gate's facts, as far as reminders of it go. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from tracker.gates.approving import is_own_request, may_approve, of_criterion, tally
from tracker.gates.facts import ApprovalFact, Facts, GateFact, MemberFact
from tracker.gates.rules import is_open
from tracker.kernel.clock import local_today
from tracker.reminders.rules import Asked, GateFacts


def gate_facts(facts: Facts, gate_id: UUID, deciders: tuple[UUID, ...]) -> GateFacts:
    """What there is to tell of one gate: nothing once it is open."""
    gate = facts.gate(gate_id)
    if is_open(gate, facts.now):
        return GateFacts(id=gate_id)
    zone = facts.project.timezone
    return GateFacts(
        id=gate_id,
        ready_on=gate.ready_at and local_today(zone, gate.ready_at),
        approvable_on=gate.approvable_at and local_today(zone, gate.approvable_at),
        deciders=deciders,
        approvers=tuple(dict.fromkeys(_approvers(facts, gate))),
        asked=tuple(_asked(facts, gate)),
    )


def _missing(facts: Facts, gate: GateFact) -> Iterator[Mapping[str, Any]]:
    """Approvals that the gate asks for, and that it does not have."""
    for criterion in gate.criteria:
        if criterion["kind"] == "approval" and not tally(facts, gate, criterion).is_reached:
            yield criterion


def _approvers(facts: Facts, gate: GateFact) -> Iterator[UUID]:
    for criterion in _missing(facts, gate):
        yield from _who_may(facts, gate, criterion)


def _who_may(facts: Facts, gate: GateFact, criterion: Mapping[str, Any]) -> Iterator[UUID]:
    """Those who may still give it: not whoever has asked for it, nor who has given it."""
    found = of_criterion(facts, gate, criterion)
    given = {one.id for one in tally(facts, gate, criterion).approved}
    named = facts.people.named.get(criterion["role"])
    candidates: list[MemberFact] = [*([named] if named else []), *facts.people.owners]
    for member in candidates:
        if member.id in given or is_own_request(found, member):
            continue
        if may_approve(facts, criterion, member):
            yield member.id


def _asked(facts: Facts, gate: GateFact) -> Iterator[Asked]:
    for criterion in _missing(facts, gate):
        request = _unanswered(of_criterion(facts, gate, criterion))
        if request is not None:
            on = local_today(facts.project.timezone, request.at)
            to = tuple(dict.fromkeys(_who_may(facts, gate, criterion)))
            yield Asked(request.id, on, to)


def _unanswered(found: list[ApprovalFact]) -> ApprovalFact | None:
    """The last request, unless somebody has said yes or no since."""
    valid = [one for one in found if one.voided_at is None]
    return valid[-1] if valid and valid[-1].kind == "request" else None
