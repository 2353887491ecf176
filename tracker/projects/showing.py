"""Stored projects and tasks as plain values, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from tracker.kernel.texts import Language
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.why import explain
from tracker.projects import queries
from tracker.projects.models import Project
from tracker.projects.queries import Frame, LinkTo, StepOf, TaskRow

_RENAMED = {
    "is_milestone": "milestone",
    "is_early": "early",
    "is_optional": "optional",
    "is_pinned": "pinned",
    "is_missed": "missed",
}


def project_out(project: Project, language: Language) -> dict[str, Any]:
    """A project, without its tasks."""
    return {
        "id": project.id,
        "name": project.name,
        "playbook": project.playbook,
        "version": project.playbook_version,
        "state": project.state,
        "paused_at": project.paused_at,
        "phase": project.phase,
        "launch_on": project.launch_on,
        "start_on": project.start_on,
        "end_on": project.end_on,
        "parameters": project.parameters,
        "warnings": [warning[language] for warning in project.warnings],
        "reminder_policy": project.reminder_policy,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
    }


def listed_task(row: dict[str, Any], assignees: Mapping[UUID, Sequence[UUID]]) -> dict[str, Any]:
    """A task in a list. Takes the row over and changes it: lists are long."""
    for stored, shown in _RENAMED.items():
        row[shown] = row.pop(stored)
    row["critical"] = row["float_days"] <= 0
    row["labels"] = row["labels"] or []
    row["assignees"] = assignees.get(row["id"], [])
    return row


def task_out(
    project: Project | Frame,
    task: TaskRow,
    *,
    assignees: Sequence[UUID],
    steps: Iterable[StepOf],
    links: Sequence[LinkTo],
    language: Language,
) -> dict[str, Any]:
    """One task with everything that belongs to it."""
    row = {column.name: getattr(task, column.name) for column in queries.LISTED}
    return {
        **listed_task(row, {task.id: assignees}),
        "why": told_why(project, task, links, language),
        "after": [_link(link) for link in links],
        "steps": [_step(step) for step in steps],
    }


def told_why(
    project: Project | Frame, task: TaskRow, links: Sequence[LinkTo], language: Language
) -> str:
    """The sentence behind a task's dates."""
    titles = {link.key: link.title for link in links}
    return explain(task.why, titles, calendar_of(project), language)


class Planned(Protocol):
    """Anything that knows how a project is planned: its row, its frame, a copy of its facts."""

    @property
    def parameters(self) -> Any:
        """What it is planned from."""

    @property
    def launch_on(self) -> Any:
        """Its launch day."""


def calendar_of(project: Planned) -> WorkCalendar:
    """The working days that a project is planned on."""
    parameters = project.parameters
    return _calendar(
        parameters["country"],
        parameters["subdivision"],
        tuple(parameters["closures"]),
        project.launch_on,
    )


@lru_cache(maxsize=256)
def _calendar(
    country: str | None, subdivision: str | None, closures: tuple[str, ...], launch_on: date
) -> WorkCalendar:
    days = tuple(map(date.fromisoformat, closures))
    calendar = WorkCalendar(country, subdivision, days)
    return calendar if calendar.is_open(launch_on) else calendar.opening(launch_on)


def _link(link: LinkTo) -> dict[str, Any]:
    return {
        "task_id": link.predecessor_id,
        "task": link.key,
        "title": link.title,
        "type": link.type,
        "lag_days": link.lag_days,
    }


def _step(step: StepOf) -> dict[str, Any]:
    return {"key": step.key, "title": step.title, "done_at": step.done_at}
