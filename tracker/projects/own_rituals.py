"""A ritual of the team's own: load, judge, change, announce."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.clock import local_today
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor, Permission
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.recurrence import BadRule, check_rule
from tracker.projects import queries
from tracker.projects.events import TaskCreated
from tracker.projects.history import entry
from tracker.projects.models import Assignee, Project, Task
from tracker.projects.ritual_rules import next_on, workdays_of
from tracker.projects.rules import check_takes_changes

_CHECKLIST: Final = "rituals"
_PAST: Final = Sentence(
    en="A ritual cannot begin before today, {today}.",
    fr="Un rituel ne peut pas commencer avant aujourd'hui, le {today}.",
)
_LATE: Final = Sentence(
    en="A ritual begins before the project ends, on {end_on}.",
    fr="Un rituel commence avant la fin du projet, le {end_on}.",
)
_ENDS_FIRST: Final = Sentence(
    en="It would end before it begins, on {start_on}.",
    fr="Il se terminerait avant de commencer, le {start_on}.",
)
_NO_DAY: Final = Sentence(
    en="The rule comes on no day from {start_on} to {until}.",
    fr="La règle ne tombe aucun jour du {start_on} au {until}.",
)
_NO_PHASE: Final = Sentence(
    en="This project has no phase “{phase}”; it has: {phases}.",
    fr="Ce projet n'a pas de phase « {phase} » ; il a : {phases}.",
)


def add_ritual(
    session: Session, actor: Actor, project_id: UUID, wish: Mapping[str, Any], *, now: datetime
) -> UUID:
    """Make a ritual that ``wish`` tells, by the fields of POST /projects/{id}/rituals.

    Raises Forbidden, NotFound, ProjectClosed, Invalid.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    project = queries.project(session, actor.workspace_id, project_id, to_change=True)
    check_takes_changes(project.state)
    _check_phase(session, project, wish["phase"])
    first_on = _first_day(project, wish, today=local_today(project.timezone, now))
    row = {**_row(project, wish, first_on, now=now), **_place(session, project)}
    row["key"] = f"{wish['phase']}.{_CHECKLIST}.own-{row.pop('number')}"
    core(session).execute(insert(Task.__table__), row)
    _assign(session, project, row)
    subject, created = ("task", row["id"]), {"title": (None, row["title"])}
    told = entry(actor, project_id, subject, action="created", changes=created, now=now)
    record(session, told)
    publish(
        session,
        TaskCreated(
            workspace_id=project.workspace_id,
            at=now,
            project_id=project_id,
            task_id=row["id"],
            by=actor.member_id,
        ),
    )
    made: UUID = row["id"]
    return made


def _check_phase(session: Session, project: Project, phase: str) -> None:
    known = [row.key for row in queries.phases(session, project.workspace_id, project.id)]
    if phase not in known:
        values = {"phase": phase, "phases": ", ".join(known)}
        raise Invalid({"phase": [Said(_NO_PHASE, values)]})


def _first_day(project: Project, wish: Mapping[str, Any], *, today: date) -> date:
    """The first occurrence. Raises Invalid with what makes no sense of rule and days."""
    start_on, until = wish["start_on"], wish["until"] or project.end_on
    if start_on < today:
        raise Invalid({"start_on": [Said(_PAST, {"today": today.isoformat()})]})
    if start_on > project.end_on:
        raise Invalid({"start_on": [Said(_LATE, {"end_on": project.end_on.isoformat()})]})
    if until < start_on:
        raise Invalid({"until": [Said(_ENDS_FIRST, {"start_on": start_on.isoformat()})]})
    try:
        check_rule(wish["rrule"], start_on, until)
    except BadRule as error:
        raise Invalid({"rrule": [error.said]}) from None
    calendar = workdays_of(project.parameters)
    first_on = next_on(_recurring(project, wish), calendar.on_or_after(start_on), calendar)
    if first_on is None:
        values = {"start_on": start_on.isoformat(), "until": until.isoformat()}
        raise Invalid({"rrule": [Said(_NO_DAY, values)]})
    return first_on


def _recurring(project: Project, wish: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rrule": wish["rrule"],
        "until": (wish["until"] or project.end_on).isoformat(),
        "each": None,
        "on_closed": wish["on_closed"],
        "first_on": wish["start_on"].isoformat(),
    }


def _row(
    project: Project, wish: Mapping[str, Any], first_on: date, *, now: datetime
) -> dict[str, Any]:
    day, calendar = first_on.isoformat(), workdays_of(project.parameters)
    return {
        "workspace_id": project.workspace_id,
        "id": new_id(),
        "project_id": project.id,
        "phase": wish["phase"],
        "checklist": _CHECKLIST,
        "title": wish["title"],
        "description": wish["description"],
        "notes": None,
        "role": wish["role"],
        "status": "todo",
        "start_on": first_on,
        "due_on": first_on,
        "duration_days": 1,
        "reference_days": 1,
        "float_days": _room(calendar, first_on, project.end_on),
        "is_milestone": False,
        "is_early": False,
        "is_optional": True,
        "recurring": _recurring(project, wish),
        "next_on": first_on,
        "origin": "custom",
        "why": {
            "days": 1,
            "reference": 1,
            "rule": "own_ritual",
            "from_on": day,
            "start_on": day,
            "due_on": day,
            "span_from": day,
        },
        "version": 1,
        "updated_at": now,
    }


def _room(calendar: WorkCalendar, first_on: date, end_on: date) -> int:
    return max(1, calendar.index(end_on) - calendar.index(first_on))


def _place(session: Session, project: Project) -> dict[str, int]:
    """The end of the list, and the number that the ritual's key gets; the project is locked."""
    mine = (Task.workspace_id == project.workspace_id, Task.project_id == project.id)
    is_own = (Task.origin == "custom") & Task.recurring.is_not(None)
    wanted = select(func.max(Task.position), func.count().filter(is_own)).where(*mine)
    last, own = core(session).execute(wanted).one()
    return {"position": (last or 0) + 1, "number": own + 1}


def _assign(session: Session, project: Project, row: Mapping[str, Any]) -> None:
    """Give it to whoever stands behind its role, if they are still there."""
    name = project.parameters["people"].get(row["role"])
    found = members_named(session, project.workspace_id, [name] if name else [])
    for member_id in found.values():
        mine = {"workspace_id": project.workspace_id, "task_id": row["id"]}
        core(session).execute(insert(Assignee.__table__), {**mine, "member_id": member_id})
