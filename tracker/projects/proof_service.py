"""Addresses and evidence of a task, and who watches it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.db import new_id
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor
from tracker.projects.history import entry
from tracker.projects.part_rules import (
    check_evidence_shape,
    check_may_watch,
    check_removable,
    check_room,
)
from tracker.projects.rules import check_may_change, check_takes_changes
from tracker.projects.task_models import Evidence, TaskLink, Watcher
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_writing import touch

_WATCHES_NOT: Final = Sentence(
    en="No such member watches this task.", fr="Aucun membre de ce nom ne suit cette tâche."
)


def check_open_to(actor: Actor, at_hand: TaskAtHand) -> None:
    """Raise ProjectClosed or Forbidden where the actor may not add to a task."""
    check_takes_changes(at_hand.frame.state)
    check_may_change(actor, at_hand.assignees)


def add_link(
    session: Session, actor: Actor, at_hand: TaskAtHand, data: Mapping[str, Any], *, now: datetime
) -> TaskLink:
    """Put an address under a task. Raises ProjectClosed, Forbidden, TooManyParts."""
    check_open_to(actor, at_hand)
    check_room(at_hand.addresses)
    link = TaskLink(**_mine(actor, at_hand, now), url=data["url"], title=data["title"])
    session.add(link)
    touch(session, actor, at_hand.task, {"links": (None, link.url)}, now=now)
    return link


def remove_link(
    session: Session, actor: Actor, at_hand: TaskAtHand, link: TaskLink, *, now: datetime
) -> None:
    """Take an address away. Raises ProjectClosed, Forbidden."""
    check_open_to(actor, at_hand)
    session.delete(link)
    touch(session, actor, at_hand.task, {"links": (link.url, None)}, now=now)


def add_evidence(
    session: Session, actor: Actor, at_hand: TaskAtHand, data: Mapping[str, Any], *, now: datetime
) -> Evidence:
    """Show that a task is done. Raises ProjectClosed, Forbidden, Invalid, TooManyParts."""
    check_open_to(actor, at_hand)
    check_evidence_shape(data)
    check_room(len(at_hand.parts.evidences))
    evidence = Evidence(**_mine(actor, at_hand, now), **data)
    session.add(evidence)
    touch(session, actor, at_hand.task, {"evidence": (None, _told(evidence))}, now=now)
    return evidence


def remove_evidence(
    session: Session, actor: Actor, at_hand: TaskAtHand, evidence: Evidence, *, now: datetime
) -> None:
    """Take evidence away while the task is open. Raises Forbidden, EvidenceStays."""
    check_open_to(actor, at_hand)
    check_removable(at_hand.task.status)
    session.delete(evidence)
    touch(session, actor, at_hand.task, {"evidence": (_told(evidence), None)}, now=now)


def _mine(actor: Actor, at_hand: TaskAtHand, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": at_hand.task.workspace_id,
        "id": new_id(),
        "task_id": at_hand.task.id,
        "created_by": actor.member_id,
        "created_at": now,
    }


def _told(evidence: Evidence) -> dict[str, Any]:
    told = {name: getattr(evidence, name) for name in ("kind", "url", "note", "figure")}
    return {name: value for name, value in told.items() if value is not None}


def watch(
    session: Session, actor: Actor, at_hand: TaskAtHand, member_id: UUID, *, now: datetime
) -> None:
    """Have a member hear of a task; again is no error. Raises ProjectClosed, Forbidden."""
    _check_watching(actor, at_hand, member_id)
    if member_id not in at_hand.watchers:
        check_room(len(at_hand.watchers))
        session.execute(insert(Watcher), _watching(at_hand, member_id))
        _keep(session, actor, at_hand, (None, member_id), now=now)


def unwatch(
    session: Session, actor: Actor, at_hand: TaskAtHand, member_id: UUID, *, now: datetime
) -> None:
    """Have a member hear of it no more. Raises ProjectClosed, Forbidden, NotFound."""
    _check_watching(actor, at_hand, member_id)
    check_watches(at_hand, member_id)
    session.execute(delete(Watcher).filter_by(**_watching(at_hand, member_id)))
    _keep(session, actor, at_hand, (member_id, None), now=now)


def check_watches(at_hand: TaskAtHand, member_id: UUID) -> None:
    """Raise NotFound where the member does not watch the task."""
    if member_id not in at_hand.watchers:
        raise NotFound(_WATCHES_NOT)


def _check_watching(actor: Actor, at_hand: TaskAtHand, member_id: UUID) -> None:
    check_takes_changes(at_hand.frame.state)
    check_may_watch(actor, member_id)


def _watching(at_hand: TaskAtHand, member_id: UUID) -> dict[str, UUID]:
    task = at_hand.task
    return {"workspace_id": task.workspace_id, "task_id": task.id, "member_id": member_id}


def _keep(
    session: Session,
    actor: Actor,
    at_hand: TaskAtHand,
    change: tuple[UUID | None, UUID | None],
    *,
    now: datetime,
) -> None:
    """Who watches is no change of the task itself: nobody's ETag grows old by it."""
    subject, told = ("task", at_hand.task.id), {"watchers": change}
    project_id = at_hand.task.project_id
    record(session, entry(actor, project_id, subject, action="changed", changes=told, now=now))
