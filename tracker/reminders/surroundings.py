"""What reminders of projects depend on: calendars, people, gates, policies. Four statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Row, Select, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.library.policies import policies_said
from tracker.people.models import Member, Workspace
from tracker.people.queries import is_id
from tracker.people.rules import Role
from tracker.playbooks.policy import Form, Policy, merged
from tracker.projects.models import Gate, Project
from tracker.projects.rules import is_open
from tracker.projects.showing import calendar_of
from tracker.reminders.rules import Around

Key = tuple[UUID, UUID]
"""Ids of a workspace and of a thing in it."""

_PROJECTS, _WORKSPACES = Project.__table__, Workspace.__table__
_GATES, _MEMBERS = Gate.__table__, Member.__table__
_KEYS: Final[BindParameter[Key]] = bindparam("keys", expanding=True)
_FRAMES: Final[Select[Any]] = (
    select(
        _PROJECTS.c.workspace_id,
        _PROJECTS.c.id,
        _PROJECTS.c.name,
        _PROJECTS.c.state,
        _PROJECTS.c.timezone,
        _PROJECTS.c.parameters,
        _PROJECTS.c.launch_on,
        _PROJECTS.c.playbook,
        _PROJECTS.c.playbook_version,
        _PROJECTS.c.created_by,
        _PROJECTS.c.reminder_policy,
        _WORKSPACES.c.reminder_policy.label("workspace_policy"),
    )
    .join(_WORKSPACES, _WORKSPACES.c.id == _PROJECTS.c.workspace_id)
    .where(tuple_(_PROJECTS.c.workspace_id, _PROJECTS.c.id).in_(_KEYS))
)
_BORDERS: Final[Select[Any]] = select(
    _GATES.c.workspace_id,
    _GATES.c.project_id,
    _GATES.c.before_phase,
    _GATES.c.state,
    _GATES.c.waived_until,
    _GATES.c.decided_at,
).where(
    tuple_(_GATES.c.workspace_id, _GATES.c.project_id).in_(_KEYS),
    _GATES.c.before_phase.is_not(None),
)
_PRESENT: Final[Select[Any]] = (
    select(_MEMBERS.c.workspace_id, _MEMBERS.c.id, _MEMBERS.c.email, _MEMBERS.c.role)
    .where(
        _MEMBERS.c.workspace_id.in_(bindparam("spaces", expanding=True)),
        _MEMBERS.c.removed_at.is_(None),
        or_(
            _MEMBERS.c.role == Role.OWNER.value,
            _MEMBERS.c.email.in_(bindparam("emails", expanding=True)),
            _MEMBERS.c.id.in_(bindparam("ids", expanding=True)),
        ),
    )
    .order_by(_MEMBERS.c.created_at, _MEMBERS.c.id)
)
_MANAGING: Final = (Role.OWNER.value, Role.MANAGER.value)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A project, as far as reminders go. ``forms`` are policies, the outermost first."""

    project: Row[Any]
    around: Around
    forms: tuple[Form | None, ...]
    deciders: tuple[UUID, ...]

    @property
    def is_active(self) -> bool:
        """Whether anybody is reminded of anything in it."""
        return bool(self.project.state == "active")

    def policy(self, *inner: Form | None) -> Policy:
        """What holds in it, and in what lies further inside."""
        return merged(*self.forms, *inner)


def surroundings_of(
    session: Session, projects: Collection[Key], *, now: datetime
) -> Mapping[Key, Surroundings]:
    """Those of each project."""
    wanted = {"keys": list(set(projects))}
    if not wanted["keys"]:
        return {}
    rows = core(session).execute(_FRAMES, wanted).all()
    borders: dict[Key, list[Row[Any]]] = defaultdict(list)
    for row in core(session).execute(_BORDERS, wanted):
        borders[row.workspace_id, row.project_id].append(row)
    present = _present(session, rows)
    said = policies_said(
        session, {(row.workspace_id, row.playbook, row.playbook_version) for row in rows}
    )
    found = {}
    for row in rows:
        key = (row.workspace_id, row.id)
        playbook = said.get((row.workspace_id, row.playbook, row.playbook_version))
        forms = (playbook, row.workspace_policy, row.reminder_policy)
        around = _around(row, borders[key], present[row.workspace_id], now)
        deciders = _deciders(around, present[row.workspace_id])
        found[key] = Surroundings(row, around, forms, deciders)
    return found


def _present(session: Session, rows: Sequence[Row[Any]]) -> Mapping[UUID, list[Row[Any]]]:
    """Owners, makers, and members who are named for a role, by workspace."""
    names = {name for row in rows for name in row.parameters["people"].values()}
    wanted = {
        "spaces": list({row.workspace_id for row in rows}),
        "emails": [name.lower() for name in names],
        "ids": [
            *(UUID(name) for name in names if is_id(name)),
            *(row.created_by for row in rows),
        ],
    }
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in core(session).execute(_PRESENT, wanted):
        found[row.workspace_id].append(row)
    return found


def _around(
    project: Row[Any], borders: Iterable[Row[Any]], present: Sequence[Row[Any]], now: datetime
) -> Around:
    by_name = {name: one.id for one in present for name in (one.email, str(one.id))}
    named = project.parameters["people"].items()
    closed, opened = _phases(project.timezone, borders, now)
    return Around(
        calendar=calendar_of(project),
        roles={role: by_name[name.lower()] for role, name in named if name.lower() in by_name},
        owners=tuple(one.id for one in present if one.role == Role.OWNER.value),
        maker=next((one.id for one in present if one.id == project.created_by), None),
        closed=closed,
        opened=opened,
    )


def _phases(
    zone: str, borders: Iterable[Row[Any]], now: datetime
) -> tuple[frozenset[str], dict[str, date]]:
    """Phases behind a closed gate; and the days on which the others were opened."""
    closed: set[str] = set()
    opened: dict[str, date] = {}
    for gate in borders:
        phase = gate.before_phase
        if not is_open(gate.state, gate.waived_until, now):
            closed.add(phase)
        elif gate.decided_at is not None:
            day = local_today(zone, gate.decided_at)
            opened[phase] = max(day, opened.get(phase, day))
    return frozenset(closed), opened


def _deciders(around: Around, present: Sequence[Row[Any]]) -> tuple[UUID, ...]:
    """The project manager where their rank lets them decide on gates; else every owner."""
    managing = {one.id for one in present if one.role in _MANAGING}
    manager = around.holder("project_manager")
    return (manager,) if manager is not None and manager in managing else around.owners
