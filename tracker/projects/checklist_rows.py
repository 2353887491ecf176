"""A laid out checklist as the rows that it adds to a project. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from tracker.kernel.db import new_id
from tracker.kernel.texts import Language
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.checklist import Bundle, Layout
from tracker.projects.rows import Rows, task_row


@dataclass(frozen=True, slots=True)
class Home:
    """The project that a checklist is added to, and what it takes to write into it."""

    workspace_id: UUID
    project_id: UUID
    language: Language
    workdays: WorkCalendar
    people: Mapping[str, UUID]
    position: int  # of the first task that is added
    now: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """The rows of each table."""

    tasks: Rows
    assignees: Rows
    steps: Rows
    dependencies: Rows


def numbered(bundle: Bundle, number: int) -> Bundle:
    """The bundle under keys of its own: “develop.content-2.…” the second time."""
    if number == 1:
        return bundle
    checklist = f"{bundle.checklist}-{number}"

    def anew(key: str) -> str:
        return f"{bundle.phase}.{checklist}.{key.rpartition('.')[2]}"

    tasks = tuple(
        replace(
            task,
            key=anew(task.key),
            checklist=checklist,
            after=tuple(replace(link, task=anew(link.task)) for link in task.after),
        )
        for task in bundle.tasks
    )
    anchor = bundle.anchor and anew(bundle.anchor)
    return replace(bundle, checklist=checklist, anchor=anchor, tasks=tasks)


def rows_of(layout: Layout, home: Home, checklist_id: UUID) -> Added:
    """Everything that the layout stores."""
    ids = {task.spec.key: new_id() for task in layout.tasks}
    mine = {"workspace_id": home.workspace_id}
    tasks = [
        {
            **task_row(task, home.language, home.workdays, now=home.now),
            **mine,
            "id": ids[task.spec.key],
            "project_id": home.project_id,
            "position": home.position + n,
            "origin": "checklist",
            "checklist_id": checklist_id,
        }
        for n, task in enumerate(layout.tasks)
    ]
    return Added(
        tasks=tasks,
        assignees=[
            {**mine, "task_id": row["id"], "member_id": home.people[row["role"]]}
            for row in tasks
            if row["role"] in home.people
        ],
        steps=[
            {
                **mine,
                "task_id": ids[task.spec.key],
                "key": step.key,
                "position": n,
                "title": step.title[home.language],
                "done_at": None,
            }
            for task in layout.tasks
            for n, step in enumerate(task.spec.steps)
        ],
        dependencies=[
            {
                **mine,
                "successor_id": ids[task.spec.key],
                "predecessor_id": ids[link.task],
                "type": link.type,
                "lag_days": link.lag,
            }
            for task in layout.tasks
            for link in task.after
            if link.task in ids
        ],
    )


def last_day(layout: Layout) -> date:
    """When all of it is over."""
    return max(task.due_on for task in layout.tasks)
