"""Looking channels up: always those of one member."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.channels.models import Channel
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence

_NO_CHANNEL: Final = Sentence(
    en="You have no such channel. GET /me/channels lists yours.",
    fr="Vous n'avez pas de tel canal. GET /me/channels liste les vôtres.",
)


def _of(workspace_id: UUID, member_id: UUID) -> Select[Channel]:
    return select(Channel).where(
        Channel.workspace_id == workspace_id, Channel.member_id == member_id
    )


def channels(session: Session, workspace_id: UUID, member_id: UUID) -> Sequence[Channel]:
    """A member's channels, the preferred first."""
    wanted = _of(workspace_id, member_id).order_by(Channel.position, Channel.id)
    return session.scalars(wanted).all()


def channel(
    session: Session,
    workspace_id: UUID,
    member_id: UUID,
    channel_id: UUID,
    *,
    to_change: bool = False,
) -> Channel:
    """One channel of a member. Raises NotFound."""
    wanted = _of(workspace_id, member_id).where(Channel.id == channel_id)
    found = session.scalars(wanted.with_for_update() if to_change else wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_CHANNEL)
    return found


def any_channel(session: Session, workspace_id: UUID, channel_id: UUID) -> Channel:
    """A channel, whoever has it, to change it: for its link, and for its sender. NotFound."""
    wanted = select(Channel).where(Channel.workspace_id == workspace_id, Channel.id == channel_id)
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_NO_CHANNEL)
    return found
