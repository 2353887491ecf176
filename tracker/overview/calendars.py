"""What is stored of a project as the events of a calendar."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.overview import queries as across
from tracker.overview.entries import Entry, gate_entry, task_entry
from tracker.overview.gate_states import seen_state
from tracker.projects import queries
from tracker.projects.models import Gate, Project
from tracker.projects.queries import StepOf, TaskRow

HOME: Final = "community-tracker"


def as_file(name: str, entries: Iterable[Entry], *, refreshes: bool = False) -> bytes:
    """Write ``entries`` as ``diary`` does, which is loaded with the first of them.

    It takes a moment, and some megabytes that many never need.
    """
    write = import_module("tracker.overview.diary").diary
    content: bytes = write(name, entries, refreshes=refreshes)
    return content


def project_entries(
    session: Session, project: Project, base_url: str, *, now: datetime
) -> Iterator[Entry]:
    """Tasks, then gates. An occurrence of a ritual is told by its ritual."""
    scope = (session, project.workspace_id, project.id)
    steps = queries.steps_in(*scope)
    phases = {phase.key: phase.title for phase in queries.phases(*scope)}
    for task in queries.all_tasks(*scope):
        if task.ritual_id is None:
            shown = _shown(steps.get(task.id, ()))
            yield stored_task(task, shown, (phases[task.phase],), base_url)
    for gate in queries.gates(*scope):
        yield _stored_gate(gate, project, base_url, seen_state(gate, now))


def stored_task(
    task: TaskRow, steps: list[dict[str, Any]], categories: tuple[str, ...], base_url: str
) -> Entry:
    """A task under an id that it keeps, and a number that grows with each of its changes."""
    return task_entry(
        {**task._mapping, "steps": steps, "why": None},  # noqa: SLF001 - the documented way to a row's names
        uid=f"task.{task.id}@{HOME}",
        categories=categories,
        changed_at=task.updated_at,
        url=f"{base_url}/api/v1/tasks/{task.id}",
    )


def _stored_gate(gate: Gate, project: Project, base_url: str, state: str) -> Entry:
    return gate_entry(
        {
            "title": gate.title,
            "description": gate.description,
            "criteria": gate.criteria,
            "on": gate.planned_on,
            "state": state,
            "version": gate.version,
        },
        uid=f"gate.{gate.id}@{HOME}",
        categories=(),
        changed_at=max(project.updated_at, gate.decided_at or project.updated_at),
        url=f"{base_url}/api/v1/gates/{gate.id}",
    )


def member_entries(
    session: Session, workspace_id: UUID, member_id: UUID, base_url: str
) -> Iterator[Entry]:
    """What a member has to do in every project. Rituals tell of their occurrences."""
    tasks = across.tasks_of(session, workspace_id, member_id)
    steps = across.steps_of(session, workspace_id, member_id)
    known = {task.id for task in tasks}
    for task in tasks:
        if task.ritual_id not in known:
            yield stored_task(task, _shown(steps.get(task.id, ())), (task.project_name,), base_url)


def _shown(steps: Iterable[StepOf]) -> list[dict[str, Any]]:
    return [{"title": step.title, "done_at": step.done_at} for step in steps]
