"""Which modules a playbook offers to a project, and when each is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.library.queries import playbook as find_playbook
from tracker.playbooks.checklist import of_module, run_up
from tracker.playbooks.model import ModuleSpec, Playbook
from tracker.projects import queries
from tracker.projects.checklists import closed_phases
from tracker.projects.models import Checklist, Phase, Project, Task
from tracker.projects.ritual_rules import workdays_of
from tracker.projects.rules import CLOSED

_TASKS, _CHECKLISTS = Task.__table__, Checklist.__table__
_STARTS: Final = select(_TASKS.c.key, _TASKS.c.start_on, _TASKS.c.status).where(
    _TASKS.c.workspace_id == bindparam("workspace_id"),
    _TASKS.c.project_id == bindparam("project_id"),
    _TASKS.c.key.in_(bindparam("keys", expanding=True)),
)
_ADDED: Final = (
    select(_CHECKLISTS.c.key, func.count(), func.max(_CHECKLISTS.c.anchor_on))
    .where(
        _CHECKLISTS.c.workspace_id == bindparam("workspace_id"),
        _CHECKLISTS.c.project_id == bindparam("project_id"),
    )
    .group_by(_CHECKLISTS.c.key)
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A module that a project may add."""

    playbook: Playbook
    module: ModuleSpec
    mechanics: Sequence[Mapping[str, Any]]  # of the project's type, that it carries out
    is_open: bool  # whether its phase has been entered
    begin_on: date  # when its first task would start
    suggested_on: date  # the day for its anchor, if it begins then
    is_due: bool
    added: int
    last_on: date | None


def offers(
    session: Session, workspace_id: UUID, project_id: UUID, *, now: datetime
) -> tuple[Project, list[Offer]]:
    """What the project's playbook offers to its community type. Raises NotFound.

    A project of a version that had no modules yet is offered those of the newest one. A module is
    due once its phase is open and the mechanics that it carries out are to begin, or, without any,
    its phase; not if it has been added, nor if those are done, nor what only corrects.
    """
    project = queries.project(session, workspace_id, project_id)
    playbook = _with_modules(session, project)
    phases = {row.key: row for row in queries.phases(session, workspace_id, project_id)}
    closed = closed_phases(queries.gates(session, workspace_id, project_id), now)
    scope = {"workspace_id": workspace_id, "project_id": project_id}
    added = {key: more for key, *more in core(session).execute(_ADDED, scope)}
    kind = project.parameters["community_type"]
    mechanics = _mechanics(playbook, kind)
    keys = sorted({key for mechanic in mechanics.values() for key in mechanic["tasks"]})
    starts = {row.key: row for row in core(session).execute(_STARTS, {**scope, "keys": keys})}
    known = _Known(project, playbook, mechanics, starts, local_today(project.timezone, now))
    return project, [
        known.offer(
            module,
            phases[module.phase],
            is_open=module.phase not in closed,
            added=added.get(module.key, [0, None]),
        )
        for module in playbook.modules
        if module.phase in phases and (not module.types or kind in module.types)
    ]


def _mechanics(playbook: Playbook, kind: str | None) -> dict[str, Mapping[str, Any]]:
    told = playbook.community_type(kind) if kind else None
    return {mechanic["key"]: mechanic for mechanic in told["mechanics"]} if told else {}


@dataclass(frozen=True, slots=True)
class _Known:
    """What every offer to one project is told from."""

    project: Project
    playbook: Playbook
    mechanics: Mapping[str, Mapping[str, Any]]
    starts: Mapping[str, Any]  # first day and status of the tasks of mechanics
    today: date

    def offer(
        self, module: ModuleSpec, phase: Phase, *, is_open: bool, added: Sequence[Any]
    ) -> Offer:
        """The module, with its days."""
        carried = [self.mechanics[key] for key in module.mechanics if key in self.mechanics]
        keys = [key for told in carried for key in told["tasks"]]
        rows = [self.starts[key] for key in keys if key in self.starts]
        is_wanted = not rows or any(row.status not in CLOSED for row in rows)
        is_wanted = is_wanted and not module.is_corrective
        count, last_on = added
        begin_on, suggested_on = self._days(module, phase, rows)
        return Offer(
            playbook=self.playbook,
            module=module,
            mechanics=carried,
            is_open=is_open,
            begin_on=begin_on,
            suggested_on=suggested_on,
            is_due=is_open and is_wanted and not count and begin_on <= self.today,
            added=count,
            last_on=last_on,
        )

    def _days(self, module: ModuleSpec, phase: Phase, rows: Sequence[Any]) -> tuple[date, date]:
        """When to begin, and the anchor's day if one begins then, or today where that is past."""
        calendar = workdays_of(self.project.parameters)
        first = min([row.start_on for row in rows], default=phase.start_on)
        begin_on = calendar.on_or_after(first)
        start = calendar.index(max(begin_on, self.today))
        return begin_on, calendar.day(start + run_up(of_module(module)))


def _with_modules(session: Session, project: Project) -> Playbook:
    playbook = find_playbook(
        session, project.workspace_id, project.playbook, project.playbook_version
    )
    if playbook.modules:
        return playbook
    return find_playbook(session, project.workspace_id, project.playbook)
