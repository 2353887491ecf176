"""What a member's act leaves in the history of a project."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.people.rules import Actor

Changes = Mapping[str, tuple[object, object]]
"""Field → what it was, and what it is."""


def entry(
    actor: Actor,
    project_id: UUID,
    subject: tuple[str, UUID],
    *,
    action: str,
    changes: Changes,
    now: datetime,
) -> Entry:
    """One change by ``actor``, through the door that they came by."""
    kind, subject_id = subject
    return Entry(
        workspace_id=actor.workspace_id,
        project_id=project_id,
        at=now,
        member_id=actor.member_id,
        door=actor.door,
        subject=kind,
        subject_id=subject_id,
        action=action,
        changes=changes,
    )


def tell_project(
    session: Session,
    actor: Actor,
    project_id: UUID,
    *,
    action: str,
    changes: Changes,
    now: datetime,
) -> None:
    """Keep what has changed of the project itself."""
    subject = ("project", project_id)
    record(session, entry(actor, project_id, subject, action=action, changes=changes, now=now))
