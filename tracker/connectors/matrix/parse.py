"""What a homeserver's answers mean. Pure; no text and no name gets past here."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.connectors.days import of_milliseconds
from tracker.connectors.figures import Event, Role, Sample
from tracker.connectors.matrix.names import (
    ACCEPTING,
    BY_BOTS,
    CREATORS_RULE_FROM,
    MODERATES,
    WRITTEN,
)

_ASKS: Final = re.compile(r"\?(?:\s|$)")
SEEN_WITHIN: Final = {"dau": timedelta(days=1), "wau": timedelta(days=7), "mau": timedelta(days=30)}

RoleOf = Callable[[str], Role]


def members_total(joined: int, day: date) -> Sample:
    """How many are in the main room."""
    return Sample("members_total", day, float(joined), "native")


def seen(body: Any, so_far: Mapping[str, int], now: datetime) -> dict[str, int]:
    """How many have been seen lately: what earlier pages counted, and this one."""
    instants = [
        of_milliseconds(int(user["last_seen_ts"]))
        for user in body["users"]
        if user.get("last_seen_ts") and not user.get("deactivated")
    ]
    return {
        metric: so_far.get(metric, 0) + sum(at > now - within for at in instants)
        for metric, within in SEEN_WITHIN.items()
    }


def seen_samples(counted: Mapping[str, int], day: date) -> list[Sample]:
    """Estimates: a client that runs by itself is seen, too."""
    return [
        Sample(metric, day, float(number), "estimated", {"basis": "seen"})
        for metric, number in counted.items()
    ]


def moderators(levels: Any, create: Any) -> set[str]:
    """Who may moderate a room; from version 12 on its makers need not be named."""
    users = levels.get("users") or {}
    found = {str(user) for user, level in users.items() if int(level) >= MODERATES}
    content = create.get("content") or {}
    version = str(content.get("room_version") or "1")
    if version.isdecimal() and int(version) >= CREATORS_RULE_FROM:
        found |= {str(create["sender"]), *map(str, content.get("additional_creators") or ())}
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """What later events of a page need to know of an earlier one."""

    root: str
    actor: str
    role: Role
    is_question: bool
    is_reply: bool
    at: datetime


def events(rows: Any, room: str, role_of: RoleOf, *, is_main: bool) -> list[Event]:
    """What a page of a room's events tells; joins and leaves only of the main room."""
    known: dict[str, _Said] = {}
    found: list[Event] = []
    for row in rows:
        if row["type"] == "m.room.member":
            found += _membership(row, room, role_of) if is_main else ()
        elif row["type"] == "m.reaction":
            found += _reaction(row, room, role_of, known)
        elif row["type"] in WRITTEN:
            found += _message(row, room, role_of, known)
    return found


def _membership(row: Mapping[str, Any], room: str, role_of: RoleOf) -> Iterator[Event]:
    """Comings and goings; to change one's name or picture, or to decline, is neither."""
    unsigned = row.get("unsigned") or {}
    before = (unsigned.get("prev_content") or row.get("prev_content") or {}).get("membership")
    now = row["content"].get("membership")
    who = str(row["state_key"])
    at = of_milliseconds(int(row["origin_server_ts"]))
    if now == "join" and before != "join":
        yield Event(str(row["event_id"]), "join", at, who, role_of(who), channel=room)
    elif now in {"leave", "ban"} and before in {"join", None}:
        yield Event(str(row["event_id"]), "leave", at, who, role_of(who), channel=room)


def _reaction(
    row: Mapping[str, Any], room: str, role_of: RoleOf, known: Mapping[str, _Said]
) -> Iterator[Event]:
    relation = row["content"].get("m.relates_to") or {}
    if relation.get("rel_type") != "m.annotation":  # taken back
        return
    target = str(relation["event_id"])
    said = known.get(target)
    who, at = str(row["sender"]), of_milliseconds(int(row["origin_server_ts"]))
    if relation.get("key") in ACCEPTING and (said is None or _is_answer(said, known)):
        yield _accepted(target, said, room, at)
        if said is not None:
            return
    root = said.root if said else None
    yield Event(str(row["event_id"]), "reaction", at, who, role_of(who), target, root, channel=room)


def _is_answer(said: _Said, known: Mapping[str, _Said]) -> bool:
    root = known.get(said.root)
    return said.is_reply and (root is None or root.is_question)


def _accepted(target: str, said: _Said | None, room: str, at: datetime) -> Event:
    """Who answered is told by the answer; where it stood on an earlier page, nobody says here."""
    if said is None:
        return Event(target, "answer_accepted", at, None, channel=room)
    return Event(
        target,
        "answer_accepted",
        said.at,
        said.actor,
        said.role,
        parent=said.root,
        root=said.root,
        channel=room,
    )


def _message(
    row: Mapping[str, Any], room: str, role_of: RoleOf, known: dict[str, _Said]
) -> Iterator[Event]:
    content = row["content"]
    relation = content.get("m.relates_to") or {}
    if not content or relation.get("rel_type") == "m.replace":  # taken back, or put differently
        return
    own, who = str(row["event_id"]), str(row["sender"])
    thread = relation.get("event_id") if relation.get("rel_type") == "m.thread" else None
    answered = (relation.get("m.in_reply_to") or {}).get("event_id")
    if relation.get("is_falling_back"):  # for clients without threads
        answered = None
    parent = answered or thread
    root = thread or (known[parent].root if parent in known else parent) or own
    said = _Said(
        root=root,
        actor=who,
        role="bot" if content.get("msgtype") == BY_BOTS else role_of(who),
        is_question=not parent and _ASKS.search(str(content.get("body") or "")) is not None,
        is_reply=parent is not None,
        at=of_milliseconds(int(row["origin_server_ts"])),
    )
    known[own] = said
    where: dict[str, Any] = {"parent": parent, "root": root, "channel": room}
    yield Event(own, "reply" if parent else "post", said.at, who, said.role, **where)
    if said.is_question and said.role != "bot":
        yield Event(own, "question", said.at, who, said.role, **where)
