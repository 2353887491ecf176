"""What happens among people."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Event):
    """A member joined the workspace."""

    topic: ClassVar[str] = "member.added"
    about: ClassVar[str] = "member_id"
    member_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class MemberAsked(Event):
    """A member is to be asked once more whether their address is right."""

    topic: ClassVar[str] = "member.asked"
    about: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Event):
    """A member left; ``successor_id`` has taken their open tasks over, None if there were none."""

    topic: ClassVar[str] = "member.removed"
    about: ClassVar[str] = "member_id"
    member_id: UUID
    successor_id: UUID | None
