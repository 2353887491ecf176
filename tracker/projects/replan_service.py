"""Re-planning a stored project: load, judge, change, announce."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language, Sentence
from tracker.people.rules import Actor, Permission
from tracker.playbooks.model import Link
from tracker.projects.models import Project
from tracker.projects.replan_queries import Running, running
from tracker.projects.replan_showing import replan_out
from tracker.projects.replan_writing import Door, apply
from tracker.projects.replanning.replan import replan, shift_phase
from tracker.projects.replanning.values import (
    Changes,
    Cut,
    Move,
    NewLink,
    Replan,
    Strategy,
)
from tracker.projects.rules import check_takes_changes

_NO_TASK: Final = Sentence(
    en="There is no task “{name}” in this project.",
    fr="Il n'y a pas de tâche « {name} » dans ce projet.",
)


@dataclass(frozen=True)
class Judged:
    """A plan, and what would become of it."""

    running: Running
    plan: Replan
    today: date


def judge(
    session: Session,
    project: Project,
    wish: Mapping[str, Any],
    *,
    now: datetime,
    to_change: bool = False,
) -> Judged:
    """What ``wish`` makes of the project. Raises ProjectClosed, NotFound, Invalid and others."""
    check_takes_changes(project.state)
    found = running(session, project, to_change=to_change)
    today = local_today(project.timezone, now)
    return Judged(found, replan(found.state, _changes(wish, found), today), today)


def _changes(wish: Mapping[str, Any], found: Running) -> Changes:
    """The wish in the plan's own keys."""
    dependencies = wish["dependencies"]
    names = _names(found) if wish["tasks"] or any(dependencies.values()) else {}

    def known(name: str) -> str:
        if name not in names:
            raise NotFound(_NO_TASK, name=name)
        return names[name]

    return Changes(
        parameters=wish["parameters"],
        moves={known(row["task"]): _move(row) for row in wish["tasks"]},
        links=tuple(
            NewLink(known(row["task"]), Link(known(row["after"]), row["type"], row["lag_days"]))
            for row in dependencies["add"]
        ),
        cuts=tuple(
            Cut(known(row["task"]), known(row["after"]), row["type"]) for row in dependencies["cut"]
        ),
        strategy=wish["strategy"],
    )


def _names(found: Running) -> Mapping[str, str]:
    """The keys of tasks under all that they may be called by: ids and keys."""
    tasks = found.state.tasks
    return {str(task.id): task.key for task in tasks} | {task.key: task.key for task in tasks}


def _move(row: Mapping[str, Any]) -> Move:
    return Move(
        start_on=row.get("start_on"),
        due_on=row.get("due_on"),
        days=row.get("duration_days"),
        pinned=row.get("pinned"),
    )


def carry_out(
    session: Session, actor: Actor, project: Project, judged: Judged, *, now: datetime
) -> None:
    """Write what was judged, and nothing else. ``project`` is locked. Raises Forbidden."""
    actor.must(Permission.MANAGE_PROJECTS)
    door = Door(actor.workspace_id, actor.member_id, actor.door, now)
    apply(session, project, judged.running, judged.plan, door=door)


def propose(
    session: Session,
    project: Project,
    *,
    language: Language,
    now: datetime,
    strategy: Strategy = Strategy.CLOSE_GAP,
) -> dict[str, Any]:
    """What laying the rest out from today would move; nothing is changed.

    This is offered after a pause, and after a gate was rejected.
    """
    found = running(session, project)
    today = local_today(project.timezone, now)
    plan = replan(found.state, Changes(strategy=strategy), today)
    return replan_out(session, project, found.state, plan, language=language)


def delay_phase(
    session: Session,
    project: Project,
    phase: str,
    days: int,
    *,
    by: UUID | None,
    now: datetime,
) -> Replan:
    """Move a phase with its open tasks by working days: a gate was passed late.

    ``project`` is locked; the rows are written in the caller's transaction, through the door of
    the tracker's rules.
    """
    found = running(session, project, to_change=True)
    plan = shift_phase(found.state, phase, days, local_today(project.timezone, now))
    apply(session, project, found, plan, door=Door(project.workspace_id, by, "rule", now))
    return plan
