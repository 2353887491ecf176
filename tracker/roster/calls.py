"""The fifteen-minute call with each strategic member: one task for each, and never their name.

A call made before launch day is early work, as all work with seeds is, and waits for no gate; one
made later is a task of its phase like any other, closed with its gate.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.clock import local_today
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import previous_of, publish
from tracker.kernel.texts import LANGUAGES, Language, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor
from tracker.projects import queries
from tracker.projects.events import TaskChanged, TaskCreated, TaskGivenUp
from tracker.projects.history import Changes, entry
from tracker.projects.models import Assignee, Project, Task
from tracker.projects.owed import cancel_owed, look_behind
from tracker.projects.rules import CLOSED
from tracker.projects.showing import calendar_of
from tracker.roster.models import RosterContact

WITHIN_DAYS: Final = 5
_ROLE: Final = "community_manager"
_PHASE: Final = "recruit"
_TITLE: Final = Sentence(
    en="Fifteen-minute call with a strategic member (#{number})",
    fr="Appel de quinze minutes avec un membre stratégique (n° {number})",
)
_DESCRIPTION: Final = Sentence(
    en="Welcome them, ask what they would like to find and to give, and agree on a first "
    "contribution. The roster says who it is.",
    fr="Souhaiter la bienvenue, demander ce que la personne aimerait trouver et apporter, et "
    "convenir d'une première contribution. Le carnet dit de qui il s'agit.",
)
_OFF_THE_ROSTER: Final = Sentence(
    en="They are no longer on the roster.", fr="La personne n'est plus au carnet."
)
_TASKS: Final = Task.__table__
_MINE: Final = (
    _TASKS.c.workspace_id == bindparam("workspace_id"),
    _TASKS.c.project_id == bindparam("project_id"),
)
_LAST: Final = select(func.coalesce(func.max(_TASKS.c.position), -1)).where(*_MINE)
_KEYS: Final = select(_TASKS.c.key).where(*_MINE, _TASKS.c.origin == "roster")
_CLOSE: Final = (
    update(_TASKS)
    .where(
        _TASKS.c.workspace_id == bindparam("of_workspace"),
        _TASKS.c.id == bindparam("of_task"),
        _TASKS.c.status.not_in(CLOSED),
    )
    .values(
        status="not_applicable",
        reason=bindparam("why_not"),
        version=_TASKS.c.version + 1,
        updated_at=bindparam("now"),
        chase_at=None,
    )
    .returning(_TASKS.c.id)
)
_STATUS: Final = select(_TASKS.c.status).where(
    _TASKS.c.workspace_id == bindparam("workspace_id"), _TASKS.c.id == bindparam("task_id")
)


def make_calls(
    session: Session,
    actor: Actor,
    project: Project,
    people: Sequence[RosterContact],
    *,
    now: datetime,
) -> None:
    """Make a task for each of ``people`` who is strategic and has none yet.

    The project's row must be locked: tasks are numbered.
    """
    waiting = [one for one in people if one.is_strategic and one.task_id is None]
    if not waiting:
        return
    mine = {"workspace_id": project.workspace_id, "project_id": project.id}
    keys = core(session).execute(_KEYS, mine).scalars()
    number = max((int(key.rpartition("_")[2]) for key in keys), default=0)
    phase = _phase(session, project)
    position = int(core(session).execute(_LAST, mine).scalar_one())
    rows = []
    for n, one in enumerate(waiting, 1):
        rows.append(_row(project, phase, number + n, position=position + n, now=now))
        one.task_id = rows[-1]["id"]
    core(session).execute(insert(_TASKS), rows)
    _assign(session, project, waiting)
    told: Changes = {"status": (None, "todo"), "origin": (None, "roster")}
    scope: dict[str, Any] = {**mine, "at": now, "by": actor.member_id}
    record(
        session,
        *(_entry(actor, project, row["id"], told=told, now=now, action="created") for row in rows),
    )
    publish(session, *(TaskCreated(**scope, task_id=row["id"]) for row in rows))


def close_call(
    session: Session, actor: Actor, project: Project, one: RosterContact, *, now: datetime
) -> None:
    """Mark the call with somebody as not applicable, if it is still to be made."""
    if one.task_id is None:
        return
    scope = project.workspace_id
    mine = {"workspace_id": scope, "task_id": one.task_id}
    was = core(session).execute(_STATUS, mine).scalar_one_or_none()
    why_not = _OFF_THE_ROSTER.say(_language(project))
    values = {"of_workspace": scope, "of_task": one.task_id, "why_not": why_not, "now": now}
    if core(session).execute(_CLOSE, values).first():
        cancel_owed(session, scope, [one.task_id], reason="not_applicable")
        look_behind(session, scope, closed=[one.task_id], now=now)
        told: Changes = {"status": (was, "not_applicable"), "reason": (None, why_not)}
        record(session, _entry(actor, project, one.task_id, told=told, now=now))
        of_task: dict[str, Any] = {
            "workspace_id": scope,
            "at": now,
            "project_id": project.id,
            "task_id": one.task_id,
            "by": actor.member_id,
        }
        previous = previous_of(told)
        changed = TaskChanged(**of_task, fields=list(told), previous=previous)
        given_up = TaskGivenUp(**of_task, reason=why_not, previous={"status": was})
        publish(session, changed, given_up)


def _entry(
    actor: Actor,
    project: Project,
    task_id: UUID,
    *,
    told: Changes,
    now: datetime,
    action: str = "changed",
) -> Entry:
    return entry(actor, project.id, ("task", task_id), action=action, changes=told, now=now)


def _language(project: Project) -> Language:
    return next(language for language in LANGUAGES if language == project.language)


def _phase(session: Session, project: Project) -> str:
    """Where a call belongs; a playbook of one's own may do without that phase."""
    phases = [phase.key for phase in queries.phases(session, project.workspace_id, project.id)]
    return _PHASE if _PHASE in phases else phases[-1]


def _row(
    project: Project, phase: str, number: int, *, position: int, now: datetime
) -> dict[str, Any]:
    today = local_today(project.timezone, now)
    language = _language(project)
    return {
        **_dates(project, today),
        "workspace_id": project.workspace_id,
        "id": new_id(),
        "project_id": project.id,
        "key": f"{phase}.roster.call_{number}",
        "phase": phase,
        "checklist": "roster",
        "position": position,
        "title": _TITLE.say(language, number=number),
        "description": _DESCRIPTION.say(language),
        "role": _ROLE,
        "status": "todo",
        "origin": "roster",
        "is_milestone": False,
        "is_early": today < project.launch_on,
        "is_optional": False,
        "chase_at": now,
        "version": 1,
        "updated_at": now,
    }


def _dates(project: Project, today: date) -> dict[str, Any]:
    """One day of work, due five working days on; float is counted to the project's end."""
    calendar = calendar_of(project)
    due = calendar.index(today) + WITHIN_DAYS
    due_on = calendar.day(due)
    return {
        "start_on": due_on,
        "due_on": due_on,
        "duration_days": 1,
        "reference_days": 1,
        "float_days": calendar.index(project.end_on) - due,
        "why": {
            "rule": "roster",
            "from_on": today.isoformat(),
            "span_from": due_on.isoformat(),
            "start_on": due_on.isoformat(),
            "due_on": due_on.isoformat(),
            "days": 1,
            "reference": 1,
            "months": None,
        },
    }


def _assign(session: Session, project: Project, people: Sequence[RosterContact]) -> None:
    """To the community manager, where one is named; else to whoever looks after the person."""
    named = project.parameters["people"].get(_ROLE)
    known = members_named(session, project.workspace_id, [named] if named else [])
    manager = known.get(named)
    rows = [
        {"workspace_id": project.workspace_id, "task_id": one.task_id, "member_id": member_id}
        for one in people
        if (member_id := manager or one.owner_id)
    ]
    if rows:
        core(session).execute(insert(Assignee.__table__), rows)
