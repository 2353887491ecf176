"""The forecast and the burn-up of a stored project: load, and ask the pure part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.projects.forecast.burning import BurnUp, Counted, burn_up
from tracker.projects.forecast.simulation import forecast
from tracker.projects.forecast.values import RUNS, Forecast, Work
from tracker.projects.forecast.work import Goal, goal_of, work_of
from tracker.projects.models import Baseline, Project, Task
from tracker.projects.queries import TaskRow
from tracker.projects.replan_queries import running
from tracker.projects.showing import calendar_of

MOST_DRAWS: Final = 2_000_000
LEAST_RUNS: Final = 100
_TOO_MANY: Final = Sentence(
    en="A plan of this size is simulated {most} times at most.",
    fr="Un plan de cette taille se simule {most} fois au plus.",
)
_TASKS, _BASELINES = Task.__table__, Baseline.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_PROJECT: Final[BindParameter[UUID]] = bindparam("project_id")
_COUNTED: Final = (
    select(*(_TASKS.c[name] for name in ("key", "phase", "due_on", "finished_on", "recurring")))
    .where(
        _TASKS.c.workspace_id == _WORKSPACE,
        _TASKS.c.project_id == _PROJECT,
        _TASKS.c.status != "not_applicable",
        _TASKS.c.ritual_id.is_(None),
    )
    .order_by(_TASKS.c.position)
)
_FIRST_BASELINE: Final = (
    select(_BASELINES.c.tasks)
    .where(
        _BASELINES.c.workspace_id == _WORKSPACE,
        _BASELINES.c.project_id == _PROJECT,
        _BASELINES.c.source == "start",
    )
    .order_by(_BASELINES.c.id)
    .limit(1)
)


@dataclass(frozen=True)
class Outlook:
    """What is left to do before launch day or, once that is over, before the project's end."""

    goal: Goal
    work: Work
    rows: Mapping[str, TaskRow]


def outlook(session: Session, project: Project, *, now: datetime) -> Outlook:
    """Read what is left to do. To simulate it takes no database: do that once it is let go."""
    found = running(session, project)
    today = local_today(project.timezone, now)
    goal = goal_of(found.state, today)
    work = work_of(found.state, found.rows, calendar_of(project), today=today, goal=goal)
    return Outlook(goal, work, found.rows)


def foretell(found: Outlook, *, runs: int | None, seed: int) -> Forecast:
    """Simulate what is left to do. Raises Invalid for more runs than its size allows."""
    most = max(LEAST_RUNS, MOST_DRAWS // max(1, len(found.work.tasks)))
    if runs is not None and runs > most:
        raise Invalid({"runs": [Said(_TOO_MANY, {"most": most})]})
    return forecast(found.work, seed=seed, runs=min(RUNS, most) if runs is None else runs)


def _promised(session: Session, mine: Mapping[str, UUID]) -> Mapping[str, date]:
    """When the tasks were first promised for, under their keys; nothing where it was not kept."""
    rows = core(session).execute(_FIRST_BASELINE, mine).scalar_one_or_none() or []
    return {row["key"]: date.fromisoformat(row["due_on"]) for row in rows}


def burned(session: Session, project: Project, *, now: datetime) -> tuple[BurnUp, date]:
    """Planned against done by phase and week, beside what the start baseline promised.

    Rituals come back and what does not apply is no work: neither counts.
    """
    mine = {"workspace_id": project.workspace_id, "project_id": project.id}
    promised = _promised(session, mine)
    today = local_today(project.timezone, now)
    tasks = [
        Counted(row.phase, row.due_on, promised.get(row.key), row.finished_on)
        for row in core(session).execute(_COUNTED, mine)
        if row.recurring is None
    ]
    return burn_up(tasks, today), today
