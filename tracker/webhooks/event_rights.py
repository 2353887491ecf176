"""Which events a member may be told of, by whatever way: what they could also ask for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tracker.kernel.event_log import Numbered
from tracker.people.rules import Actor, Permission


@dataclass(frozen=True, slots=True)
class Right:
    """What it takes. Without that, only what has one's own id under ``own`` is told."""

    permission: Permission
    own: str | None = None


_LOOK: Final = Right(Permission.LOOK)
_OWN: Final = Right(Permission.SEE_EVERYBODY, own="member_id")
# By family, the word before the point. What stands here for a family is what its routes ask for.
RIGHTS: Final[Mapping[str, Right]] = {
    "alert": _LOOK,
    "baseline": _LOOK,
    "board": _LOOK,
    "channel": _OWN,
    "checklist": _LOOK,
    "connection": _LOOK,
    "gate": _LOOK,
    "member": _LOOK,
    "metric": _LOOK,
    "project": _LOOK,
    "readings": _LOOK,
    "reminder": _OWN,
    "ritual": _LOOK,
    "roster": _LOOK,
    "task": _LOOK,
    "webhook": Right(Permission.MANAGE_PROJECTS),
}


def family_of(topic: str) -> str:
    """The word before the point."""
    return topic.partition(".")[0]


def may_be_told(actor: Actor, event: Numbered) -> bool:
    """Whether ``actor`` may know of ``event``. Of a family that is not known nobody may."""
    right = RIGHTS.get(family_of(event.topic))
    if right is None:
        return False
    return actor.may(right.permission) or _is_own(actor, right, event)


def _is_own(actor: Actor, right: Right, event: Numbered) -> bool:
    return right.own is not None and event.payload.get(right.own) == str(actor.member_id)


def split(actor: Actor, topics: Iterable[str]) -> tuple[list[str], list[str]]:
    """Of ``topics`` those that ``actor`` is told of, and those where only what is theirs."""
    whole, own = [], []
    for topic in topics:
        right = RIGHTS.get(family_of(topic))
        if right is not None and actor.may(right.permission):
            whole.append(topic)
        elif right is not None and right.own is not None:
            own.append(topic)
    return whole, own
