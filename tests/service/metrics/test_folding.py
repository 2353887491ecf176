"""Events are forgotten after 120 days, once each has been counted in its month."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import delete, func, select

from tests.api.test_statements import counted
from tests.personas import Persona
from tests.service.metrics.connected import KEY, connected, events_of, fresh, members_of
from tracker.connectors.figures import Event, EventKind, Page
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics.community_models import CommunityEvent, MemberMonth
from tracker.metrics.connection_models import Connection
from tracker.metrics.folding import KEPT, due, fold_some
from tracker.metrics.keeping import keep_page
from workers.upkeep import fold_old_events

NOW = datetime(2027, 9, 6, 10, tzinfo=UTC)
FIRST_KEPT = date(2027, 5, 9)


@pytest.fixture
def forum(mona: Persona) -> Connection:
    """A forum in Paris whose figures have been made."""
    return connected(mona, dirty_on=None, derived_on=NOW.date(), succeeded_at=NOW)


def an_event(number: int, at: datetime, actor: str = "ana", kind: EventKind = "post") -> Event:
    return Event(f"{number}", kind, at, actor)


def keeps(forum: Connection, *events: Event) -> None:
    with unit_of_work() as session:
        page = Page({}, is_last=True, events=events)
        keep_page(session, forum, page, now=NOW, key=KEY)


def is_told(forum: Connection) -> None:
    """As if figures had been made of everything."""
    with unit_of_work() as session:
        row = session.get(Connection, (forum.workspace_id, forum.id))
        assert row is not None
        row.dirty_on = None


def folds(forum: Connection, most: int = 100) -> int:
    with unit_of_work() as session:
        return fold_some(session, forum.workspace_id, forum.id, now=NOW, most=most)


def months() -> list[tuple[date, bool, int]]:
    with reading() as session:
        rows = session.scalars(select(MemberMonth).order_by(MemberMonth.month, MemberMonth.actor))
        return [(row.month, row.is_active, row.contributions) for row in rows]


def midnight(days: int) -> datetime:
    """The beginning of a day in Paris, counted from the first that is kept."""
    return datetime(2027, 5, 8, 22, tzinfo=UTC) + timedelta(days=days)


def test_whole_days_older_than_120_are_folded(forum: Connection) -> None:
    second = timedelta(seconds=1)
    keeps(
        forum,
        an_event(1, midnight(0)),
        an_event(2, midnight(0) - second),
        an_event(3, midnight(-8) - second),
        an_event(4, midnight(-8) + second, kind="reply"),
        an_event(5, midnight(-9), kind="reaction"),
        an_event(6, midnight(-40), "bea", kind="reaction"),
        an_event(7, midnight(-40), "cleo", kind="leave"),
    )
    is_told(forum)
    assert folds(forum) == 6
    assert [event.source_id for event in events_of(forum)] == ["1"]
    assert months() == [
        (date(2027, 3, 1), True, 0),
        (date(2027, 4, 1), True, 1),
        (date(2027, 5, 1), True, 2),
    ]
    assert fresh(forum).complete_since == FIRST_KEPT
    assert folds(forum) == 0
    assert NOW.date() - KEPT == FIRST_KEPT


def test_who_contributed_first_and_when_is_kept(forum: Connection) -> None:
    keeps(forum, an_event(1, midnight(-50)), an_event(2, midnight(5)))
    is_told(forum)
    folds(forum)
    (member,) = members_of(forum).values()
    assert member.contributed_at == midnight(-50)
    keeps(forum, an_event(3, midnight(6)))
    (member,) = members_of(forum).values()
    assert member.contributed_at == midnight(-50)


def test_small_batches_come_to_the_same(forum: Connection) -> None:
    keeps(forum, *(an_event(n, midnight(-20) + timedelta(hours=n)) for n in range(25)))
    is_told(forum)
    assert [folds(forum, most=10) for _ in range(4)] == [10, 10, 5, 0]
    assert months() == [(date(2027, 4, 1), True, 25)]


class Killed(Exception):
    """The process is gone."""


def dies_while_folding(forum: Connection) -> None:
    with unit_of_work() as session:
        assert fold_some(session, forum.workspace_id, forum.id, now=NOW) == 7
        raise Killed


def test_who_dies_in_the_middle_has_counted_nothing_and_lost_nothing(forum: Connection) -> None:
    keeps(forum, *(an_event(n, midnight(-20)) for n in range(7)))
    is_told(forum)
    with pytest.raises(Killed):
        dies_while_folding(forum)
    assert months() == []
    assert len(events_of(forum)) == 7
    assert folds(forum) == 7
    assert months() == [(date(2027, 4, 1), True, 7)]


def test_two_at_once_count_each_event_once(forum: Connection) -> None:
    keeps(forum, *(an_event(n, midnight(-20) + timedelta(minutes=n)) for n in range(60)))
    is_told(forum)

    def work() -> None:  # whoever finds the other at it does nothing, and comes again
        while events_of(forum):
            folds(forum, most=7)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert months() == [(date(2027, 4, 1), True, 60)]
    assert events_of(forum) == []


def test_events_wait_for_their_figures_but_not_for_ever(forum: Connection) -> None:
    keeps(forum, an_event(1, midnight(-20)))
    assert fresh(forum).dirty_on is not None
    assert folds(forum) == 0
    with unit_of_work() as session:
        row = session.get(Connection, (forum.workspace_id, forum.id))
        assert row is not None
        row.succeeded_at = NOW - timedelta(days=8)
    assert folds(forum) == 1


@pytest.mark.parametrize(
    ("derived", "dirty", "folded"),
    [
        (1, 0, 1),  # only today is still to be told
        (1, 1, 0),
        (7, 20, 0),
        (8, 20, 1),  # nobody makes figures here any more
    ],
)
def test_where_something_happens_every_day_events_are_folded_too(
    forum: Connection, derived: int, dirty: int, folded: int
) -> None:
    keeps(forum, an_event(1, midnight(-20)))
    today = NOW.date()
    with unit_of_work() as session:
        row = session.get(Connection, (forum.workspace_id, forum.id))
        assert row is not None
        row.derived_on = today - timedelta(days=derived)
        row.dirty_on = today - timedelta(days=dirty)
    assert folds(forum) == folded


def test_a_look_costs_the_same_for_few_events_and_many(forum: Connection) -> None:
    costs = []
    for size in (3, 90):
        keeps(forum, *(an_event(n, midnight(-20), f"{n}") for n in range(size)))
        is_told(forum)
        with counted() as statements:
            assert folds(forum) == size
        costs.append(len(statements))
    assert costs[1] <= costs[0] <= 4


def test_the_job_folds_all_that_is_due(forum: Connection, mona: Persona) -> None:
    now = utcnow()
    long_ago, lately = now - timedelta(days=130), now - timedelta(days=100)
    other = connected(mona, dirty_on=None, derived_on=now.date(), succeeded_at=now)
    for one in (forum, other):
        with unit_of_work() as session:
            page = Page({}, is_last=True, events=[an_event(1, long_ago), an_event(2, lately)])
            keep_page(session, one, page, now=now, key=KEY)
        is_told(one)
    fold_old_events()
    with unit_of_work() as session:
        assert due(session, now=now, limit=9) == []
        left = select(func.count()).select_from(CommunityEvent)
        assert session.scalar(left) == 2
        session.execute(delete(CommunityEvent))
    assert [row[2] for row in months()] == [1, 1]
