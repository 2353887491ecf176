"""The forecast and the burn-up of a stored project: load, and ask the pure part."""

from collections.abc import Iterator, Mapping
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
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link, LinkType
from tracker.playbooks.schedule import FixedDays
from tracker.projects.forecast.burning import Counted, Week, burn_up
from tracker.projects.forecast.simulation import forecast
from tracker.projects.forecast.values import RUNS, Forecast, Uncertain, Work, three_points
from tracker.projects.models import Baseline, Project, Task
from tracker.projects.replan_queries import Running, running
from tracker.projects.replanning.checking import is_launched
from tracker.projects.replanning.frame import fixed_days, frame_of
from tracker.projects.replanning.net import Net, net_of
from tracker.projects.replanning.values import Changes, Frozen
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


@dataclass(frozen=True, slots=True)
class Foretold:
    """A forecast, of launch day or, once that is over, of the project's end."""

    goal: str
    forecast: Forecast
    plan: Running


def foretell(
    session: Session, project: Project, *, runs: int | None, seed: int, now: datetime
) -> Foretold:
    """Simulate what is left to do. Raises Invalid for more runs than the plan's size allows."""
    found = running(session, project)
    today = local_today(project.timezone, now)
    goal = "end" if is_launched(found.state, today) else "launch"
    work = _work(found, calendar_of(project), today, goal)
    most = max(LEAST_RUNS, MOST_DRAWS // max(1, len(work.tasks)))
    if runs is not None and runs > most:
        raise Invalid({"runs": [Said(_TOO_MANY, {"most": most})]})
    wanted = min(RUNS, most) if runs is None else runs
    return Foretold(goal, forecast(work, seed=seed, runs=wanted), found)


def _work(found: Running, calendar: WorkCalendar, today: date, goal: str) -> Work:
    state = found.state
    links = {task.key: list(task.after) for task in state.tasks}
    net = net_of(state.tasks, Changes(), state.playbook.by_key, links)
    days = fixed_days(frame_of(state), state.parameters, calendar)
    wanted = [
        n
        for n, task in enumerate(net.tasks)
        if net.frozen[n] is not Frozen.NOT_APPLICABLE
        and not task.is_ritual
        and task.ritual is None
        and (goal == "end" or task.is_before_launch)
    ]
    return Work(
        tasks=tuple(_uncertain(found, net, n, days=days, calendar=calendar) for n in wanted),
        calendar=calendar,
        today=today,
        promised_on=state.launch_on if goal == "launch" else state.end_on,
        is_exclusive=goal == "launch",
    )


def _uncertain(
    found: Running, net: Net, n: int, *, days: FixedDays, calendar: WorkCalendar
) -> Uncertain:
    task, row = net.tasks[n], found.rows[net.tasks[n].key]
    low, top, high = three_points(
        row.duration_days, row.reference_days, row.optimistic_days, row.pessimistic_days
    )
    floor = _floor(found, net, n, days=days, calendar=calendar)
    is_held = net.frozen[n] in (Frozen.PINNED, Frozen.FIXED)
    return Uncertain(
        key=task.key,
        title=task.title,
        optimistic=low,
        likely=top,
        pessimistic=high,
        after=tuple(_links(net, n)),
        started_on=task.began_on,
        finished_on=(task.finished_on or task.due_on) if task.status == "done" else None,
        not_before=task.start_on if is_held else floor,
        is_pinned=net.frozen[n] is Frozen.PINNED,
    )


def _links(net: Net, n: int) -> Iterator[Link]:
    for tie in net.ties[n]:
        kind: LinkType = tie.type  # type: ignore[assignment]
        yield Link(net.tasks[tie.at].key, kind, tie.lag)


def _floor(found: Running, net: Net, n: int, *, days: FixedDays, calendar: WorkCalendar) -> date:
    """The first day of its phase, or of the project; or its window."""
    task = net.tasks[n]
    borders = {phase.key: phase.start_on for phase in found.state.phases}
    day = days.start if task.is_before_launch else borders.get(task.phase, days.launch)
    spec = found.state.playbook.by_key.get(task.key)
    if spec is not None and spec.not_before is not None:
        day = max(day, days.of(spec.not_before, calendar))
    return day


def _promised(session: Session, mine: Mapping[str, UUID]) -> Mapping[str, date]:
    """When the tasks were first promised for, under their keys; nothing where it was not kept."""
    rows = core(session).execute(_FIRST_BASELINE, mine).scalar_one_or_none() or []
    return {row["key"]: date.fromisoformat(row["due_on"]) for row in rows}


def burned(session: Session, project: Project, *, now: datetime) -> tuple[list[Week], date]:
    """Planned against done by phase and week; planned is what the first baseline promised.

    Rituals come back and what does not apply is no work: neither counts.
    """
    mine = {"workspace_id": project.workspace_id, "project_id": project.id}
    promised = _promised(session, mine)
    today = local_today(project.timezone, now)
    tasks = [
        Counted(row.phase, promised.get(row.key, row.due_on), row.finished_on)
        for row in core(session).execute(_COUNTED, mine)
        if row.recurring is None
    ]
    return list(burn_up(tasks, today)), today
