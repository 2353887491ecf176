"""Connections as rows, for tests that need no wire."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.personas import Persona
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, reading, unit_of_work
from tracker.kernel.secrets import encrypt
from tracker.metrics.community_models import CommunityEvent, CommunityMember
from tracker.metrics.connection_models import Connection
from tracker.projects.models import Project

KEY = b"of the tests"


def connected(owner: Persona, **values: Any) -> Connection:
    """A connection of a new project of somebody's, as if it had been made over HTTP."""
    project_id = UUID(owner.creates_a_project()["id"])
    now, row_id = utcnow(), new_id()
    with unit_of_work() as session:
        project = session.scalars(select(Project).where(Project.id == project_id)).one()
        usual: dict[str, Any] = {
            "workspace_id": project.workspace_id,
            "id": row_id,
            "project_id": project.id,
            "kind": "scripted",
            "name": "A forum",
            "base_url": None,
            "config": {},
            "credentials": None,
            "actor_key": encrypt(KEY.decode(), Connection.__tablename__, row_id),
            "zone": "Europe/Paris",
            "state": "ok",
            "is_paused": False,
            "is_pulling": False,
            "calls": 0,
            "most_calls": 100,
            "list_number": 1,
            "created_by": UUID(owner.member_id),
            "created_at": now,
            "updated_at": now,
        }
        made = Connection(**{**usual, **values})
        session.add(made)
    return made


def events_of(connection: Connection) -> list[CommunityEvent]:
    """What is kept of what was done, the earliest first."""
    wanted = select(CommunityEvent).where(CommunityEvent.connection_id == connection.id)
    with reading() as session:
        return list(session.scalars(wanted.order_by(CommunityEvent.at, CommunityEvent.source_id)))


def members_of(connection: Connection) -> dict[str, CommunityMember]:
    """What is kept of members, under their hashes."""
    wanted = select(CommunityMember).where(CommunityMember.connection_id == connection.id)
    with reading() as session:
        return {row.actor: row for row in session.scalars(wanted)}


def fresh(connection: Connection) -> Connection:
    """The row as it is now."""
    with reading() as session:
        return session.scalars(select(Connection).where(Connection.id == connection.id)).one()
