"""The ways to people, and the sending along them."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import and_, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.channels.models import Channel
from tracker.channels.words import Kind, State
from tracker.connectors.letter import Answer, Outcome, Parcel
from tracker.kernel.db import core
from tracker.kernel.secrets import Undecipherable, decrypt
from tracker.people.models import Member

Key = tuple[UUID, UUID]
"""A workspace, and a member or a channel in it."""

OWN_POSITION: Final = 0
"""Where a member's own e-mail address stands among their channels, which may stand before it."""

_M, _C = Member.__table__, Channel.__table__
_PEOPLE: Final = select(
    _M.c.workspace_id, _M.c.id, _M.c.email, _M.c.confirmed_at, _M.c.mail_off_at
).where(
    tuple_(_M.c.workspace_id, _M.c.id).in_(bindparam("keys", expanding=True)),
    _M.c.removed_at.is_(None),
)
_OF_CHANNELS: Final = (
    _C.c.workspace_id,
    _C.c.member_id,
    _C.c.id,
    _C.c.kind,
    _C.c.address,
    _C.c.label,
    _C.c.position,
)
_CHANNELS: Final = (
    select(*_OF_CHANNELS)
    .where(
        tuple_(_C.c.workspace_id, _C.c.member_id).in_(bindparam("keys", expanding=True)),
        _C.c.state == State.ACTIVE,
    )
    .order_by(_C.c.position, _C.c.id)
)
_UNCONFIRMED: Final = (
    select(*_OF_CHANNELS)
    .join(_M, and_(_M.c.workspace_id == _C.c.workspace_id, _M.c.id == _C.c.member_id))
    .where(
        tuple_(_C.c.workspace_id, _C.c.id).in_(bindparam("keys", expanding=True)),
        _C.c.state == State.UNCONFIRMED,
        _M.c.removed_at.is_(None),
    )
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """A way to a person. ``target`` names the breaker of what stands at its end."""

    kind: str
    channel_id: UUID | None  # None: their own e-mail address
    address: str = field(repr=False)
    target: str = ""


def routes_of(session: Session, members: Collection[Key]) -> Mapping[Key, list[Route]]:
    """The confirmed ways to present members, the preferred first; in two statements."""
    keys = {"keys": list(members)}
    found: dict[Key, list[tuple[int, Route]]] = {}
    for one in core(session).execute(_PEOPLE, keys):
        own = Route(Kind.EMAIL, None, one.email, Kind.EMAIL)
        is_open = one.confirmed_at is not None and one.mail_off_at is None
        found[one.workspace_id, one.id] = [(OWN_POSITION, own)] if is_open else []
    for row in core(session).execute(_CHANNELS, keys):
        ways = found.get((row.workspace_id, row.member_id))
        if ways is not None and (way := _route(row)):
            ways.append((row.position, way))
    return {
        key: [way for _place, way in sorted(ways, key=lambda each: each[0])]
        for key, ways in found.items()
    }


def routes_to_confirm(
    session: Session, *, channels: Collection[Key], members: Collection[Key]
) -> Mapping[Key, Route]:
    """Where the one message goes that asks for a confirmation; confirmed ones are absent."""
    found = {}
    for row in core(session).execute(_UNCONFIRMED, {"keys": list(channels)}):
        if way := _route(row):
            found[row.workspace_id, row.id] = way
    for one in core(session).execute(_PEOPLE, {"keys": list(members)}):
        if one.confirmed_at is None and one.mail_off_at is None:
            found[one.workspace_id, one.id] = Route(Kind.EMAIL, None, one.email, Kind.EMAIL)
    return found


def _route(row: Any) -> Route | None:  # a row of _OF_CHANNELS
    try:
        address = decrypt(row.address, Channel.__tablename__, row.id)
    except Undecipherable:
        # Of all those who are to be written to, one cannot be: no reason to write to nobody.
        _log.exception("channel %s cannot be read", row.id)
        return None
    return Route(row.kind, row.id, address, _target(row.kind, row.label))


def _target(kind: str, label: str) -> str:
    """Servers of people's own fail one by one; the large services as a whole."""
    return f"{kind} {label.partition('/')[0]}" if kind in (Kind.MATTERMOST, Kind.HOOK) else kind


class Carrier(Protocol):
    """Takes letters to one kind of address."""

    def deliver(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """Hand in each; answers in the same order. Raises nothing."""
        ...


_carriers: Mapping[str, Carrier] = {}


def use_carriers(carriers: Mapping[str, Carrier]) -> None:
    """Have letters taken by these, by kind of channel; only ``wiring`` and tests call this."""
    global _carriers  # noqa: PLW0603 - one set of carriers for the process is the point
    _carriers = carriers


def deliver(kind: str, parcels: Sequence[Parcel]) -> list[Answer]:
    """Send letters to addresses of one kind: network, no session, no transaction.

    Of kind ``event`` there is nothing to send: what is recorded as sent is announced by that.
    """
    if kind == Kind.EVENT:
        return [Answer(outcome=Outcome.ACCEPTED, detail="announced")] * len(parcels)
    carrier = _carriers.get(kind)
    if carrier is None:
        return [Answer(outcome=Outcome.REFUSED, detail=f"no carrier for {kind}")] * len(parcels)
    return carrier.deliver(parcels)
