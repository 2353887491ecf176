"""Looking connections, their streams and their pulls up."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.metrics.connection_models import Connection, Pull, Stream

OPEN_PULLS: Final = ("queued", "running", "throttled")
_NO_CONNECTION: Final = Sentence(
    en="There is no such connection. GET /projects/{id}/connections lists those of a project.",
    fr="Il n'y a pas de telle connexion. GET /projects/{id}/connections liste celles d'un projet.",
)
_NO_PULL: Final = Sentence(
    en="There is no such pull. GET /connections/{id}/pulls lists those of a connection.",
    fr="Il n'y a pas de tel relevé. GET /connections/{id}/pulls liste ceux d'une connexion.",
)


def connection(
    session: Session, workspace_id: UUID, connection_id: UUID, *, to_change: bool = False
) -> Connection:
    """One that was not removed, locked where it is to be changed. Raises NotFound."""
    wanted = select(Connection).where(
        Connection.workspace_id == workspace_id,
        Connection.id == connection_id,
        Connection.removed_at.is_(None),
    )
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_CONNECTION)
    return found


def connections(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Connection]:
    """Those of a project, the oldest first, one more than ``limit``."""
    wanted = select(Connection).where(
        Connection.workspace_id == workspace_id,
        Connection.project_id == project_id,
        Connection.removed_at.is_(None),
    )
    if after:
        wanted = wanted.where(Connection.id > after[0])
    return session.scalars(wanted.order_by(Connection.id).limit(limit + 1)).all()


def count(session: Session, workspace_id: UUID, project_id: UUID) -> int:
    """How many a project has."""
    wanted = select(func.count()).where(
        Connection.workspace_id == workspace_id,
        Connection.project_id == project_id,
        Connection.removed_at.is_(None),
    )
    return int(session.execute(wanted).scalar_one())


def streams(
    session: Session, workspace_id: UUID, connection_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[Stream]]:
    """The streams of each of these connections, by name."""
    wanted = select(Stream).where(
        Stream.workspace_id == workspace_id, Stream.connection_id.in_(connection_ids)
    )
    found: dict[UUID, list[Stream]] = {one: [] for one in connection_ids}
    for stream in session.scalars(wanted.order_by(Stream.name)):
        found[stream.connection_id].append(stream)
    return found


def pulls(
    session: Session,
    workspace_id: UUID,
    connection_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Pull]:
    """Those of a connection, the newest first, one more than ``limit``."""
    wanted = select(Pull).where(
        Pull.workspace_id == workspace_id, Pull.connection_id == connection_id
    )
    if after:
        wanted = wanted.where(Pull.id < after[0])
    return session.scalars(wanted.order_by(Pull.id.desc()).limit(limit + 1)).all()


def pull(session: Session, workspace_id: UUID, pull_id: UUID) -> Pull:
    """One pull or upload. Raises NotFound."""
    wanted = select(Pull).where(Pull.workspace_id == workspace_id, Pull.id == pull_id)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_PULL)
    return found


def open_pulls(session: Session, workspace_id: UUID, connection_id: UUID) -> Sequence[Pull]:
    """What is to be pulled, or being pulled, of a connection; the oldest first."""
    wanted = select(Pull).where(
        Pull.workspace_id == workspace_id,
        Pull.connection_id == connection_id,
        Pull.state.in_(OPEN_PULLS),
    )
    return session.scalars(wanted.order_by(Pull.id)).all()
