"""What members did is kept once, under hashes, and in few statements."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.api.tables import dump
from tests.api.test_statements import counted
from tests.personas import Persona
from tests.service.metrics.connected import KEY, connected, events_of, fresh, members_of
from tracker.connectors.figures import Event, EventKind, MemberState, Page
from tracker.kernel.db import unit_of_work
from tracker.metrics.connection_models import Connection
from tracker.metrics.keeping import Kept, keep_page
from tracker.metrics.veiling import veiled

NOW = datetime(2027, 3, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def forum(alice: Persona) -> Connection:
    return connected(alice)


def an_event(number: int, who: str | None = "ann", **more: Any) -> Event:
    kind: EventKind = more.pop("kind", "post")
    at = more.pop("at", NOW - 30 * DAY + timedelta(minutes=number))
    return Event(source_id=f"e{number}", kind=kind, at=at, actor=who, **more)


def a_member(who: str, days_ago: float = 20, **more: Any) -> MemberState:
    return MemberState(who, NOW - days_ago * DAY, **more)


def keep(forum: Connection, *things: Event | MemberState, now: datetime = NOW, **more: Any) -> Kept:
    page = Page(
        cursor={},
        is_last=True,
        events=[one for one in things if isinstance(one, Event)],
        members=[one for one in things if isinstance(one, MemberState)],
        **more,
    )
    with unit_of_work() as session:
        return keep_page(session, forum, page, now=now, key=KEY)


def member(forum: Connection, who: str) -> Any:
    return members_of(forum)[veiled(forum.id, who, KEY)]


# What they did.


def test_the_same_twice_is_once_and_no_news(forum: Connection) -> None:
    page = [an_event(1), an_event(2, "bob", parent="e1", root="e1", channel="général")]
    assert keep(forum, *page) == (2, 2)
    before = dump()
    assert keep(forum, *page) == (2, 0)
    assert keep(forum, *page, page[0]) == (3, 0)
    assert dump() == before
    assert [event.source_id for event in events_of(forum)] == ["e1", "e2"]


def test_a_project_takes_along_what_was_done_in_its_community(
    forum: Connection, alice: Persona
) -> None:
    other = connected(alice)
    keep(forum, an_event(1), a_member("ann"))
    keep(other, an_event(1))
    assert alice.delete(f"/projects/{forum.project_id}").status_code == 204
    assert (events_of(forum), len(events_of(other))) == ([], 1)


def test_what_has_changed_is_news_and_another_kind_is_another_event(forum: Connection) -> None:
    keep(forum, an_event(1), an_event(2))
    assert keep(forum, an_event(1, channel="moved"), an_event(2)) == (2, 1)
    assert keep(forum, an_event(1, kind="question")) == (1, 1)
    assert [event.channel for event in events_of(forum)] == ["moved", None, None]


def test_no_id_of_a_member_is_in_the_database(forum: Connection) -> None:
    keep(forum, an_event(1, "ann.a-very-own-id"), a_member("bob.another-id"))
    assert b"very-own-id" not in dump()
    assert b"another-id" not in dump()
    assert len(next(iter(members_of(forum)))) == 32


def test_ids_that_no_database_takes_are_kept_in_another_form(forum: Connection) -> None:
    wild = ["\x00", "\ud800", "x" * 5000, "zero\x00", "a\nb"]
    page = [Event(text, "post", NOW, text, parent=text, root=text, channel=text) for text in wild]
    assert keep(forum, *page, *page) == (10, 5)
    assert keep(forum, *page) == (5, 0)


def test_the_future_of_a_platform_whose_clock_is_wrong_is_now(forum: Connection) -> None:
    keep(forum, an_event(1, at=NOW + DAY), a_member("bob", -3))
    assert events_of(forum)[0].at == NOW
    assert member(forum, "bob").joined_at == NOW


def test_figures_are_made_anew_from_the_first_day_that_has_news(forum: Connection) -> None:
    late = datetime(2027, 3, 9, 23, 30, tzinfo=UTC)  # the tenth in Paris
    keep(forum, an_event(1, at=late))
    assert fresh(forum).dirty_on == date(2027, 3, 10)
    keep(forum, an_event(2, at=late + DAY))
    assert fresh(forum).dirty_on == date(2027, 3, 10)
    keep(forum, an_event(3, at=late - DAY))
    assert fresh(forum).dirty_on == date(2027, 3, 9)


# Who they are.


def test_whoever_acts_is_known_since_when_and_what_they_did_first(forum: Connection) -> None:
    start = NOW - 10 * DAY
    keep(forum, an_event(3, at=start + 2 * DAY), an_event(2, at=start + DAY, kind="reaction"))
    keep(forum, an_event(1, at=start, kind="join"), an_event(4, at=start + 3 * DAY, role="staff"))
    ann = member(forum, "ann")
    assert (ann.joined_at, ann.contributed_at) == (start, start + 2 * DAY)
    assert (ann.last_seen_at, ann.role, ann.seen_in) == (start + 3 * DAY, "staff", 0)


def test_a_list_knows_better_than_acts(forum: Connection) -> None:
    keep(forum, an_event(1, "ann", role="member"))
    keep(forum, a_member("ann", 50, role="staff", acquisition="invité"))
    keep(forum, an_event(2, "ann"))
    ann = member(forum, "ann")
    assert (ann.joined_at, ann.role, ann.acquisition) == (NOW - 50 * DAY, "staff", "invité")
    assert (ann.seen_in, ann.contributed_at) == (1, an_event(1).at)


LEAVE: EventKind = "leave"


@pytest.mark.parametrize(
    ("acts", "left"),
    [
        ([("join", 0), (LEAVE, 5)], 5),
        ([(LEAVE, 5), ("join", 0)], 5),
        ([("join", 0), (LEAVE, 5), ("join", 6)], None),
        ([("join", 6), (LEAVE, 5), ("join", 0)], None),
        ([("join", 0), (LEAVE, 5), ("join", 6), (LEAVE, 9)], 9),
        ([(LEAVE, 5)], 5),
    ],
)
def test_who_left_and_came_back_is_there_in_whatever_order_it_is_told(
    forum: Connection, acts: Sequence[tuple[EventKind, int]], left: int | None
) -> None:
    page = [
        an_event(number, "ann", kind=kind, at=NOW - (20 - day) * DAY)
        for number, (kind, day) in enumerate(acts)
    ]
    for together in (True, False):
        who = f"ann{together}"
        named = [Event(f"{one.source_id}{together}", one.kind, one.at, who) for one in page]
        for part in [named] if together else [[one] for one in named]:
            keep(forum, *part)
        found = member(forum, who)
        expected = None if left is None else NOW - (20 - left) * DAY
        assert (found.left_at, found.is_left_exact) == (expected, left is not None)


def test_who_is_not_on_the_next_whole_list_has_left_nobody_knows_when(forum: Connection) -> None:
    keep(forum, a_member("ann"), a_member("bob"))
    keep(forum, a_member("cem"), whole_list=True)
    assert all(one.left_at is None for one in members_of(forum).values())
    later = NOW + DAY
    keep(forum, a_member("ann"), now=later)
    assert keep(forum, a_member("cem"), now=later, whole_list=True).new == 1
    bob = member(forum, "bob")
    assert (bob.left_at, bob.is_left_exact) == (later, False)
    assert keep(forum, a_member("bob"), a_member("cem"), now=later + DAY).new == 1
    assert member(forum, "bob").left_at is None
    assert fresh(forum).list_number == 3


def test_a_list_does_not_take_away_who_acts_while_it_is_read(forum: Connection) -> None:
    keep(forum, a_member("ann"))
    keep(forum, an_event(1, "new", at=NOW + timedelta(minutes=1)), now=NOW + timedelta(minutes=1))
    keep(forum, an_event(2, "gone", at=NOW - 90 * DAY))
    keep(forum, a_member("bob"), now=NOW + timedelta(minutes=2), whole_list=True)
    assert member(forum, "new").left_at is None
    gone = member(forum, "gone")
    assert (gone.left_at, gone.is_left_exact) == (NOW - 90 * DAY, False)


def test_an_empty_list_is_not_the_end_of_a_community(forum: Connection) -> None:
    keep(forum, a_member("ann"), whole_list=True)
    assert keep(forum, whole_list=True, now=NOW + DAY) == (0, 0)
    assert member(forum, "ann").left_at is None


def test_a_list_without_news_asks_for_no_new_figures(forum: Connection) -> None:
    keep(forum, a_member("ann"), whole_list=True)
    with unit_of_work() as session:
        row = session.get(Connection, (forum.workspace_id, forum.id))
        assert row is not None
        row.dirty_on = None
    seen = a_member("ann", last_seen_at=NOW)
    assert keep(forum, seen, whole_list=True, now=NOW + DAY) == (1, 0)
    assert (fresh(forum).dirty_on, member(forum, "ann").last_seen_at) == (None, NOW)


# What it costs.


def test_a_page_costs_the_same_for_few_and_for_many(forum: Connection) -> None:
    spent = []
    for size in (3, 600):
        people = [f"{size}-{number}" for number in range(size)]
        events = [
            Event(f"{who}{kind}", kind, NOW, who)
            for who in people
            for kind in ("join", "post", LEAVE)
        ]
        events += [Event(f"{who}-only", LEAVE, NOW, f"{who}-only") for who in people]
        with counted() as statements:
            keep(forum, *events, *(a_member(who) for who in people), whole_list=True)
        spent.append(len(statements))
    assert spent[0] == spent[1] <= 10
