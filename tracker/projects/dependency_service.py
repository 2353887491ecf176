"""Links between the tasks of a project: added without a loop, and cut. No date moves by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tracker.kernel.errors import Conflict, NotFound
from tracker.kernel.texts import Said, Sentence
from tracker.people.rules import Actor, Permission
from tracker.projects import bulk_queries, queries
from tracker.projects.loops import DependencyLoop, find_loop
from tracker.projects.models import Dependency, Task
from tracker.projects.moving import broken_links
from tracker.projects.owed import cancel_owed
from tracker.projects.part_rules import check_room
from tracker.projects.rules import CLOSED, Predecessor, check_takes_changes
from tracker.projects.showing import calendar_of
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_rules import check_no_ritual
from tracker.projects.task_writing import touch

NO_PREDECESSOR: Final = Sentence(
    en="There is no such task to wait for in this project.",
    fr="Il n'y a pas de telle tâche à attendre dans ce projet.",
)
_NO_LINK: Final = Sentence(
    en="The task does not wait for that one.", fr="La tâche n'attend pas celle-là."
)
_EXISTS: Final = Sentence(
    en="The task waits for “{title}” already, by a link of the type {type}. Delete that one first.",
    fr="La tâche attend déjà « {title} », par un lien de type {type}. Supprimer d'abord celui-là.",
)


class DependencyExists(Conflict):
    """There is a link of this type already."""

    type = "dependency-exists"


@dataclass(frozen=True, slots=True)
class NewLink:
    """What a task is to wait for, and how."""

    predecessor: UUID
    type: str
    lag_days: int

    @property
    def holds_back(self) -> bool:
        """Whether the task cannot be started before the other is finished."""
        return self.type == "FS" and self.lag_days >= 0


@dataclass(frozen=True, slots=True)
class Linked:
    """The new link, and what to say of it."""

    predecessor: Predecessor
    lag_days: int
    warnings: Sequence[Said]


def add_dependency(
    session: Session, actor: Actor, at_hand: TaskAtHand, new: NewLink, *, now: datetime
) -> Linked:
    """Have a task wait for another of its project.

    The project is locked, so that two links cannot close a loop together. Raises NotFound,
    ProjectClosed, IsRitual, DependencyLoop, DependencyExists.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    check_takes_changes(at_hand.frame.state)
    earlier = _predecessor(session, at_hand, new.predecessor)
    for task in (earlier, at_hand.task):
        check_no_ritual(task)
    _check_new(session, at_hand, earlier, new)
    check_room(len(at_hand.parts.links))
    row = {**_ends(at_hand, new.predecessor), "type": new.type, "lag_days": new.lag_days}
    session.execute(insert(Dependency), row)
    history = {"dependencies": (None, _told(earlier.key, new.type, new.lag_days))}
    touch(session, actor, at_hand.task, history, now=now)
    if at_hand.task.chased_at is not None and earlier.status not in CLOSED and new.holds_back:
        cancel_owed(session, at_hand.task.workspace_id, [at_hand.task.id], reason="waits")
    return Linked(
        Predecessor(earlier.id, earlier.key, earlier.title, new.type, earlier.status),
        new.lag_days,
        _broken(session, at_hand, new),
    )


def _predecessor(session: Session, at_hand: TaskAtHand, task_id: UUID) -> Any:
    task = at_hand.task
    wanted = select(Task.__table__).where(
        Task.workspace_id == task.workspace_id,
        Task.project_id == task.project_id,
        Task.id == task_id,
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound(NO_PREDECESSOR)
    return found


def _check_new(session: Session, at_hand: TaskAtHand, earlier: Any, new: NewLink) -> None:
    task = at_hand.task
    for link in at_hand.parts.links:
        if (link.predecessor_id, link.type) == (new.predecessor, new.type):
            raise DependencyExists(_EXISTS, title=link.title, type=link.type)
    tasks = queries.all_tasks(session, task.workspace_id, task.project_id)
    keys = {row.id: row.key for row in tasks}
    links = queries.links_in(session, task.workspace_id, task.project_id)
    after = {keys[later]: [link.key for link in found] for later, found in links.items()}
    loop = find_loop(after, successor=task.key, predecessor=earlier.key)
    if loop is not None:
        raise DependencyLoop(loop, {row.key: row.title for row in tasks})


def _ends(at_hand: TaskAtHand, predecessor_id: UUID) -> dict[str, UUID]:
    return {
        "workspace_id": at_hand.task.workspace_id,
        "successor_id": at_hand.task.id,
        "predecessor_id": predecessor_id,
    }


def _broken(session: Session, at_hand: TaskAtHand, new: NewLink) -> list[Said]:
    links = bulk_queries.links_of(session, at_hand.task.workspace_id, at_hand.task.id)
    mine = [
        link for link in links if (link.predecessor.id, link.type) == (new.predecessor, new.type)
    ]
    return broken_links(mine, calendar_of(at_hand.frame))


def cut(
    session: Session,
    actor: Actor,
    at_hand: TaskAtHand,
    predecessor_id: UUID,
    *,
    kind: str | None,
    now: datetime,
) -> None:
    """Have a task wait for another no more. Raises NotFound, ProjectClosed."""
    actor.must(Permission.MANAGE_PROJECTS)
    gone = links_to(at_hand, predecessor_id, kind)
    check_takes_changes(at_hand.frame.state)
    mine = delete(Dependency).filter_by(**_ends(at_hand, predecessor_id))
    session.execute(mine.where(Dependency.type.in_([link.type for link in gone])))
    told = ", ".join(_told(link.key, link.type, link.lag_days) for link in gone)
    touch(session, actor, at_hand.task, {"dependencies": (told, None)}, now=now)


def links_to(at_hand: TaskAtHand, predecessor_id: UUID, kind: str | None) -> list[queries.LinkTo]:
    """The links that a task has to a predecessor, of one type or of all. Raises NotFound."""
    found = [
        link
        for link in at_hand.parts.links
        if link.predecessor_id == predecessor_id and kind in (None, link.type)
    ]
    if not found:
        raise NotFound(_NO_LINK)
    return found


def _told(key: str, kind: str, lag_days: int) -> str:
    return f"{key} {kind}{lag_days:+d}"
