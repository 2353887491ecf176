"""Looking up comments, links, evidence and watchers of a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.projects.models import Project, Task
from tracker.projects.task_models import Comment, Evidence, TaskLink, Watcher
from tracker.projects.task_queries import NO_TASK

_NO_COMMENT: Final = Sentence(
    en="This task has no such comment.", fr="Cette tâche n'a pas de tel commentaire."
)
_NO_LINK: Final = Sentence(en="This task has no such link.", fr="Cette tâche n'a pas de tel lien.")
_NO_EVIDENCE: Final = Sentence(
    en="This task has no such evidence.", fr="Cette tâche n'a pas de telle preuve."
)
Part = TypeVar("Part", Comment, TaskLink, Evidence)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a task belongs."""

    workspace_id: UUID
    project_id: UUID
    task_id: UUID
    state: str  # of the project


def place(session: Session, workspace_id: UUID, task_id: UUID) -> Place:
    """The project that a task belongs to. Raises NotFound."""
    wanted = (
        select(Task.project_id, Project.state)
        .join(
            Project, (Project.workspace_id == Task.workspace_id) & (Project.id == Task.project_id)
        )
        .where(Task.workspace_id == workspace_id, Task.id == task_id)
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound(NO_TASK)
    return Place(workspace_id, found.project_id, task_id, found.state)


def comments(
    session: Session,
    workspace_id: UUID,
    task_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Comment]:
    """What was said about a task, the oldest first; one more than ``limit``."""
    return _page(session, Comment, (workspace_id, task_id), after=after, limit=limit)


def links(
    session: Session,
    workspace_id: UUID,
    task_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[TaskLink]:
    """Addresses of a task, the oldest first; one more than ``limit``."""
    return _page(session, TaskLink, (workspace_id, task_id), after=after, limit=limit)


def evidences(
    session: Session,
    workspace_id: UUID,
    task_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Evidence]:
    """What shows that a task is done, the oldest first; one more than ``limit``."""
    return _page(session, Evidence, (workspace_id, task_id), after=after, limit=limit)


def _page(
    session: Session,
    table: type[Part],
    scope: tuple[UUID, UUID],
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Part]:
    workspace_id, task_id = scope
    wanted = select(table).where(table.workspace_id == workspace_id, table.task_id == task_id)
    if after:
        wanted = wanted.where(table.id > after[0])
    return session.scalars(wanted.order_by(table.id).limit(limit + 1)).all()


def comment(
    session: Session,
    workspace_id: UUID,
    task_id: UUID,
    comment_id: UUID,
    *,
    to_change: bool = False,
) -> Comment:
    """One comment of a task, locked where it is to be changed. Raises NotFound."""
    wanted = (workspace_id, task_id, comment_id)
    return _one(session, Comment, wanted, _NO_COMMENT, to_change=to_change)


def link(session: Session, workspace_id: UUID, task_id: UUID, link_id: UUID) -> TaskLink:
    """One address of a task. Raises NotFound."""
    return _one(session, TaskLink, (workspace_id, task_id, link_id), _NO_LINK)


def evidence(session: Session, workspace_id: UUID, task_id: UUID, evidence_id: UUID) -> Evidence:
    """One piece of evidence. Raises NotFound."""
    return _one(session, Evidence, (workspace_id, task_id, evidence_id), _NO_EVIDENCE)


def _one(
    session: Session,
    table: type[Part],
    scope: tuple[UUID, UUID, UUID],
    unknown: Sentence,
    *,
    to_change: bool = False,
) -> Part:
    workspace_id, task_id, part_id = scope
    wanted = select(table).where(
        table.workspace_id == workspace_id, table.task_id == task_id, table.id == part_id
    )
    found = session.scalars(wanted.with_for_update() if to_change else wanted).one_or_none()
    if found is None:
        raise NotFound(unknown)
    return found


def watches(session: Session, workspace_id: UUID, task_id: UUID, member_id: UUID) -> bool:
    """Whether a member watches a task."""
    wanted = select(func.count()).where(
        Watcher.workspace_id == workspace_id,
        Watcher.task_id == task_id,
        Watcher.member_id == member_id,
    )
    return bool(session.scalar(wanted.select_from(Watcher)))
