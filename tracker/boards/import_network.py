"""Who waits for whom in a plan that is to be used again, told from relations and days. Pure.

Before launch day a playbook dates by its network alone: each task is given something to wait for,
so that the whole comes out as it lay on the board, at the length that playbooks are written for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from tracker.boards.import_dates import Frame
from tracker.boards.import_drafts import Draft

_REFERENCE_DAYS: Final = 40  # working days of two months, the shortest preparation


@dataclass(frozen=True, slots=True)
class Bond:
    """Waits for the draft of ``card``; ``lag`` is in working days of the reference."""

    card: str
    type: str
    lag: int


@dataclass(frozen=True, slots=True)
class Place:
    """Boundaries between working days, from the first of the preparation on."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Network:
    """``places`` and ``bonds`` of what comes before launch day; ``scale`` is below 1 if shrunk."""

    places: Mapping[str, Place]
    bonds: Mapping[str, Sequence[Bond]]
    scale: float


def network_of(drafts: Sequence[Draft], frame: Frame) -> Network:
    """The network of the drafts that prepare the launch."""
    before = [draft for draft in drafts if draft.phase == "prepare"]
    if not before:
        return Network({}, {}, 1.0)
    calendar = frame.calendar
    first = min(calendar.index(draft.start_on) for draft in before)
    length = max(calendar.index(draft.due_on) + 1 - first for draft in before)
    scale = min(1.0, _REFERENCE_DAYS / length)
    places = {}
    for draft in before:
        start = round((calendar.index(draft.start_on) - first) * scale)
        end = max(start + 1, round((calendar.index(draft.due_on) + 1 - first) * scale))
        places[draft.card.id] = Place(end if draft.is_milestone else start, end)
    return Network(places, dict(_bonds(_ordered(before, places), places)), scale)


def _ordered(drafts: Sequence[Draft], places: Mapping[str, Place]) -> list[Draft]:
    """By their days, and after what they are said to wait for."""
    known = {draft.card.id: draft for draft in drafts}
    number = {card: n for n, card in enumerate(known)}
    waiting = {card: [one for one in known[card].after if one in known] for card in known}
    open_ = {card: len(earlier) for card, earlier in waiting.items()}
    followers: dict[str, list[str]] = {card: [] for card in known}
    for card, earlier in waiting.items():
        for one in earlier:
            followers[one].append(card)
    free: list[tuple[int, int, int, str]] = []

    def release(card: str) -> None:
        heappush(free, (places[card].start, places[card].end, number[card], card))

    for card, count in open_.items():
        if not count:
            release(card)
    ordered = []
    while free:
        card = heappop(free)[-1]
        ordered.append(known[card])
        for follower in followers[card]:
            open_[follower] -= 1
            if not open_[follower]:
                release(follower)
    return ordered


def _bonds(
    ordered: Sequence[Draft], places: Mapping[str, Place]
) -> Iterator[tuple[str, Sequence[Bond]]]:
    """Relations where there are some; else the one before it in its list, or the first of all."""
    last_of: dict[str, str] = {}
    first = ordered[0].card.id
    for draft in ordered:
        card = draft.card.id
        earlier = [one for one in draft.after if one in places]
        if earlier:
            yield card, [_bond(one, places, card) or Bond(one, "FS", 0) for one in earlier]
        elif card != first:
            near = _bond(last_of.get(draft.list_title, first), places, card)
            bond = near or _bond(first, places, card)
            yield card, [bond] if bond else []
        last_of[draft.list_title] = card


def _bond(earlier: str, places: Mapping[str, Place], card: str) -> Bond | None:
    """What puts ``card`` where it is; None where it begins before ``earlier``."""
    before, place = places[earlier], places[card]
    if place.start >= before.end:
        return Bond(earlier, "FS", place.start - before.end)
    if place.start >= before.start:
        return Bond(earlier, "SS", place.start - before.start)
    return None
