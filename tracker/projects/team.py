"""Who stands behind the roles of a project, and which tasks change hands with a role."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.db import core
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor
from tracker.playbooks.grammar import ROLES
from tracker.projects.events import TaskChanged
from tracker.projects.history import entry
from tracker.projects.models import Assignee, Project, Task
from tracker.projects.owed import at_once, cancel_owed
from tracker.projects.rules import CLOSED

UNKNOWN_MEMBER: Final = Sentence(
    en="“{value}” is not a member of this workspace; give an e-mail or an id of one.",
    fr="« {value} » n'est pas membre de cet espace ; donner l'e-mail ou l'identifiant d'un membre.",
)
_UNKNOWN_ROLE: Final = Sentence(
    en="There is no role “{value}”. The roles are: {roles}.",
    fr="Il n'y a pas de rôle « {value} ». Les rôles sont : {roles}.",
)
_TASKS: Final = Task.__table__
_HELD: Final = Assignee.__table__
_OPEN_TASKS: Final = select(_TASKS.c.id, _TASKS.c.role).where(
    _TASKS.c.workspace_id == bindparam("workspace_id"),
    _TASKS.c.project_id == bindparam("project_id"),
    _TASKS.c.status.not_in(CLOSED),
    _TASKS.c.role.in_(bindparam("roles", expanding=True)),
)
_HOLDERS: Final = select(_HELD.c.task_id, _HELD.c.member_id).where(
    _HELD.c.workspace_id == bindparam("workspace_id"),
    _HELD.c.task_id.in_(_OPEN_TASKS.with_only_columns(_TASKS.c.id)),
)
_TAKE: Final = delete(_HELD).where(*(key == bindparam(key.name) for key in _HELD.primary_key))
_GIVE: Final = insert(_HELD)
_TOUCH: Final = (
    update(_TASKS)
    .where(_TASKS.c.workspace_id == bindparam("of_workspace"), _TASKS.c.id == bindparam("of_task"))
    .values(
        version=_TASKS.c.version + 1,
        updated_at=bindparam("now"),
        chase_at=at_once(_TASKS.c.chase_at, bindparam("now", type_=_TASKS.c.chase_at.type)),
    )
)


@dataclass(frozen=True, slots=True)
class Handed:
    """A task that changes hands."""

    task_id: UUID
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]


def members_behind(
    session: Session, workspace_id: UUID, people: Mapping[str, str]
) -> dict[str, UUID]:
    """The members behind the roles. Raises Invalid, naming every one that is not there."""
    found = members_named(session, workspace_id, list(people.values()))
    faults: dict[str, list[Said] | FieldErrors] = {}
    for role, name in people.items():
        if role not in ROLES:
            faults[role] = [Said(_UNKNOWN_ROLE, {"value": role, "roles": ", ".join(ROLES)})]
        elif name not in found:
            faults[role] = [Said(UNKNOWN_MEMBER, {"value": name})]
    if faults:
        raise Invalid({"people": faults})
    return {role: found[name] for role, name in people.items()}


def change_people(
    session: Session,
    actor: Actor,
    project: Project,
    wanted: Mapping[str, str | None],
    *,
    now: datetime,
) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
    """Put other members behind roles; None takes a name away. Return people before and after.

    Open tasks of a role go from who had it to who has it now; where nobody had it, those that are
    nobody's. A name that is taken away leaves its tasks where they are. None where nothing changed.
    """
    before: Mapping[str, str] = project.parameters["people"]
    named = {role: name for role, name in wanted.items() if name is not None}
    heirs = members_behind(session, project.workspace_id, named)
    after = {role: name for role, name in before.items() if role not in wanted} | named
    if after == before:
        return None
    project.parameters = {**project.parameters, "people": after}
    known = members_named(session, project.workspace_id, list(before.values()))
    former = {role: known.get(before[role]) for role in heirs if role in before}
    handed = hand_over_roles(_open_tasks(session, project, list(heirs)), former, heirs)
    _store(session, actor, project, handed, now=now)
    return before, after


def _open_tasks(
    session: Session, project: Project, roles: Sequence[str]
) -> Mapping[UUID, tuple[str, list[UUID]]]:
    """Role and holders of the open tasks of some roles."""
    mine = {"workspace_id": project.workspace_id, "project_id": project.id, "roles": roles}
    found: dict[UUID, tuple[str, list[UUID]]] = {
        row.id: (row.role, []) for row in core(session).execute(_OPEN_TASKS, mine)
    }
    for row in core(session).execute(_HOLDERS, mine):
        found[row.task_id][1].append(row.member_id)
    return found


def hand_over_roles(
    tasks: Mapping[UUID, tuple[str, list[UUID]]],
    former: Mapping[str, UUID | None],
    heirs: Mapping[str, UUID],
) -> list[Handed]:
    """Which tasks change hands. ``former`` holds the roles that somebody had. Pure."""
    handed = []
    for task_id, (role, holders) in tasks.items():
        had, heir = former.get(role), heirs[role]
        is_theirs = had in holders if had else not holders and role not in former
        after = {heir, *(holder for holder in holders if holder != had)}
        if is_theirs and after != set(holders):
            handed.append(Handed(task_id, tuple(sorted(holders)), tuple(sorted(after))))
    return handed


def _store(
    session: Session, actor: Actor, project: Project, handed: Sequence[Handed], *, now: datetime
) -> None:
    if not handed:
        return
    scope = project.workspace_id
    taken = [(one.task_id, member) for one in handed for member in _but(one.before, one.after)]
    given = [(one.task_id, member) for one in handed for member in _but(one.after, one.before)]
    for statement, pairs in ((_TAKE, taken), (_GIVE, given)):
        if pairs:
            core(session).execute(statement, [_row(scope, *pair) for pair in pairs])
    touched = [{"of_workspace": scope, "of_task": one.task_id, "now": now} for one in handed]
    core(session).execute(_TOUCH, touched)
    cancel_owed(session, scope, [one.task_id for one in handed], reason="reassigned")
    record(session, *(_told(actor, project, one, now) for one in handed))
    publish(session, *(_announced(actor, project, one, now) for one in handed))


def _but(members: Iterable[UUID], others: Iterable[UUID]) -> list[UUID]:
    return sorted(set(members) - set(others))


def _row(workspace_id: UUID, task_id: UUID, member_id: UUID) -> dict[str, UUID]:
    return {"workspace_id": workspace_id, "task_id": task_id, "member_id": member_id}


def _told(actor: Actor, project: Project, one: Handed, now: datetime) -> Entry:
    changes = {"assignees": (list(map(str, one.before)), list(map(str, one.after)))}
    subject = ("task", one.task_id)
    return entry(actor, project.id, subject, action="changed", changes=changes, now=now)


def _announced(actor: Actor, project: Project, one: Handed, now: datetime) -> TaskChanged:
    return TaskChanged(
        workspace_id=project.workspace_id,
        at=now,
        project_id=project.id,
        task_id=one.task_id,
        fields=["assignees"],
        previous={"assignees": one.before},
        by=actor.member_id,
    )
