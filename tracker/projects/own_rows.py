"""Tasks that a new project brings with it, as rows beside those of its playbook. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from tracker.kernel.clock import local_today
from tracker.kernel.db import new_id
from tracker.playbooks.planned import Plan
from tracker.projects.baselines.frozen import frozen
from tracker.projects.moving import by_hand
from tracker.projects.rows import NewProject, ProjectRows
from tracker.projects.rules import CLOSED

CUSTOM: Final = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTask:
    """A task as somebody else had it. Whoever makes it has judged it: no gate is before what begun.

    ``key`` tells it apart from the others, which name it by that in ``after``. ``rule`` is the
    sentence that tells why it lies where it lies. ``touched_on`` is the last day of work on it.
    """

    key: str
    title: str
    phase: str
    role: str
    start_on: date
    due_on: date
    rule: str
    notes: str | None = None
    status: str = "todo"
    reason: str | None = None
    is_milestone: bool = False
    labels: Sequence[str] = ()
    assignees: Sequence[UUID] = ()
    steps: Sequence[tuple[str, bool]] = ()
    after: Sequence[str] = ()
    links: Sequence[tuple[str, str | None]] = ()
    touched_on: date | None = None


def with_own(rows: ProjectRows, plan: Plan, new: NewProject, own: Sequence[OwnTask]) -> ProjectRows:
    """``rows`` with ``own`` behind those of the plan, in this order, and in the first baseline."""
    ids = {task.key: new_id() for task in own}
    today = local_today(plan.parameters.timezone, new.now)
    tasks = [
        {
            **_task(task, plan, today),
            **_place(task, new, ids[task.key]),
            "position": len(rows.tasks) + place,
        }
        for place, task in enumerate(own)
    ]
    (start,) = rows.baselines
    return replace(
        rows,
        **_begun(rows, plan, own),
        own_tasks=tasks,
        assignees=[*rows.assignees, *_assignees(new, own, ids)],
        steps=[*rows.steps, *_steps(new, own, ids)],
        dependencies=[*rows.dependencies, *_dependencies(new, own, ids)],
        links=list(_links(new, own, ids)),
        baselines=[{**start, "tasks": frozen([*rows.tasks, *tasks])}],
    )


def _begun(rows: ProjectRows, plan: Plan, own: Sequence[OwnTask]) -> dict[str, Any]:
    """A plan that says nothing of the preparation begins with what prepares the launch."""
    first = min((task.start_on for task in own if task.phase == "prepare"), default=None)
    if first is None or any(task.spec.is_before_launch for task in plan.tasks):
        return {}
    phases = [
        {**row, "start_on": min(row["start_on"], first)} if row["key"] == "prepare" else row
        for row in rows.phases
    ]
    start_on = min(rows.project["start_on"], first)
    parameters = {**rows.project["parameters"], "start_on": start_on.isoformat()}
    project = {**rows.project, "start_on": start_on, "parameters": parameters}
    return {"phases": phases, "project": project}


def _place(task: OwnTask, new: NewProject, task_id: UUID) -> dict[str, Any]:
    """What it is here, whatever it says."""
    return {
        "workspace_id": new.workspace_id,
        "project_id": new.id,
        "id": task_id,
        "key": f"{task.phase}.{CUSTOM}.{task_id.hex}",
        "checklist": CUSTOM,
        "origin": CUSTOM,
        "is_early": False,
        "is_optional": False,
        "chase_at": None if task.status in CLOSED else new.now,
        "version": 1,
        "updated_at": new.now,
    }


def _task(task: OwnTask, plan: Plan, today: date) -> dict[str, Any]:
    calendar, days = plan.calendar, plan.days
    end = calendar.index(task.due_on)
    last = calendar.index(days.launch) - 1 if task.phase == "prepare" else calendar.index(days.end)
    duration = 0 if task.is_milestone else max(1, end - calendar.index(task.start_on) + 1)
    return {
        "title": task.title,
        "phase": task.phase,
        "role": task.role,
        "notes": task.notes,
        "status": task.status,
        "reason": task.reason,
        "labels": list(task.labels) or None,
        "start_on": task.start_on,
        "due_on": task.due_on,
        "duration_days": duration,
        "float_days": last - end,
        "is_milestone": task.is_milestone,
        "why": {**by_hand(task.start_on, task.due_on, duration), "rule": task.rule},
        **_worked(task, today),
    }


def _worked(task: OwnTask, today: date) -> dict[str, date | None]:
    """When it began and ended, as far as that can be known."""
    touched = min(task.touched_on or today, today)
    begun = min(task.start_on, touched)
    return {
        "started_on": begun if task.status in ("in_progress", "done") else None,
        "finished_on": touched if task.status == "done" else None,
        "blocked_on": touched if task.status == "blocked" else None,
    }


def _assignees(
    new: NewProject, own: Sequence[OwnTask], ids: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    for task in own:
        for member_id in dict.fromkeys(task.assignees):
            yield {
                "workspace_id": new.workspace_id,
                "task_id": ids[task.key],
                "member_id": member_id,
            }


def _steps(
    new: NewProject, own: Sequence[OwnTask], ids: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    for task in own:
        for position, (title, is_done) in enumerate(task.steps):
            yield {
                "workspace_id": new.workspace_id,
                "task_id": ids[task.key],
                "key": new_id().hex,
                "position": position,
                "title": title,
                "done_at": new.now if is_done else None,
            }


def _dependencies(
    new: NewProject, own: Sequence[OwnTask], ids: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    for task in own:
        for earlier in dict.fromkeys(task.after):
            yield {
                "workspace_id": new.workspace_id,
                "successor_id": ids[task.key],
                "predecessor_id": ids[earlier],
                "type": "FS",
                "lag_days": 0,
            }


def _links(
    new: NewProject, own: Sequence[OwnTask], ids: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    for task in own:
        for url, title in task.links:
            yield {
                "workspace_id": new.workspace_id,
                "id": new_id(),
                "task_id": ids[task.key],
                "url": url,
                "title": title,
                "created_by": new.created_by,
                "created_at": new.now,
            }
