"""Whether what is owed is still to be told, and whether now. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from tracker.people.time_rules import Person
from tracker.projects.rules import is_open
from tracker.reminders.sending_rules import IN_TIME, MOST_LATE, MOST_SINGLE, Ending
from tracker.reminders.standing import Key, Standing
from tracker.reminders.starting import tells_to_start
from tracker.reminders.words import BY_THEMSELVES, GATHERING, Reason, Rule, State

_DATED: Final = {
    Rule.BEFORE_START: "start_on",
    Rule.UNASSIGNED: "start_on",
    Rule.BEFORE_DUE: "due_on",
    Rule.OVERDUE: "due_on",
    Rule.ESCALATION: "due_on",
}
_TO_ASSIGNEES: Final = frozenset({Rule.BEFORE_START, Rule.BEFORE_DUE, Rule.OVERDUE})
_PROJECTS: Final = {"active": None, "paused": Reason.PAUSED}
_TASKS: Final = {"done": Reason.DONE, "not_applicable": Reason.NOT_APPLICABLE}
# Whoever asked to have somebody reminded now knows that they have been told before.
_DESPITE_ANSWERS: Final = BY_THEMSELVES | {Rule.ASKED}
_AT_ONCE: Final = frozenset({Rule.CONFIRM, Rule.CHANNEL_OFF, Rule.WEBHOOK_OFF})


def void(row: Row[Any], standing: Standing, now: datetime) -> Reason | None:
    """Why there is nothing to tell any more; None where there is."""
    if (row.workspace_id, row.member_id) not in standing.people:
        return Reason.REMOVED
    if row.project_id is not None and row.project_state != "active":
        return _PROJECTS.get(row.project_state, Reason.CLOSED)
    if row.rule not in _DESPITE_ANSWERS and (answer := _answered(row, standing, now)):
        return answer
    if row.subject == "task":
        return _void_task(row, standing, now)
    return _void_gate(row, standing) if row.subject == "gate" else None


def _answered(row: Row[Any], standing: Standing, now: datetime) -> Reason | None:
    """Whether they have said that they know, or that they want to hear of it later."""
    for said in standing.answers.get((row.workspace_id, row.subject_id), ()):
        if said.member_id != row.member_id:
            continue
        is_same = (said.rule, said.occurrence) == (row.rule, row.occurrence)
        if said.acked_at is not None and is_same:
            return Reason.ACKED
        if said.id != row.id and said.snoozed_until is not None and said.snoozed_until > now:
            return Reason.SNOOZED
    return None


def _void_task(row: Row[Any], standing: Standing, now: datetime) -> Reason | None:
    key = (row.workspace_id, row.subject_id)
    task = standing.tasks.get(key)
    if task is None:
        return Reason.CLOSED
    if task.status in _TASKS:
        return _TASKS[task.status]
    if _is_behind_gate(task, standing, now):
        return Reason.BEHIND_GATE
    if _has_moved(row, task):
        return Reason.MOVED
    if tells_to_start(row.rule, row.step) and standing.waits_for.get(key):
        return Reason.WAITS
    return _reassigned(row, standing.assignees.get(key, set()))


def _has_moved(row: Row[Any], task: Row[Any]) -> bool:
    """Whether what it counts from is another day by now, or another state."""
    if row.rule == Rule.BLOCKED:
        return bool(task.status != "blocked")
    if row.rule == Rule.BEFORE_START and task.status != "todo":
        return True
    if row.rule not in _DATED:
        return False
    day: date = getattr(task, _DATED[row.rule])
    return bool(row.occurrence != day.isoformat())


def _is_behind_gate(task: Row[Any], standing: Standing, now: datetime) -> bool:
    if task.is_early:
        return False
    return any(
        not is_open(gate.state, gate.waived_until, now)
        for gate in standing.gates.get((task.workspace_id, task.project_id), ())
        if gate.before_phase == task.phase
    )


def _reassigned(row: Row[Any], assignees: set[UUID]) -> Reason | None:
    if row.rule == Rule.UNASSIGNED:
        return Reason.REASSIGNED if assignees else None
    if row.rule not in _TO_ASSIGNEES or not assignees or row.facts.get("role"):
        return None
    meant = {str(row.member_id), row.facts.get("for")}
    return None if meant & {str(one) for one in assignees} else Reason.REASSIGNED


def _void_gate(row: Row[Any], standing: Standing) -> Reason | None:
    gates = standing.gates.get((row.workspace_id, row.project_id), ())
    gate = next((one for one in gates if one.id == row.subject_id), None)
    if gate is None:
        return Reason.CLOSED
    if gate.state in ("passed", "conditional", "waived", "rejected"):
        return Reason.DONE
    if row.rule == Rule.APPROVAL_WAITING:
        return _void_approval(row, standing)
    return None


def _void_approval(row: Row[Any], standing: Standing) -> Reason | None:
    said = standing.approvals.get((row.workspace_id, row.subject_id), ())
    asked = next((one for one in said if str(one.id) == row.occurrence), None)
    if asked is None or asked.voided_at is not None:
        return Reason.MOVED
    given = (
        one
        for one in said
        if one.kind != "request" and one.criterion == asked.criterion and one.at >= asked.at
    )
    return Reason.DONE if any(one.voided_at is None for one in given) else None


def timely(row: Row[Any], person: Person, now: datetime, *, has_crowd: bool) -> Ending | None:
    """What to do instead, where it is too late or the hour is not theirs; None: send it.

    Reminders are dated to a moment that their reader accepts; what is sent late is dated anew, to
    the next such moment: who was not reached on Friday is on Monday. What is more than 72 hours
    late by then is told with others, or not at all.
    """
    late = now - row.due_at
    if late <= IN_TIME or row.rule in _AT_ONCE:
        return None
    if late > MOST_LATE and row.rule not in GATHERING and not has_crowd:
        is_free = row.maybe_told_at is None
        if is_free and person.rhythm(row.project_id) != "off":
            return Ending(State.OWED, None, None, "digest")
        return Ending(State.EXPIRED, Reason.LATE)
    accepted_at = _accepted_at(row.rule, person, now)
    return Ending(State.OWED, None, accepted_at, due_at=accepted_at) if accepted_at > now else None


def _accepted_at(rule: str, person: Person, now: datetime) -> datetime:
    if rule == Rule.ASKED or rule in GATHERING:
        return person.moment_at_once(now)
    return person.moment_on(person.today(now), now)


def crowded(
    rows: Sequence[Row[Any]], crowds: Mapping[Key, set[UUID]], voided: Collection[UUID]
) -> Mapping[Key, set[UUID]]:
    """Those of ``rows`` that are too many single ones for one person, by member."""
    found: dict[Key, set[UUID]] = defaultdict(set)
    for row in rows:
        key = (row.workspace_id, row.member_id)
        crowd = crowds.get(key, set()).difference(voided)
        if row.id in crowd and len(crowd) > MOST_SINGLE:
            found[key].add(row.id)
    return found
