"""Whether members match the personas: told by hand, or from the answers of their introduction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.metrics.community_models import CommunityMember
from tracker.metrics.connection_account import actor_key_of
from tracker.metrics.connection_models import Connection
from tracker.metrics.connection_project import check_project
from tracker.metrics.keeping import note_dirty
from tracker.metrics.storing import look_again
from tracker.metrics.veiling import Veil

MOST: Final = 1_000
_M: Final = CommunityMember.__table__
_KNOWN: Final = select(_M.c.actor, _M.c.joined_at, _M.c.fits).where(
    _M.c.workspace_id == bindparam("workspace_id"),
    _M.c.connection_id == bindparam("connection_id"),
    _M.c.actor.in_(bindparam("actors", expanding=True)),
)
_NOTE: Final = (
    update(_M)
    .where(
        _M.c.workspace_id == bindparam("of_workspace"),
        _M.c.connection_id == bindparam("of_connection"),
        _M.c.actor == bindparam("of_actor"),
    )
    .values(fits=bindparam("told"))
)


def note_fits(
    session: Session, connection: Connection, told: Mapping[str, bool | None], *, now: datetime
) -> list[str]:
    """Keep whether members, by their ids on the platform, fit; those who are not known yet.

    None takes a word back. Figures are made anew from the day on which the first of them joined.
    Raises ProjectClosed.
    """
    check_project(session, connection)
    veil = Veil(connection.id, actor_key_of(connection))
    veils = {member: veil.over(member) for member in told}
    mine = {"workspace_id": connection.workspace_id, "connection_id": connection.id}
    found = core(session).execute(_KNOWN, {**mine, "actors": list(veils.values())})
    known = {row.actor: row for row in found}
    changed = {
        veils[member]: fits
        for member, fits in told.items()
        if veils[member] in known and known[veils[member]].fits is not fits
    }
    if changed:
        place = {"of_workspace": connection.workspace_id, "of_connection": connection.id}
        rows = [{**place, "of_actor": one, "told": fits} for one, fits in changed.items()]
        core(session).execute(_NOTE, rows)
        note_dirty(session, connection, min(known[one].joined_at for one in changed))
        look_again(session, connection.workspace_id, connection.project_id, now=now)
    return [member for member in told if veils[member] not in known]
