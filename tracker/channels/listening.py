"""What channels do about what happens elsewhere."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.channels.models import Channel
from tracker.kernel.hearing import Heard


def forget_channels_of(
    session: Session,
    heard: Heard,
    *,
    now: datetime,  # noqa: ARG001 - each listener is told
) -> None:
    """A member has left: their addresses go, too."""
    session.execute(
        delete(Channel).where(
            Channel.workspace_id == heard.workspace_id,
            Channel.member_id == heard.id_of("member_id"),
        )
    )
