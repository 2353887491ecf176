"""Tasks, gates and projects as things that somebody may be reminded of."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Row, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.gates.gathering import facts_of_projects
from tracker.kernel.activity import Activity
from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.playbooks.policy import Form, Policy
from tracker.projects.models import Assignee, Gate, Project, Task
from tracker.reminders.gate_facts import gate_facts
from tracker.reminders.owing import Key, People, Subject
from tracker.reminders.rules import (
    TaskFacts,
    gate_series,
    is_behind_gate,
    project_series,
    task_series,
)
from tracker.reminders.series import Again, Look, Series, Span, look
from tracker.reminders.starting import free_from, links_before, waits_for
from tracker.reminders.surroundings import Surroundings

_TASKS, _HELD, _ACTIVITIES = Task.__table__, Assignee.__table__, Activity.__table__
_GATES, _PROJECTS = Gate.__table__, Project.__table__
_KEYS: Final[BindParameter[Key]] = bindparam("keys", expanding=True)
_HOLDERS: Final = (
    select(_HELD.c.workspace_id, _HELD.c.task_id, _HELD.c.member_id)
    .where(tuple_(_HELD.c.workspace_id, _HELD.c.task_id).in_(_KEYS))
    .order_by(_HELD.c.member_id)
)
# The newest by id, which an index finds at once; what the tracker does by itself is no news.
_LAST: Final = (
    select(_ACTIVITIES.c.at)
    .where(
        _ACTIVITIES.c.workspace_id == _PROJECTS.c.workspace_id,
        _ACTIVITIES.c.project_id == _PROJECTS.c.id,
        _ACTIVITIES.c.member_id.is_not(None),
    )
    .order_by(_ACTIVITIES.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_LIVELY: Final = select(
    _PROJECTS.c.workspace_id,
    _PROJECTS.c.id,
    _PROJECTS.c.created_at,
    _PROJECTS.c.start_on,
    _LAST.label("last_at"),
).where(tuple_(_PROJECTS.c.workspace_id, _PROJECTS.c.id).in_(_KEYS))

_OF_TASKS: Final = tuple(
    _TASKS.c[name]
    for name in (
        *("workspace_id", "id", "project_id", "chase_at", "reminder_policy", "status", "phase"),
        *("start_on", "due_on", "blocked_on", "is_early", "is_milestone", "is_optional"),
        *("recurring", "ritual_id", "title"),
    )
)
_OF_GATES: Final = tuple(
    _GATES.c[name] for name in ("workspace_id", "id", "project_id", "chase_at", "title")
)
_OF_PROJECTS: Final = (
    _PROJECTS.c.workspace_id,
    _PROJECTS.c.id,
    _PROJECTS.c.id.label("project_id"),
    _PROJECTS.c.chase_at,
    _PROJECTS.c.name.label("title"),
)
Places = Mapping[Key, Surroundings]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is looked at. ``series`` are its days under a policy."""

    subject: Subject
    title: str
    around: Surroundings
    series: Callable[[Policy], Iterable[Series]]
    concerned: frozenset[UUID]
    form: Form | None = None  # what it wants otherwise itself
    waits: bool = False  # behind a closed gate: nothing is told of it
    waits_for: Sequence[str] = ()  # what must be finished before it is started

    @property
    def members(self) -> set[Key]:
        """Whom it may concern."""
        return {(self.subject.workspace_id, member) for member in self.concerned}

    def look(
        self, people: People, span: Span, again: Again | None = None, *, waiting: bool = False
    ) -> Look:
        """Who hears what of it; or would, if it did not wait for something else."""
        own = {
            one.member_id: list(self.series(self.around.policy(self.form, one.reminder_policy)))
            for key in self.members
            if (one := people.get(key)) is not None and one.reminder_policy
        }
        common = list(self.series(self.around.policy(self.form)))
        return look(common, own, span, again, waiting=waiting)


def _subject(kind: str, row: Row[Any]) -> Subject:
    return Subject(kind, row.workspace_id, row.project_id, row.id)


def tasks_at_hand(
    session: Session, rows: Sequence[Row[Any]], places: Places, *, now: datetime
) -> Iterator[Thing]:
    """Tasks of running projects. Two statements."""
    del now
    keys = [(row.workspace_id, row.id) for row in rows]
    holders: dict[Key, list[UUID]] = defaultdict(list)
    for held in core(session).execute(_HOLDERS, {"keys": keys}):
        holders[held.workspace_id, held.task_id].append(held.member_id)
    links = links_before(session, keys)
    for key, row in zip(keys, rows, strict=True):
        place = places[row.workspace_id, row.project_id]
        facts = _task_facts(row, holders[key], links.get(key, ()), place)
        yield Thing(
            _subject("task", row),
            row.title,
            place,
            partial(task_series, facts, place.around),
            frozenset({*facts.assignees, *place.around.everybody}),
            row.reminder_policy,
            is_behind_gate(facts, place.around),
            facts.waits_for,
        )


def _task_facts(
    row: Row[Any], assignees: Sequence[UUID], links: Sequence[Row[Any]], place: Surroundings
) -> TaskFacts:
    return TaskFacts(
        id=row.id,
        status=row.status,
        phase=row.phase,
        start_on=row.start_on,
        due_on=row.due_on,
        assignees=tuple(assignees),
        blocked_on=row.blocked_on,
        is_early=row.is_early,
        is_milestone=row.is_milestone,
        is_optional=row.is_optional,
        is_ritual=row.recurring is not None and row.ritual_id is None,
        waits_for=waits_for(links),
        free_from=free_from(links, place.around.calendar, place.project.timezone),
    )


def gates_at_hand(
    session: Session, rows: Sequence[Row[Any]], places: Places, *, now: datetime
) -> Iterator[Thing]:
    """Gates of running projects. Six statements for each workspace."""
    by_workspace: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        by_workspace[row.workspace_id].add(row.project_id)
    for workspace_id, projects in by_workspace.items():
        facts = facts_of_projects(session, workspace_id, projects, now=now)
        for row in rows:
            if row.workspace_id == workspace_id:
                place = places[workspace_id, row.project_id]
                found = gate_facts(facts[row.project_id], row.id, place.deciders)
                series = partial(gate_series, found, place.around)
                yield Thing(_subject("gate", row), row.title, place, series, found.concerned)


def projects_at_hand(
    session: Session, rows: Sequence[Row[Any]], places: Places, *, now: datetime
) -> Iterator[Thing]:
    """Running projects. One statement."""
    del now
    wanted = {"keys": [(row.workspace_id, row.id) for row in rows]}
    lively = {(row.workspace_id, row.id): row for row in core(session).execute(_LIVELY, wanted)}
    for row in rows:
        place = places[row.workspace_id, row.id]
        last = lively[row.workspace_id, row.id]
        last_on = local_today(place.project.timezone, last.last_at or last.created_at)
        # Nobody expects anything of a project that has not begun.
        series = partial(project_series, max(last_on, last.start_on), place.around)
        everybody = frozenset(place.around.everybody)
        yield Thing(_subject("project", row), row.title, place, series, everybody)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things: where they are kept, and how rows of it become things."""

    table: Any
    columns: tuple[Any, ...]
    project: Any  # the column that leads to it
    at_hand: Callable[..., Iterator[Thing]]
    keeps_chased_at: bool = False


KINDS: Final = (
    Kind(_TASKS, _OF_TASKS, _TASKS.c.project_id, tasks_at_hand, keeps_chased_at=True),
    Kind(_GATES, _OF_GATES, _GATES.c.project_id, gates_at_hand),
    Kind(_PROJECTS, _OF_PROJECTS, _PROJECTS.c.id, projects_at_hand),
)


def things_of(
    session: Session, kind: Kind, rows: Sequence[Row[Any]], places: Places, *, now: datetime
) -> list[Thing]:
    """The rows of running projects as things."""
    running = [row for row in rows if places[row.workspace_id, row.project_id].is_active]
    return list(kind.at_hand(session, running, places, now=now)) if running else []
