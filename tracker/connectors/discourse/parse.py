"""What a forum's answers mean. Pure; no text and no name gets past here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.connectors.days import instant
from tracker.connectors.discourse.names import COUNTERS, REPORTS, VISITORS_TODAY, Named
from tracker.connectors.figures import Event, MemberState, Role, Sample

_REGULAR: Final = 1  # a post that a person wrote
_DAY: Final = timedelta(days=1)


def counters(body: Any, day: date, *, has_reports: bool = False) -> list[Sample]:
    """The public counters. A forum without the number of its members is none: LookupError."""
    stats = body["about"]["stats"]
    found = []
    for names, named in COUNTERS:
        value = next((stats[name] for name in names if stats.get(name) is not None), None)
        if value is not None and not (has_reports and names == VISITORS_TODAY):
            found.append(Sample(named.metric, day, float(value), "native", named.dims))
    if not any(sample.metric == "members_total" for sample in found):
        raise LookupError("users_count")
    return found


def reports(body: Any, since: date, until: date) -> list[Sample]:
    """The daily figures of every report that answered."""
    answered = {
        report["type"]: report["data"]
        for report in body["reports"]
        if report["type"] in REPORTS and report.get("data") is not None
    }
    days = [since + _DAY * n for n in range((until - since).days + 1)]
    found = [
        sample for kind, rows in answered.items() for sample in _daily(REPORTS[kind], rows, days)
    ]
    return [*found, *_replies(found)]


def _daily(named: Named, rows: Sequence[Any], days: Sequence[date]) -> Iterator[Sample]:
    values = {date.fromisoformat(row["x"]): float(row["y"]) for row in rows}
    for day in days:
        if day in values or named.is_count:
            yield Sample(named.metric, day, values.get(day, 0.0), "native", named.dims)


def _replies(samples: Sequence[Sample]) -> Iterator[Sample]:
    """What was written less what began a topic."""
    topics = {sample.day: sample.value for sample in samples if sample.metric == "posts"}
    for sample in samples:
        if sample.metric == "messages" and sample.day in topics:
            replies = max(sample.value - topics[sample.day], 0.0)
            yield Sample("replies", sample.day, replies, "native")


@dataclass(frozen=True, slots=True)
class Posts:
    """A page of posts: what happened, and between which numbers and instants."""

    events: Sequence[Event]
    lowest: int | None  # None: an empty page
    settled: int | None  # the highest number of a post from before ``settles_at``


def posts(body: Any, question_categories: frozenset[str], *, settles_at: datetime) -> Posts:
    """A page of the newest posts, of all kinds; only what people wrote becomes an event."""
    rows = body["latest_posts"]
    ids = [int(row["id"]) for row in rows]
    older = [int(row["id"]) for row in rows if instant(row["created_at"]) < settles_at]
    events = [event for row in rows for event in _events(row, question_categories)]
    return Posts(events, min(ids, default=None), max(older, default=None))


def _events(row: Mapping[str, Any], question_categories: frozenset[str]) -> Iterator[Event]:
    if row["post_type"] != _REGULAR or row.get("hidden") or row.get("deleted_at"):
        return
    topic, number = int(row["topic_id"]), int(row["post_number"])
    root, own = f"{topic}/1", f"{topic}/{number}"
    channel = None if row.get("category_id") is None else str(row["category_id"])
    done_by: dict[str, Any] = {
        "at": instant(row["created_at"]),
        "actor": str(row["user_id"]),
        "role": _role(int(row["user_id"]), row),
        "channel": channel,
        "root": root,
    }
    if number == 1:
        yield Event(own, "post", **done_by)
        if _is_question(row, channel, question_categories):
            yield Event(own, "question", **done_by)
        return
    parent = f"{topic}/{int(row.get('reply_to_post_number') or 1)}"
    yield Event(own, "reply", parent=parent, **done_by)
    if row.get("accepted_answer"):
        yield Event(own, "answer_accepted", parent=root, **done_by)


def _is_question(row: Mapping[str, Any], channel: str | None, categories: frozenset[str]) -> bool:
    """By its category; where nobody named any, by its title, which is read and forgotten."""
    if categories:
        return channel in categories
    return str(row.get("topic_title") or "").rstrip().endswith("?")


def members(rows: Any) -> list[MemberState]:
    """A page of the list of members. Who only ever wrote a mail (staged) is none."""
    return [
        MemberState(
            actor=str(row["id"]),
            joined_at=instant(row["created_at"]),
            role=_role(int(row["id"]), row),
            last_seen_at=instant(row["last_seen_at"]) if row.get("last_seen_at") else None,
        )
        for row in rows
        if not row.get("staged")
    ]


def _role(user_id: int, row: Mapping[str, Any]) -> Role:
    if user_id < 0:  # the system, and those that it plays
        return "bot"
    is_staff = row.get("staff") or row.get("admin") or row.get("moderator")
    return "staff" if is_staff else "member"
