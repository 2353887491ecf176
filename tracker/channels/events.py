"""What happens to channels. Addresses are never told, only what may be shown of them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ChannelAsked(Event):
    """A member wants to be reached by a channel: it is asked once whether that is right."""

    topic: ClassVar[str] = "channel.asked"
    about: ClassVar[str] = "channel_id"
    member_id: UUID
    channel_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChannelConfirmed(Event):
    """Somebody at the other end of a channel has confirmed it."""

    topic: ClassVar[str] = "channel.confirmed"
    about: ClassVar[str] = "channel_id"
    member_id: UUID
    channel_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChannelOff(Event):
    """A channel is dead or revoked; without ``channel_id`` it is the member's own address."""

    topic: ClassVar[str] = "channel.off"
    about: ClassVar[str] = "channel_id"
    member_id: UUID
    channel_id: UUID | None
    label: str
    reason: str
