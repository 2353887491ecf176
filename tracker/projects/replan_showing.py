"""A re-plan as plain values, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracker.kernel.texts import Language
from tracker.playbooks.planned import PlannedTask
from tracker.playbooks.why import reason
from tracker.projects.models import Project
from tracker.projects.replan_queries import doers
from tracker.projects.replanning.values import Replan, State, TaskChange


def replan_out(
    session: Session, project: Project, state: State, plan: Replan, *, language: Language
) -> dict[str, Any]:
    """Everything that a dry run shows."""
    titles = {task.key: task.title for task in state.tasks}
    titles |= {task.spec.key: task.spec.title[language] for task in plan.added}
    ids = {task.key: task.id for task in state.tasks}

    def named(key: str, **more: Any) -> dict[str, Any]:
        return {"id": ids.get(key), "key": key, "title": titles[key], **more}

    return {
        "project": _project(state, plan),
        "tasks": [_task(change, titles, language) for change in plan.tasks],
        "frozen": [named(key, reason=str(frozen)) for key, frozen in plan.frozen.items()],
        **_frame(state, plan),
        "dependencies": [
            {
                "task": link.task,
                "after": link.predecessor,
                "type": link.type,
                "lag_days": link.lag,
                "cut": link.lag is None,
            }
            for link in plan.links
        ],
        "added": [_added(task, language) for task in plan.added],
        "retired": [named(key, reason=said.say(language)) for key, said in plan.retired.items()],
        "conflicts": [
            {
                "kind": conflict.kind,
                "task": named(conflict.task),
                "other": named(conflict.other) if conflict.other else None,
                "by_days": conflict.by_days,
                "sentence": conflict.said.say(language),
            }
            for conflict in plan.conflicts
        ],
        "negative_float": [
            named(key, float_days=days) for key, days in plan.negative_floats.items()
        ],
        "people": _people(session, project, plan),
        **_advice(plan, language),
    }


def _project(state: State, plan: Replan) -> dict[str, Any]:
    return {
        "launch_on": plan.launch_on,
        "start_on": plan.start_on,
        "end_on": plan.end_on,
        "parameters": plan.parameters.as_json(),
        "old": {
            "launch_on": state.launch_on,
            "start_on": state.start_on,
            "end_on": state.end_on,
        },
    }


def _task(change: TaskChange, titles: Mapping[str, str], language: Language) -> dict[str, Any]:
    task, why = change.task, change.reason
    told = reason(why.rule, why.from_on, titles.get(why.task or "", why.task), why.lag)
    return {
        "id": task.id,
        "key": task.key,
        "title": task.title,
        "start_on": change.start_on,
        "due_on": change.due_on,
        "duration_days": change.days,
        "status": change.status,
        "pinned": change.is_pinned,
        "old": {
            "start_on": task.start_on,
            "due_on": task.due_on,
            "duration_days": change.old_days,
            "status": task.status,
            "pinned": task.is_pinned,
        },
        "why": told.say(language),
    }


def _frame(state: State, plan: Replan) -> dict[str, Any]:
    """Phases and gates that move."""
    return {
        "phases": [
            {
                "key": new.key,
                "start_on": new.start_on,
                "end_on": new.end_on,
                "old": {"start_on": old.start_on, "end_on": old.end_on},
            }
            for old, new in zip(state.phases, plan.phases, strict=True)
            if old != new
        ],
        "gates": [
            {"id": new.id, "key": new.key, "on": new.planned_on, "old": {"on": old.planned_on}}
            for old, new in zip(state.gates, plan.gates, strict=True)
            if old != new
        ],
    }


def _added(task: PlannedTask, language: Language) -> dict[str, Any]:
    return {
        "key": task.spec.key,
        "title": task.spec.title[language],
        "phase": task.spec.phase,
        "role": task.spec.role,
        "start_on": task.start_on,
        "due_on": task.due_on,
        "duration_days": task.days,
    }


def _people(session: Session, project: Project, plan: Replan) -> list[dict[str, Any]]:
    """Whoever has a task that moves, starts or stops to apply."""
    keys = {change.task.key for change in plan.tasks}
    concerned = doers(session, project.workspace_id, project.id, keys)
    return [{"id": member_id, "email": email} for member_id, email in concerned]


def _advice(plan: Replan, language: Language) -> dict[str, Any]:
    lasts = plan.preparation
    return {
        "preparation": lasts
        and {
            "start_on": lasts.start_on,
            "launch_on": lasts.launch_on,
            "months": lasts.months,
            "is_within": lasts.is_within,
        },
        "latest_safe_launch_on": plan.latest_safe_launch_on,
        "earliest_launch_on": plan.earliest_launch_on,
        "warnings": [said.say(language) for said in plan.warnings],
    }
