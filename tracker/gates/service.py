"""Approving, deciding and waiving: load under the lock, judge, change, announce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.gates import queries, writing
from tracker.gates.approving import Criterion, check_may_say, subject_of, tally
from tracker.gates.conditions import Condition, make_tasks, resolved
from tracker.gates.dossier import Ruling, make_dossier
from tracker.gates.facts import ApprovalFact, GateFact, MemberFact
from tracker.gates.gathering import facts_of_gate
from tracker.gates.opening import Opened, open_up
from tracker.gates.rejecting import take_back
from tracker.gates.rules import (
    OPENING,
    Decision,
    Verdict,
    check_may_open,
    check_may_waive,
    check_undecided,
    verdict,
)
from tracker.gates.writing import Hearing
from tracker.kernel.db import new_id
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import member as find_member
from tracker.people.rules import Actor, Permission
from tracker.projects.rules import check_takes_changes

LONGEST_WAIVER: Final = timedelta(days=366)
KINDS: Final = ("request", "approve", "decline")
_REASON_NEEDED: Final = Sentence(
    en="Say why: a decision of “{decision}” is kept with its reason.",
    fr="Dire pourquoi : une décision « {decision} » se garde avec son motif.",
)
_CONDITIONS_NEEDED: Final = Sentence(
    en="Name at least one condition, each with a title; or decide “pass”.",
    fr="Nommer au moins une condition, chacune avec un titre ; ou décider « pass ».",
)
_CONDITIONS_UNASKED: Final = Sentence(
    en="Conditions belong to the decision “conditional” alone.",
    fr="Les conditions ne vont qu'avec la décision « conditional ».",
)
_EXPIRED: Final = Sentence(
    en="This instant has passed; a waiver ends in the future.",
    fr="Cet instant est passé ; une dérogation se termine dans le futur.",
)
_TOO_LONG: Final = Sentence(
    en="A waiver lasts a year at most: until {latest}.",
    fr="Une dérogation dure un an au plus : jusqu'au {latest}.",
)
_WHICH: Final = Sentence(
    en="Say for which: the gate asks for these approvals: {keys}.",
    fr="Dire pour laquelle : le point de passage demande ces approbations : {keys}.",
)
_NO_APPROVAL: Final = Sentence(
    en="The gate asks for no such approval. It asks for: {keys}.",
    fr="Le point de passage ne demande pas cette approbation. Il demande : {keys}.",
)
_NONE: Final = Sentence(en="none", fr="aucune")


@dataclass(frozen=True, slots=True)
class Word:
    """A request, an approval or a refusal, for a criterion or for the only one of a role."""

    kind: str
    criterion: str | None = None
    role: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision that somebody asks for."""

    decision: Decision
    reason: str | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision has done beyond the gate itself."""

    number: int
    opened: Opened = field(default_factory=Opened)
    tasks: Sequence[Mapping[str, Any]] = field(default=())
    reopened: Sequence[Mapping[str, Any]] = field(default=())


def hear(session: Session, actor: Actor, gate_id: UUID, *, now: datetime) -> Hearing:
    """Put a gate on the table, while nobody else changes it. Raises NotFound, ProjectClosed."""
    queries.lock(session, actor.workspace_id, gate_id)
    facts = facts_of_gate(session, actor.workspace_id, gate_id, now=now)
    check_takes_changes(facts.project.state)
    return Hearing(session, actor, facts, facts.gate(gate_id))


def say(
    session: Session, actor: Actor, gate_id: UUID, word: Word, *, now: datetime
) -> ApprovalFact:
    """Ask for an approval, give it, or decline. Raises Forbidden, Invalid, SaidAlready."""
    actor.must(Permission.CHANGE_OWN_TASKS)
    hearing = hear(session, actor, gate_id, now=now)
    criterion = _criterion(hearing.gate, word)
    me = _me(session, actor)
    check_may_say(hearing.facts, hearing.gate, criterion, member=me, kind=word.kind)
    approval = _approval(hearing, criterion, me, word)
    writing.keep_approval(hearing, approval)
    return approval


def _me(session: Session, actor: Actor) -> MemberFact:
    row = find_member(session, actor.workspace_id, actor.member_id)
    return MemberFact(row.id, row.name, row.email, row.role)


def _criterion(gate: GateFact, word: Word) -> Criterion:
    """The one that is meant. Raises Invalid where none is, or several are."""
    asked = [one for one in gate.criteria if one["kind"] == "approval"]
    meant = [
        one
        for one in asked
        if word.criterion in (None, one["key"]) and word.role in (None, one["role"])
    ]
    if len(meant) == 1:
        return meant[0]
    keys = ", ".join(one["key"] for one in asked) or _NONE
    name = "role" if word.role is not None and word.criterion is None else "criterion"
    raise Invalid({name: [Said(_WHICH if meant else _NO_APPROVAL, {"keys": keys})]})


def _approval(hearing: Hearing, criterion: Criterion, me: MemberFact, word: Word) -> ApprovalFact:
    facts = hearing.facts
    return ApprovalFact(
        id=new_id(),
        gate_id=hearing.gate.id,
        criterion=criterion["key"],
        role=criterion["role"],
        kind=word.kind,
        comment=word.comment,
        subject=subject_of(criterion, facts.project, facts.contents),
        member=me,
        at=facts.now,
    )


def decide(hearing: Hearing, actor: Actor, wish: Wish) -> Decided:
    """Record a decision; one that opens the gate enters the phase behind it, here and now.

    Raises Invalid, GateDecided, EarlierGateClosed, or GateNotReady with every unmet criterion.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    facts, gate = hearing.facts, hearing.gate
    _check_form(wish)
    check_undecided(gate, wish.decision, facts.now)
    known = resolved(hearing.session, facts, wish.conditions)
    me = _me(hearing.session, actor)
    opens = wish.decision in OPENING
    found = verdict(facts, gate, me if opens else None)
    if opens:
        check_may_open(facts, gate, found)
        _approve_by_deciding(hearing, me)
    conditions = [one.row() for one in wish.conditions]
    ruling = Ruling(wish.decision, wish.reason, me, conditions)
    number = _keep(hearing, found, ruling)
    return _follow(hearing, wish, number, known)


def _check_form(wish: Wish) -> None:
    faults: dict[str, list[Said] | FieldErrors] = {}
    if wish.decision is not Decision.PASS and not wish.reason:
        faults["reason"] = [Said(_REASON_NEEDED, {"decision": str(wish.decision)})]
    if wish.decision is Decision.CONDITIONAL and not wish.conditions:
        faults["conditions"] = [Said(_CONDITIONS_NEEDED, {})]
    if wish.decision is not Decision.CONDITIONAL and wish.conditions:
        faults["conditions"] = [Said(_CONDITIONS_UNASKED, {})]
    if faults:
        raise Invalid(faults)


def _approve_by_deciding(hearing: Hearing, me: MemberFact) -> None:
    """Whoever is named and decides approves by it: kept, so that it can become void, too."""
    facts, gate = hearing.facts, hearing.gate
    for criterion in gate.criteria:
        if criterion["kind"] != "approval":
            continue
        with_me, without_me = tally(facts, gate, criterion, me), tally(facts, gate, criterion)
        if with_me.named and me in with_me.approved and me not in without_me.approved:
            approval = _approval(hearing, criterion, me, Word("approve"))
            writing.keep_approval(hearing, approval)


def _keep(hearing: Hearing, found: Verdict, ruling: Ruling) -> int:
    """Freeze what was decided, and on what; return the decision's number."""
    scope = (hearing.session, hearing.facts.project.workspace_id, hearing.gate.id)
    ruling = replace(ruling, number=queries.count_decisions(*scope) + 1)
    waivers = queries.waivers(*scope)
    dossier = make_dossier(hearing.facts, hearing.gate, found, ruling=ruling, waivers=waivers)
    writing.keep_decision(hearing, ruling, dossier)
    return ruling.number


def _follow(hearing: Hearing, wish: Wish, number: int, known: Mapping[str, UUID]) -> Decided:
    """What the decision changes: the gate, and what lies before or behind it."""
    writing.move_gate(hearing, wish.decision, number)
    if wish.decision is Decision.HOLD:
        return Decided(number)
    if wish.decision is Decision.REJECT:
        reopened = take_back(hearing.session, hearing.facts, hearing.gate)
        writing.announce_reopened(hearing, reopened)
        return Decided(number, reopened=[row._asdict() for row in reopened])
    opened = open_up(hearing, is_passed=wish.decision is Decision.PASS)
    tasks: Sequence[Mapping[str, Any]] = ()
    if wish.conditions:
        tasks = make_tasks(hearing, number, wish.conditions, known)
        writing.announce_conditions(hearing, tasks)
    return Decided(number, opened, tasks)


def waive(hearing: Hearing, actor: Actor, *, reason: str, expires_at: datetime) -> Decided:
    """Open a gate for a while although something is missing: an owner's word, kept for ever.

    Raises Forbidden, Invalid, GateDecided, EarlierGateClosed, or Conflict where nothing is missing.
    """
    actor.must(Permission.ADMINISTER)
    facts, gate = hearing.facts, hearing.gate
    _check_expiry(expires_at, facts.now)
    found = verdict(facts, gate)
    check_may_waive(facts, gate, found)
    missing = [one.criterion["key"] for one in found.missing]
    writing.keep_waiver(hearing, missing, reason, expires_at)
    me = _me(hearing.session, actor)
    number = _keep(hearing, found, Ruling("waive", reason, me, expires_at=expires_at))
    return Decided(number, open_up(hearing, is_passed=False))


def _check_expiry(expires_at: datetime, now: datetime) -> None:
    if expires_at <= now:
        raise Invalid({"expires_at": [Said(_EXPIRED, {})]})
    if expires_at > now + LONGEST_WAIVER:
        latest = (now + LONGEST_WAIVER).date().isoformat()
        raise Invalid({"expires_at": [Said(_TOO_LONG, {"latest": latest})]})
