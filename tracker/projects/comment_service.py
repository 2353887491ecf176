"""What people say about a task. Who may write may comment on any task."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.db import new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said
from tracker.people.queries import members_named
from tracker.people.rules import Actor
from tracker.projects.events import TaskCommented
from tracker.projects.history import Changes, entry
from tracker.projects.part_queries import Place
from tracker.projects.part_rules import check_is_author, check_may_delete, mentioned
from tracker.projects.rules import check_takes_changes
from tracker.projects.task_models import Comment
from tracker.projects.team import UNKNOWN_MEMBER


def add_comment(
    session: Session, actor: Actor, place: Place, data: Mapping[str, Any], *, now: datetime
) -> Comment:
    """Say something about a task. Raises ProjectClosed, and Invalid for members not there."""
    check_takes_changes(place.state)
    comment = Comment(
        workspace_id=place.workspace_id,
        id=new_id(),
        task_id=place.task_id,
        author_id=actor.member_id,
        body=data["body"],
        mentions=_called(session, place, data["body"], data.get("mentions", ())),
        created_at=now,
        edited_at=None,
        version=1,
    )
    session.add(comment)
    _keep(session, actor, place, {"comments": (None, comment.id)}, now=now)
    publish(
        session,
        TaskCommented(
            workspace_id=place.workspace_id,
            at=now,
            project_id=place.project_id,
            task_id=place.task_id,
            by=actor.member_id,
            comment_id=comment.id,
            mentions=[UUID(member) for member in comment.mentions],
        ),
    )
    return comment


def change_comment(
    session: Session,
    actor: Actor,
    place: Place,
    comment: Comment,
    *,
    changes: Mapping[str, Any],
    now: datetime,
) -> None:
    """Say it otherwise. Raises ProjectClosed, Forbidden, Invalid."""
    check_takes_changes(place.state)
    check_is_author(actor, comment.author_id)
    body = changes.get("body", comment.body)
    called = _called(session, place, body, changes.get("mentions", ()))
    if "mentions" not in changes and body == comment.body:
        called = comment.mentions
    if (body, called) == (comment.body, comment.mentions):
        return
    comment.body, comment.mentions = body, called
    comment.edited_at = now
    comment.version += 1
    _keep(session, actor, place, {"comments": (comment.id, comment.id)}, now=now)


def remove_comment(
    session: Session, actor: Actor, place: Place, comment: Comment, *, now: datetime
) -> None:
    """Take back what was said. Raises ProjectClosed, Forbidden."""
    check_takes_changes(place.state)
    check_may_delete(actor, comment.author_id)
    session.delete(comment)
    _keep(session, actor, place, {"comments": (comment.id, None)}, now=now)


def _called(session: Session, place: Place, body: str, named: Sequence[str]) -> list[str]:
    """Ids of the members that are called, in the text or beside it. Raises Invalid."""
    by_field = {"body": mentioned(body), "mentions": list(named)}
    names = [name for found in by_field.values() for name in found]
    known = members_named(session, place.workspace_id, names)
    faults = {
        field: [Said(UNKNOWN_MEMBER, {"value": name}) for name in found if name not in known]
        for field, found in by_field.items()
    }
    if any(faults.values()):
        raise Invalid({field: unknown for field, unknown in faults.items() if unknown})
    return sorted({str(known[name]) for name in names})


def _keep(session: Session, actor: Actor, place: Place, change: Changes, *, now: datetime) -> None:
    """That it was said, and not what: words can be taken back, history cannot."""
    subject = ("task", place.task_id)
    told = entry(actor, place.project_id, subject, action="changed", changes=change, now=now)
    record(session, told)
