"""Reminding somebody now, because a member asks for it; of each thing once an hour."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from tracker.gates.facts import Facts, GateFact
from tracker.gates.rules import GateDecided, GateNotReady, is_open, verdict
from tracker.gates.service import hear
from tracker.kernel.db import core
from tracker.kernel.errors import Conflict, TooMany
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission
from tracker.projects.rules import (
    CLOSED,
    check_gates,
    check_may_change,
    check_takes_changes,
)
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_rules import check_no_ritual
from tracker.reminders.gate_facts import gate_facts
from tracker.reminders.models import Reminder
from tracker.reminders.owing import Subject, owe, owed_rows, people_of
from tracker.reminders.series import Moment
from tracker.reminders.surroundings import surroundings_of

BETWEEN: Final = timedelta(hours=1)
ASKED: Final = "asked"
_R: Final = Reminder.__table__
_LAST: Final = select(func.max(_R.c.created_at)).where(
    _R.c.workspace_id == bindparam("workspace_id"),
    _R.c.subject_id == bindparam("subject_id"),
    _R.c.rule == ASKED,
    text("state <> 'cancelled'"),  # as the index says it that finds effects
)
_SOON: Final = Sentence(
    en="Somebody has been reminded of this within the last hour. Try again in {minutes} min.",
    fr="Un rappel a déjà été demandé depuis moins d'une heure. Réessayer dans {minutes} min.",
)
_NOBODY: Final = Sentence(
    en="There is nobody to remind: nobody has this task, or wants no reminders of this project. "
    "Assign it first.",
    fr="Il n'y a personne à qui le rappeler : personne n'a cette tâche, ou ne veut de rappels de "
    "ce projet. La confier d'abord.",
)
_NOBODY_DECIDES: Final = Sentence(
    en="There is nobody to remind: nobody in this workspace may decide on this gate now.",
    fr="Il n'y a personne à qui le rappeler : personne dans cet espace ne peut décider de ce point "
    "de passage maintenant.",
)
_OVER: Final = Sentence(
    en="This task is over ({status}): there is nothing to remind of. Reopen it first.",
    fr="Cette tâche est close ({status}) : il n'y a rien à rappeler. La rouvrir d'abord.",
)
_AT_REST: Final = Sentence(
    en="This project is at rest ({state}), and nobody is reminded meanwhile. Resume it first.",
    fr="Ce projet est à l'arrêt ({state}), et personne ne reçoit de rappels. Le reprendre d'abord.",
)


class NobodyToRemind(Conflict):
    """There is nobody whom it would concern."""

    type = "nobody-to-remind"


class NothingToRemindOf(Conflict):
    """The task is over, or the project at rest."""

    type = "nothing-to-remind-of"


def remind_of_task(
    session: Session, actor: Actor, at_hand: TaskAtHand, note: str | None, *, now: datetime
) -> Sequence[Mapping[str, Any]]:
    """Remind those who have a locked task; a contributor of their own tasks. Returns the rows.

    Raises Forbidden, ProjectClosed, NothingToRemindOf, IsRitual, ClosedGate, NobodyToRemind,
    TooMany.
    """
    task = at_hand.task
    check_may_change(actor, at_hand.assignees)
    _check_running(at_hand.frame.state)
    check_no_ritual(task)
    if task.status in CLOSED:
        raise NothingToRemindOf(_OVER, status=task.status)
    check_gates(at_hand.gates, is_early=task.is_early, now=now)
    subject = Subject("task", task.workspace_id, task.project_id, task.id)
    rows = _asked(session, actor, subject, at_hand.assignees, note=note, now=now)
    if not rows:
        raise NobodyToRemind(_NOBODY)
    return rows


def _check_running(state: str) -> None:
    check_takes_changes(state)
    if state != "active":
        raise NothingToRemindOf(_AT_REST, state=state)


def remind_of_gate(
    session: Session, actor: Actor, gate_id: UUID, note: str | None, *, now: datetime
) -> Sequence[Mapping[str, Any]]:
    """Remind those on whose word a gate waits. Returns the rows.

    Raises NotFound, Forbidden, ProjectClosed, NothingToRemindOf, GateDecided, GateNotReady,
    NobodyToRemind, TooMany.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    facts = hear(session, actor, gate_id, now=now).facts
    gate, project = facts.gate(gate_id), facts.project
    _check_running(project.state)
    key = (project.workspace_id, project.id)
    place = surroundings_of(session, [key], now=now)[key]
    members = _whose_word(facts, gate, place.deciders)
    subject = Subject("gate", project.workspace_id, project.id, gate_id)
    rows = _asked(session, actor, subject, members, note=note, now=now)
    if not rows:
        raise NobodyToRemind(_NOBODY_DECIDES)
    return rows


def _whose_word(facts: Facts, gate: GateFact, deciders: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Who decides on a ready gate, or gives the approvals that are all it lacks."""
    if is_open(gate, facts.now):
        raise GateDecided(_DECIDED, gate=gate.title)
    missing = verdict(facts, gate).missing
    others = [one for one in missing if one.criterion["kind"] != "approval"]
    if others:
        raise GateNotReady(gate, others)
    return gate_facts(facts, gate.id, deciders).approvers if missing else deciders


_DECIDED: Final = Sentence(
    en="The gate “{gate}” is open: it waits for nobody.",
    fr="Le point de passage « {gate} » est ouvert : il n'attend personne.",
)


def _asked(
    session: Session,
    actor: Actor,
    subject: Subject,
    members: Sequence[UUID],
    *,
    note: str | None,
    now: datetime,
) -> list[dict[str, Any]]:
    """Owe it to them. The thing, or its project, is locked: nobody else asks meanwhile."""
    _check_pace(session, subject, now)
    people = people_of(session, {(subject.workspace_id, member) for member in members})
    moments = []
    for member in members:
        if person := people.get((subject.workspace_id, member)):
            day = person.today(now)
            moments.append(Moment(ASKED, "now", now.isoformat(), member, day, day))
    rows = list(owed_rows(subject, moments, people, now=now))
    told = {"by": str(actor.member_id), "note": note}
    for row in rows:
        row["facts"] |= {name: value for name, value in told.items() if value}
    owe(session, rows)
    return rows


def _check_pace(session: Session, subject: Subject, now: datetime) -> None:
    wanted = {"workspace_id": subject.workspace_id, "subject_id": subject.id}
    last = core(session).execute(_LAST, wanted).scalar()
    if last is not None and last + BETWEEN > now:
        seconds = int((last + BETWEEN - now).total_seconds()) + 1
        raise TooMany(_SOON, retry_in=seconds, minutes=-(-seconds // 60))
