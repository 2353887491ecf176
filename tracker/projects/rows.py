"""A plan as the rows of a new project, ready for one bulk insert a table. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tracker.kernel.db import new_id
from tracker.kernel.texts import LANGUAGES, Language, Said
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.planned import Plan, PlannedTask
from tracker.playbooks.timeline import gate_row, recurring_row
from tracker.projects.baselines.frozen import START, START_NAME, frozen
from tracker.projects.ritual_rules import next_on

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NewProject:
    """Whose it is, what it is called, and who made it when."""

    workspace_id: UUID
    id: UUID
    name: str
    created_by: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class ProjectRows:
    """The rows of each table."""

    project: dict[str, Any]
    phases: Rows
    tasks: Rows
    assignees: Rows
    steps: Rows
    dependencies: Rows
    gates: Rows
    baselines: Rows
    own_tasks: Rows = field(default_factory=list)
    links: Rows = field(default_factory=list)


def rows_of(plan: Plan, new: NewProject, people: Mapping[str, UUID]) -> ProjectRows:
    """Everything that a new project stores; ``people`` are the members behind the roles."""
    language = plan.parameters.language
    ids = {task.spec.key: new_id() for task in plan.tasks}
    workdays = working_days(plan.parameters)
    scope = {"workspace_id": new.workspace_id, "project_id": new.id}
    tasks = [
        {
            **scope,
            **task_row(task, language, workdays, now=new.now),
            "id": ids[task.spec.key],
            "position": n,
        }
        for n, task in enumerate(plan.tasks)
    ]
    return ProjectRows(
        project=_project(plan, new),
        phases=[
            {
                **scope,
                "key": phase.key,
                "position": position,
                "title": phase.title[language],
                "start_on": phase.start_on,
                "end_on": phase.end_on,
            }
            for position, phase in enumerate(plan.phases)
        ],
        tasks=tasks,
        assignees=[
            {
                "workspace_id": new.workspace_id,
                "task_id": ids[task.spec.key],
                "member_id": people[task.spec.role],
            }
            for task in plan.tasks
            if task.spec.role in people
        ],
        steps=list(_steps(plan, new.workspace_id, ids)),
        dependencies=list(_dependencies(plan, new.workspace_id, ids)),
        gates=list(_gates(plan, scope)),
        baselines=[{**scope, **_start(plan, new, tasks)}],
    )


def _start(plan: Plan, new: NewProject, tasks: Rows) -> dict[str, Any]:
    """What the plan was when the project was made: the baseline that comparisons begin with."""
    return {
        "id": new_id(),
        "name": START_NAME.say(plan.parameters.language),
        "source": START,
        "is_locked": True,
        "launch_on": plan.days.launch,
        "end_on": plan.days.end,
        "tasks": frozen(tasks),
        "created_by": new.created_by,
        "created_at": new.now,
        "version": 1,
    }


def _project(plan: Plan, new: NewProject) -> dict[str, Any]:
    return {
        "workspace_id": new.workspace_id,
        "id": new.id,
        "name": new.name,
        "playbook": plan.playbook.slug,
        "playbook_version": plan.playbook.version,
        "parameters": plan.parameters.as_json(),
        "language": plan.parameters.language,
        "timezone": plan.parameters.timezone,
        "launch_on": plan.days.launch,
        "start_on": plan.days.start,
        "end_on": plan.days.end,
        "state": "active",
        "phase": None,
        "warnings": [_every_language(warning) for warning in plan.warnings],
        "left_out": [
            {"key": key, "reason": _every_language(reason)} for key, reason in plan.left_out.items()
        ],
        "chase_at": new.now,
        "figures_at": new.now,
        "created_by": new.created_by,
        "created_at": new.now,
        "updated_at": new.now,
        "version": 1,
    }


def _every_language(said: Said) -> dict[str, str]:
    return {language: said.say(language) for language in LANGUAGES}


def working_days(parameters: Parameters) -> WorkCalendar:
    """The days on which rituals are held: a closed launch day is none of them."""
    return WorkCalendar(parameters.country, parameters.subdivision, parameters.closures)


def task_row(
    task: PlannedTask, language: Language, workdays: WorkCalendar, *, now: datetime
) -> dict[str, Any]:
    """A planned task as its columns, without its place in a project."""
    spec, recurring = task.spec, recurring_row(task, task.spec.recurring)
    return {
        "key": spec.key,
        "phase": spec.phase,
        "checklist": spec.checklist,
        "title": spec.title[language],
        "description": spec.description[language] if spec.description else None,
        "notes": None,
        "role": spec.role,
        "status": "todo",
        "start_on": task.start_on,
        "due_on": task.due_on,
        "deadline_on": task.deadline_on,
        "duration_days": task.days,
        "reference_days": spec.days,
        "optimistic_days": spec.optimistic,
        "pessimistic_days": spec.pessimistic,
        "float_days": task.float_days,
        "is_milestone": spec.is_milestone,
        "is_early": spec.early,
        "is_optional": spec.optional,
        "evidence": spec.evidence,
        "proof": spec.proof[language] if spec.proof else None,
        "pillar": spec.pillar,
        "recurring": recurring,
        "next_on": recurring and next_on(recurring, task.start_on, workdays),
        "why": task.facts,
        "chase_at": None if recurring else now,
        "version": 1,
        "updated_at": now,
    }


def _steps(plan: Plan, workspace_id: UUID, ids: Mapping[str, UUID]) -> Iterator[dict[str, Any]]:
    language = plan.parameters.language
    for task in plan.tasks:
        for position, step in enumerate(task.spec.steps):
            yield {
                "workspace_id": workspace_id,
                "task_id": ids[task.spec.key],
                "key": step.key,
                "position": position,
                "title": step.title[language],
                "done_at": None,
            }


def _dependencies(
    plan: Plan, workspace_id: UUID, ids: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    for task in plan.tasks:
        for link in task.after:
            if link.task in ids:
                yield {
                    "workspace_id": workspace_id,
                    "successor_id": ids[task.spec.key],
                    "predecessor_id": ids[link.task],
                    "type": link.type,
                    "lag_days": link.lag,
                }


def _gates(plan: Plan, scope: Mapping[str, UUID]) -> Iterator[dict[str, Any]]:
    for position, gate in enumerate(plan.gates):
        shown = gate_row(gate, plan.parameters.language)
        yield {
            **scope,
            "id": new_id(),
            "key": shown["key"],
            "position": position,
            "title": shown["title"],
            "description": shown["description"],
            "after_phase": shown["after_phase"],
            "before_phase": shown["before_phase"],
            "planned_on": gate.on,
            "criteria": shown["criteria"],
            "state": "pending",
            "version": 1,
        }
