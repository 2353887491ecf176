"""The whole plan of a project as it stands: what commands, API and pictures show of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.texts import Language
from tracker.overview.gate_states import seen_state
from tracker.people.queries import every_email
from tracker.playbooks.calendar import WorkCalendar
from tracker.projects import queries
from tracker.projects.models import Baseline, Gate, Phase, Project
from tracker.projects.queries import TaskRow
from tracker.projects.rules import CLOSED, is_open
from tracker.projects.showing import calendar_of, task_out

_BASELINED: Final = ("start_on", "due_on", "duration_days")


def timeline_out(
    session: Session,
    project: Project,
    language: Language,
    *,
    now: datetime,
    baseline: Baseline | None = None,
) -> dict[str, Any]:
    """The plan as it is ``now``, in the shape of `tracker plan preview`; old dates beside new."""
    scope = (session, project.workspace_id, project.id)
    assignees, steps = queries.assignees_in(*scope), queries.steps_in(*scope)
    links, tasks = queries.links_in(*scope), queries.all_tasks(*scope)
    today = local_today(project.timezone, now)
    progress, calendar = progress_of(tasks, today), calendar_of(project)
    shown = [
        task_out(
            project,
            task,
            assignees=assignees.get(task.id, []),
            steps=steps.get(task.id, []),
            links=links.get(task.id, []),
            language=language,
        )
        for task in tasks
    ]
    for row in shown:
        row["late_on"] = late_on(row, calendar)
    if baseline:
        _put_beside(shown, baseline)
    return {
        "project": _project(project, baseline),
        "warnings": [warning[language] for warning in project.warnings],
        "phases": [_phase(phase, progress[phase.key]) for phase in queries.phases(*scope)],
        "tasks": shown,
        "gates": [_gate(gate, now) for gate in queries.gates(*scope)],
        "left_out": [
            {"key": row["key"], "reason": row["reason"][language]} for row in project.left_out
        ],
    }


def progress_of(tasks: Iterable[TaskRow], today: date) -> Mapping[str, dict[str, int]]:
    """How far each phase is. Rituals come back and what does not apply is no work: neither counts.

    What they still have to be done is counted as overdue all the same.
    """
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: {"done": 0, "total": 0, "in_progress": 0, "blocked": 0, "overdue": 0}
    )
    for task in tasks:
        phase = found[task.phase]
        if task.recurring:
            continue
        phase["overdue"] += task.status not in CLOSED and task.due_on < today
        if task.ritual_id is None and task.status != "not_applicable":
            phase["total"] += 1
            if task.status in ("done", "in_progress", "blocked"):
                phase[task.status] += 1
    return found


def late_on(task: Mapping[str, Any], calendar: WorkCalendar) -> date | None:
    """The day until which a task can slip before launch day or the end moves; None on a ritual."""
    if task["recurring"] or task["float_days"] <= 0:
        return None if task["recurring"] else task["due_on"]
    due_on = calendar.on_or_before(task["due_on"])
    return calendar.day(calendar.index(due_on) + task["float_days"])


def _put_beside(shown: Sequence[dict[str, Any]], baseline: Baseline) -> None:
    """The dates of ``baseline`` beside those in force; None where it does not know the task."""
    known = {row["key"]: row for row in baseline.tasks}
    for row in shown:
        was = known.get(row["key"])
        row["baseline"] = {name: was[name] for name in _BASELINED} if was else None


def _project(project: Project, baseline: Baseline | None) -> dict[str, Any]:
    shown = {
        "id": project.id,
        "name": project.name,
        "state": project.state,
        "phase": project.phase,
        "launch_on": project.launch_on,
        "start_on": project.start_on,
        "end_on": project.end_on,
        "playbook": project.playbook,
        "version": project.playbook_version,
        "parameters": project.parameters,
    }
    if baseline:
        shown["baseline"] = {
            "id": baseline.id,
            "name": baseline.name,
            "launch_on": baseline.launch_on,
            "end_on": baseline.end_on,
        }
    return shown


def _phase(phase: Phase, progress: Mapping[str, int]) -> dict[str, Any]:
    return {
        "key": phase.key,
        "title": phase.title,
        "start_on": phase.start_on,
        "end_on": phase.end_on,
        "progress": progress,
    }


def _gate(gate: Gate, now: datetime) -> dict[str, Any]:
    return {
        "id": gate.id,
        "key": gate.key,
        "title": gate.title,
        "description": gate.description,
        "after_phase": gate.after_phase,
        "before_phase": gate.before_phase,
        "on": gate.planned_on,
        "state": seen_state(gate, now),
        "is_open": is_open(gate.state, gate.waived_until, now),
        "decided_at": gate.decided_at,
        "waived_until": gate.waived_until,
        "flags": gate.flags or [],
        "criteria": gate.criteria,
        "version": gate.version,
    }


def rows_of_sheet(
    session: Session, project: Project, language: Language, *, now: datetime
) -> list[dict[str, Any]]:
    """The tasks of a project for a spreadsheet, where people go by their e-mail."""
    emails = every_email(session, project.workspace_id)
    shown = timeline_out(session, project, language, now=now)["tasks"]
    return [
        {**task, "assignees": [emails[one] for one in task["assignees"] if one in emails]}
        for task in shown
    ]
