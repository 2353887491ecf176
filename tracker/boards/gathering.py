"""What there is to do on a board: by what was told, by what differs here, by what was read there.

Everything that was told is written down as items to be compared before it counts as handled, so
that whatever dies afterwards leaves it behind as work. What has changed here is seen by looking.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.boards import recording
from tracker.boards.errand import Errand, Sight
from tracker.boards.merging import agreed_of, flat, owed
from tracker.boards.models import BoardItem
from tracker.boards.ours import Thing
from tracker.connectors.boards import Card

UNSEEN: Final = timedelta(seconds=20)


@dataclass(slots=True)
class Found:
    """What was told: cards to be read again, whether all of it is meant, and who must wait."""

    cards: list[str] = field(default_factory=list)
    is_all: bool = False
    later_at: datetime | None = None


def told(session: Session, errand: Errand, *, reads_all: bool, now: datetime) -> Found:
    """Take what was told in hand. What is not quiet yet is left, unless all was read just now."""
    rows = recording.new_deliveries(session, errand)
    last: dict[str | None, datetime] = {}
    for row in rows:
        last[row.remote_id] = max(row.received_at, last.get(row.remote_id, row.received_at))
    settle = errand.port.settle
    waiting = {} if reads_all else {key: at for key, at in last.items() if at + settle > now}
    recording.handled(
        session, errand, [row.id for row in rows if row.remote_id not in waiting], now
    )
    found = [key for key in last if key not in waiting]
    later = min(waiting.values(), default=None)
    if later is None and len(rows) == recording.DELIVERIES_AT_ONCE:
        later = now - settle
    return Found(
        cards=[key for key in found if key is not None],
        is_all=None in found,
        later_at=later and later + settle,
    )


def missing_rows(errand: Errand, sight: Sight, now: datetime) -> list[BoardItem]:
    """Rows for what is not on the board yet, in the order of the plan."""
    known = {item.object_id for item in sight.items.values()}
    return [
        recording.new_item(
            errand,
            now,
            kind=thing.wanted.kind,
            object_id=thing.id,
            title=thing.wanted.fields["title"],
            state="creating",
            is_dirty=False,
        )
        for thing in sight.ours.things.values()
        if thing.id not in known and not thing.is_over
    ]


def recognised(
    sight: Sight, new: Iterable[BoardItem], cards: Mapping[str, Card]
) -> Iterator[tuple[BoardItem, Card]]:
    """What has a card there already, by its mark: a board may be connected again.

    Of several with one mark the first is it; the others are copies.
    """
    known = {item.remote_id for item in sight.items.values()}
    marked: dict[str | None, Card] = {}
    for key in sorted(cards.keys() - known):
        if not cards[key].is_gone:
            marked.setdefault(cards[key].marker, cards[key])
    for item in new:
        card = marked.get(str(item.object_id))
        if card is not None:
            yield item, card


def stranger_rows(
    errand: Errand, sight: Sight, keys: Iterable[str], cards: Mapping[str, Card], *, now: datetime
) -> list[BoardItem]:
    """Rows for cards that nobody knows here. What was read and is only to be listed is done with.

    What becomes a task is looked at, as is what may have been made by us and never answered.
    """
    is_listed = errand.board.settings.get("created_there") != "task"
    lost = {str(item.object_id) for item in sight.items.values() if item.state == "creating"}
    found = []
    for key in keys:
        card, known = cards.get(key), dict[str, Any]()
        if card is not None and is_listed and card.marker not in lost:
            known = {**recording.as_read(card), "title": card.title, "is_dirty": False}
        found.append(recording.new_item(errand, now, **{"remote_id": key, **known}))
    return found


def touched(sight: Sight, cards: Iterable[str]) -> tuple[list[BoardItem], list[str]]:
    """The items of these cards, and the ids of those that nobody knows here."""
    by_remote = {item.remote_id: item for item in sight.items.values() if item.remote_id}
    known = [by_remote[key] for key in cards if key in by_remote]
    known = [item for item in known if item.state != "ignored"]
    return known, [key for key in cards if key not in by_remote]


def differing(
    errand: Errand, sight: Sight, cards: Mapping[str, Card]
) -> tuple[list[BoardItem], list[str]]:
    """The items whose cards are not as they were agreed on, and the ids of unknown cards."""
    found = [
        item
        for item in sight.items.values()
        if item.remote_id is not None and is_different(errand, item, cards.get(item.remote_id))
    ]
    known = {item.remote_id for item in sight.items.values()}
    strangers = [key for key, card in cards.items() if key not in known and not card.is_gone]
    return found, strangers


def is_different(errand: Errand, item: BoardItem, card: Card | None) -> bool:
    """Whether a card is to be looked at, by how it was read."""
    if item.state == "missing":
        return card is not None and not card.is_gone
    if item.state == "foreign":
        return card is None or card.is_gone or card.title != item.title
    if item.state not in ("in_step", "creating"):
        return False
    if card is None or card.is_gone or card.untidy or card.steps:
        return True
    agreed = agreed_of(item.agreed)
    return agreed is None or spoken(errand, card.fields) != agreed.theirs


def spoken(errand: Errand, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Flat fields, as far as the platform has a place for them."""
    known = errand.port.speaks_of
    return flat({name: value for name, value in fields.items() if name in known})


def places_there(sight: Sight) -> dict[UUID, str]:
    """The ids of the cards of our tasks and gates."""
    return {
        one.object_id: one.remote_id
        for one in sight.items.values()
        if one.object_id and one.remote_id and one.state == "in_step"
    }


def thing_of(
    errand: Errand, sight: Sight, item: BoardItem, there: Mapping[UUID, str]
) -> Thing | None:
    """What of ours an item stands for, with the ids that its predecessors have there."""
    thing = sight.ours.things.get(item.object_id) if item.object_id else None
    return thing and thing.linked(there, errand.port.speaks_of)


def work(errand: Errand, sight: Sight, now: datetime) -> list[BoardItem]:
    """The items about which there is something to do now, in the order of the plan.

    New cards come last: where no more can be made, what stands there is kept in step all the same.
    """
    order = {key: place for place, key in enumerate(sight.ours.things)}
    there = places_there(sight)
    found = [
        item
        for item in sight.items.values()
        if _needs_work(errand, sight, item, there) and (unseen_until(item) or now) <= now
    ]
    return sorted(found, key=lambda item: (item.state == "creating", _place(item, order), item.id))


def unseen_until(item: BoardItem) -> datetime | None:
    """When a card that may have been made would be found: some see new ones after a while only."""
    may_be_there = item.state == "creating" and item.is_dirty and item.remote_id is None
    return item.updated_at + UNSEEN if may_be_there else None


def first_seen(sight: Sight, now: datetime) -> datetime | None:
    """When the first of those that wait for it would be found."""
    waits = [at for item in sight.items.values() if (at := unseen_until(item)) and at > now]
    return min(waits, default=None)


def _place(item: BoardItem, order: Mapping[UUID, int]) -> int:
    return order.get(item.object_id, len(order)) if item.object_id else len(order)


def _needs_work(errand: Errand, sight: Sight, item: BoardItem, there: Mapping[UUID, str]) -> bool:
    if item.object_id is None:
        return item.is_dirty
    thing = thing_of(errand, sight, item, there)
    if thing is None or item.state == "creating":
        return True
    if item.state != "in_step":
        return item.is_dirty
    agreed = agreed_of(item.agreed)
    is_owed = owed(agreed, thing.fields(errand.port.speaks_of), thing.own)
    return item.is_dirty or bool(is_owed) or bool(agreed and agreed.say)
