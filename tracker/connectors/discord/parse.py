"""What Discord's answers mean. Pure; no text and no name gets past here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from tracker.connectors.days import instant
from tracker.connectors.discord.names import FORUMS, TALKING, WITH_THREADS
from tracker.connectors.discord.snowflakes import made_at
from tracker.connectors.figures import Event, MemberState, Role, Sample

PlaceKind = Literal["channel", "thread", "question", "archive", "archived questions"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages are; an archive is where more such places are listed.

    ``newest`` is the id of the last message in it; ``mark`` is how far it was read. A question is
    a thread of a forum.
    """

    id: str
    kind: PlaceKind
    parent: str = ""
    newest: int = 0
    mark: str = ""

    def row(self) -> list[str]:
        """As it stands in a cursor."""
        return [self.id, self.kind, self.parent, self.mark]


def place_of(row: Sequence[str]) -> Place:
    """The place of a row in a cursor."""
    own, kind, parent, mark = row
    return Place(own, cast("PlaceKind", kind), parent, mark=mark)


def counts(guild: Any, day: date) -> list[Sample]:
    """How many members the server counts, and how many of them are there just now."""
    names = {
        "members_total": "approximate_member_count",
        "members_online": "approximate_presence_count",
    }
    return [Sample(metric, day, float(guild[name]), "native") for metric, name in names.items()]


def staff_total(counts: Any, roles: Collection[str], day: date) -> Sample:
    """How many hold a role of the staff; who holds two is counted twice."""
    held = sum(int(number) for role, number in counts.items() if role in roles)
    return Sample("staff_total", day, float(held), "native")


def messages_total(found: Any, day: date) -> Sample:
    """How many messages people wrote on a day, by Discord's own search."""
    return Sample("messages", day, float(found["total_results"]), "native")


def members(rows: Any, staff_roles: Collection[str]) -> list[MemberState]:
    """A page of members. Guests without a day of joining are none."""
    return [
        MemberState(
            actor=str(row["user"]["id"]),
            joined_at=instant(row["joined_at"]),
            role=_member_role(row, staff_roles),
        )
        for row in rows
        if row["joined_at"]
    ]


def _member_role(row: Mapping[str, Any], staff_roles: Collection[str]) -> Role:
    if row["user"].get("bot"):
        return "bot"
    return "staff" if any(role in staff_roles for role in row["roles"]) else "member"


def last_member(rows: Any) -> int:
    """The highest id on a page, by which it is sorted."""
    return max(int(row["user"]["id"]) for row in rows)


def places(channels: Any) -> list[Place]:
    """Where people talk, and where forums and channels keep old threads."""
    found = [
        Place(str(one["id"]), "channel", newest=int(one.get("last_message_id") or 0))
        for one in channels
        if one["type"] in TALKING
    ]
    archives = [
        Place(str(one["id"]), "archived questions" if one["type"] in FORUMS else "archive")
        for one in channels
        if one["type"] in WITH_THREADS
    ]
    return found + archives


def threads(body: Any, forums: Collection[str]) -> list[Place]:
    """Threads as places; those of forums are questions."""
    return [
        Place(
            str(one["id"]),
            "question" if str(one["parent_id"]) in forums else "thread",
            str(one["parent_id"]),
            int(one.get("last_message_id") or one["id"]),
        )
        for one in body["threads"]
    ]


def solved_tags(channels: Any, names: Collection[str]) -> list[str]:
    """The tags by which forums say that a question is answered."""
    return [
        str(tag["id"])
        for one in channels
        for tag in one.get("available_tags") or ()
        if str(tag["name"]).strip().casefold() in names
    ]


def solved(body: Any, tags: Collection[str]) -> list[Event]:
    """Questions that somebody has tagged as answered; by whose answer, the tag does not say."""
    return [
        Event(
            str(one["id"]),
            "answer_accepted",
            made_at(int(one.get("last_message_id") or one["id"])),
            None,
            root=str(one["id"]),
            channel=str(one["parent_id"]),
        )
        for one in body["threads"]
        if any(str(tag) in tags for tag in one.get("applied_tags") or ())
    ]


def oldest_archiving(body: Any) -> str:
    """Where the next page of an archive begins."""
    return min(str(one["thread_metadata"]["archive_timestamp"]) for one in body["threads"])


def invite_uses(rows: Any) -> dict[str, int]:
    """How often each invitation has been taken up."""
    return {str(row["code"]): int(row.get("uses") or 0) for row in rows}
