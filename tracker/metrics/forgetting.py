"""Erasing what is kept of one member: found by the hash of their id, which nobody else can make."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.db import core
from tracker.metrics.community_models import CommunityEvent, CommunityMember, MemberMonth
from tracker.metrics.connection_account import actor_key_of
from tracker.metrics.connection_models import Connection
from tracker.metrics.veiling import veiled
from tracker.people.rules import Actor
from tracker.projects.history import entry

_KEPT_IN: Final[dict[str, Table]] = {
    "members": CommunityMember.__table__,
    "events": CommunityEvent.__table__,
    "months": MemberMonth.__table__,
}


def erase_member(
    session: Session, actor: Actor, connection: Connection, member: str, *, now: datetime
) -> dict[str, int]:
    """Erase a member by their id on the platform; how many rows are gone. Raises Undecipherable.

    Figures stay: nobody is in them by themselves. The history tells that somebody was erased, and
    not who.
    """
    veil = veiled(connection.id, member, actor_key_of(connection))
    mine = (connection.workspace_id, connection.id, veil)
    gone = {name: _erase(session, table, mine) for name, table in _KEPT_IN.items()}
    subject = ("connection", connection.id)
    told = entry(actor, connection.project_id, subject, action="member_erased", changes={}, now=now)
    record(session, told)
    return gone


def _erase(session: Session, table: Table, mine: tuple[UUID, UUID, str]) -> int:
    workspace_id, connection_id, veil = mine
    wanted = delete(table).where(
        table.c.workspace_id == workspace_id,
        table.c.connection_id == connection_id,
        table.c.actor == veil,
    )
    return core(session).execute(wanted).rowcount
