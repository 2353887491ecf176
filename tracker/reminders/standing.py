"""How things stand with what people are owed, in a number of statements that does not grow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from tracker.connectors.letter import Outcome
from tracker.gates.models import Approval
from tracker.kernel.claims import Claim
from tracker.kernel.db import core
from tracker.people.time_queries import persons
from tracker.people.time_rules import Person
from tracker.projects.models import Assignee, Gate, Project, Task
from tracker.reminders.models import ANSWERED, OPEN, Attempt, Reminder
from tracker.reminders.starting import links_before, tells_to_start, waits_for
from tracker.reminders.words import BY_THEMSELVES, GATHERING, Rule

Key = tuple[UUID, UUID]
"""Ids of a workspace and of a thing in it."""

_R, _P, _T = Reminder.__table__, Project.__table__, Task.__table__
_G, _S, _A = Gate.__table__, Assignee.__table__, Approval.__table__
_KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)
ROWS: Final[Select[Any]] = select(*_R.c, _P.c.state.label("project_state")).outerjoin(
    _P, and_(_P.c.workspace_id == _R.c.workspace_id, _P.c.id == _R.c.project_id)
)
_TRY: Final = Attempt.__table__
# Since when it may have been told: its reader may then know it under its own id. None: never.
MAYBE_TOLD_AT: Final = case(
    (
        _R.c.tries > 0,
        select(func.min(_TRY.c.started_at))
        .where(
            _TRY.c.workspace_id == _R.c.workspace_id,
            _TRY.c.reminder_id == _R.c.id,
            _TRY.c.outcome == Outcome.UNKNOWN,
        )
        .correlate(_R)
        .scalar_subquery(),
    )
)
_OWED: Final = ROWS.add_columns(MAYBE_TOLD_AT.label("maybe_told_at")).where(
    tuple_(_R.c.workspace_id, _R.c.id, _R.c.claim).in_(_KEYS)
)
_FOR_DIGESTS: Final = ROWS.where(
    text(f"reminders.{OPEN}"),
    _R.c.way == "digest",
    _R.c.due_at <= bindparam("now"),  # what waits for a later day's digest is not told before
    _R.c.rule.not_in(GATHERING),
    tuple_(_R.c.workspace_id, _R.c.member_id).in_(_KEYS),
)
_TOLD_BEFORE: Final = ROWS.where(
    _R.c.folded_into.is_not(None),
    _R.c.state == "folded",
    tuple_(_R.c.workspace_id, _R.c.folded_into).in_(_KEYS),
)


def _by_id(table: Table, *columns: str, key: str = "id") -> Select[Any]:
    shown = [table.c[name] for name in ("workspace_id", key, *columns)]
    return select(*shown).where(tuple_(table.c.workspace_id, table.c[key]).in_(_KEYS))


_TASKS: Final = _by_id(_T, "status", "start_on", "due_on", "phase", "is_early", "project_id")
_ASSIGNEES: Final = _by_id(_S, "member_id", key="task_id")
_GATES: Final = _by_id(_G, "id", "before_phase", "state", "waived_until", key="project_id")
_APPROVALS: Final = _by_id(_A, "id", "criterion", "role", "kind", "at", "voided_at", key="gate_id")
_ANSWERS: Final = _by_id(
    _R, "id", "member_id", "rule", "occurrence", "acked_at", "snoozed_until", key="subject_id"
).where(text(f"({ANSWERED})"))
_CROWDS: Final = select(_R.c.workspace_id, _R.c.member_id, _R.c.id).where(
    text(f"reminders.{OPEN}"),
    _R.c.way == "single",
    _R.c.rule.not_in(BY_THEMSELVES),
    (_R.c.ready_at <= bindparam("now")) | (_R.c.state == "sending"),
    tuple_(_R.c.workspace_id, _R.c.member_id).in_(_KEYS),
    MAYBE_TOLD_AT.is_(None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that a judgement on reminders looks at."""

    people: Mapping[Key, Person]
    tasks: Mapping[Key, Row[Any]]
    assignees: Mapping[Key, set[UUID]]
    gates: Mapping[Key, Sequence[Row[Any]]]  # by project
    approvals: Mapping[Key, Sequence[Row[Any]]]  # by gate
    answers: Mapping[Key, Sequence[Row[Any]]]  # by subject
    # What must be finished first: titles by task, of those that are told to start.
    waits_for: Mapping[Key, Sequence[str]] = field(default_factory=dict)
    # What one person is owed now, in single messages: ids by member.
    crowds: Mapping[Key, set[UUID]] = field(default_factory=dict)


def owed(session: Session, held: Sequence[Claim]) -> Sequence[Row[Any]]:
    """The reminders behind ``held`` that are still ours."""
    keys = [(claim.workspace_id, claim.id, claim.token) for claim in held]
    return core(session).execute(_OWED, {"keys": keys}).all()


def gathered(
    session: Session, rows: Sequence[Row[Any]], *, now: datetime
) -> Mapping[Key, Sequence[Row[Any]]]:
    """What each digest and catch-up among ``rows`` is to tell, by its id.

    One that may have been told tells the same again: many show what comes under one id only once.
    """
    gathering = {(row.workspace_id, row.id): row for row in rows if row.rule in GATHERING}
    found: dict[Key, list[Row[Any]]] = {key: [] for key in gathering}
    if not gathering:
        return found
    for row in core(session).execute(_TOLD_BEFORE, {"keys": list(gathering)}):
        found[row.workspace_id, row.folded_into].append(row)
    digests = {
        (row.workspace_id, row.member_id): key
        for key, row in gathering.items()
        if row.rule == Rule.DIGEST
    }
    if digests:
        for row in core(session).execute(_FOR_DIGESTS, {"keys": list(digests), "now": now}):
            digest = digests[row.workspace_id, row.member_id]
            told_at = gathering[digest].maybe_told_at
            if told_at is None or row.created_at <= told_at:
                found[digest].append(row)
    return found


def standing_of(session: Session, rows: Sequence[Row[Any]], *, now: datetime) -> Standing:
    """How things stand for ``rows``: in nine statements at most."""
    tasks = _found(session, _TASKS, _subjects(rows, "task"))
    projects = {(key[0], task.project_id) for key, (task,) in tasks.items()}
    projects |= {(r.workspace_id, r.project_id) for r in rows if r.subject == "gate"}
    asked = [row for row in rows if row.rule == Rule.APPROVAL_WAITING]
    members = {(row.workspace_id, row.member_id) for row in rows}
    singles = {(r.workspace_id, r.member_id) for r in rows if r.rule not in BY_THEMSELVES}
    return Standing(
        people=persons(session, members),
        tasks={key: task for key, (task,) in tasks.items()},
        assignees={
            key: {row.member_id for row in found}
            for key, found in _found(session, _ASSIGNEES, tasks).items()
        },
        gates=_found(session, _GATES, projects),
        approvals=_found(session, _APPROVALS, _subjects(asked, "gate")),
        answers=_found(session, _ANSWERS, {(row.workspace_id, row.subject_id) for row in rows}),
        waits_for=_waits_for(session, [row for row in rows if tells_to_start(row.rule, row.step)]),
        crowds=_crowds(session, singles, now),
    )


def _subjects(rows: Sequence[Row[Any]], subject: str) -> set[Key]:
    return {(row.workspace_id, row.subject_id) for row in rows if row.subject == subject}


def _waits_for(session: Session, rows: Sequence[Row[Any]]) -> dict[Key, Sequence[str]]:
    links = links_before(session, _subjects(rows, "task"))
    return {key: waits_for(found) for key, found in links.items()}


def _found(session: Session, wanted: Select[Any], keys: Iterable[Key]) -> dict[Key, list[Row[Any]]]:
    """Rows under the two first of their columns."""
    found: dict[Key, list[Row[Any]]] = defaultdict(list)
    if asked := list(keys):
        for row in core(session).execute(wanted, {"keys": asked}):
            found[row[0], row[1]].append(row)
    return found


def _crowds(session: Session, members: set[Key], now: datetime) -> dict[Key, set[UUID]]:
    found: dict[Key, set[UUID]] = defaultdict(set)
    if members:
        wanted = {"keys": list(members), "now": now}
        for row in core(session).execute(_CROWDS, wanted):
            found[row.workspace_id, row.member_id].add(row.id)
    return found
