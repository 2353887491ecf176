"""Figures are made of what is kept: once, of whole days, and by whoever comes first."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tests.service.metrics.connected import KEY, connected, fresh
from tracker.connectors.figures import Event, EventKind, MemberState, Page, Sample
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics import story_queries
from tracker.metrics.connection_models import Connection
from tracker.metrics.deriving import LEASE, _take, derive_due, is_due
from tracker.metrics.deriving_rules import next_look, wanted_days
from tracker.metrics.keeping import keep_page
from tracker.metrics.placing import Origin
from tracker.metrics.reading_models import Reading, Series
from tracker.metrics.storing import keep_samples, look_again
from tracker.projects.models import Project
from workers.metrics import derive_figures

DAY = timedelta(days=1)
TODAY = utcnow().date()


def ago(days: float, hour: int = 10) -> datetime:
    return datetime.combine(TODAY, time(hour), UTC) - days * DAY


@pytest.fixture
def forum(mona: Persona) -> Connection:
    """A forum where three joined, and two wrote."""
    found = connected(mona, zone="UTC")
    people = [MemberState(who, ago(40)) for who in ("ann", "bob", "cleo")]
    keeps(found, an_event("q", "ann", 6, kind="question"), an_event("r", "bob", 5), *people)
    return found


def an_event(name: str, who: str, days: float, kind: EventKind = "reply") -> Event:
    return Event(name, kind, ago(days), who, root="q")


def keeps(forum: Connection, *things: Event | MemberState) -> None:
    events = [one for one in things if isinstance(one, Event)]
    members = [one for one in things if isinstance(one, MemberState)]
    page = Page(cursor={}, is_last=True, events=events, members=members)
    with unit_of_work() as session:
        keep_page(session, forum, page, now=utcnow(), key=KEY)
        look_again(session, forum.workspace_id, forum.project_id, now=utcnow())


def derives(now: datetime | None = None) -> int:
    """Until nothing is due; how many turns that took."""
    turns = 0
    while derive_due(now=now or utcnow()):
        turns += 1
        assert turns < 10
    return turns


def told(metric: str, *, origin: str | None = None) -> dict[date, float]:
    """The readings of one figure as a whole, as they hold now."""
    wanted = (
        select(Reading.day, Reading.value)
        .join(Series, Series.id == Reading.series_id)
        .where(Series.metric == metric, Series.dims_key == "", Reading.superseded_at.is_(None))
    )
    if origin:
        wanted = wanted.where(Series.origin == origin)
    with reading() as session:
        return {row.day: row.value for row in session.execute(wanted)}


def timer(forum: Connection) -> datetime | None:
    with reading() as session:
        wanted = select(Project.figures_at).where(Project.id == forum.project_id)
        return session.scalars(wanted).one()


def brings(forum: Connection, metric: str, values: Sequence[tuple[date, float]]) -> None:
    """What somebody enters by hand."""
    origin = Origin(forum.workspace_id, forum.project_id, "project", "Mona", "UTC")
    samples = [Sample(metric, day, value, "manual") for day, value in values]
    with unit_of_work() as session:
        keep_samples(session, origin, samples, now=utcnow())


def test_the_figures_of_a_connection_are_made_from_its_first_day_on(forum: Connection) -> None:
    derives()
    totals = told("members_total")
    assert (min(totals), max(totals)) == (TODAY - 40 * DAY, TODAY - DAY)
    assert set(totals.values()) == {3}
    assert told("dau")[TODAY - 5 * DAY] == 1
    assert told("ttfr_median")[TODAY - DAY] == 24
    with reading() as session:
        series = session.scalars(select(Series).where(Series.metric == "dau")).one()
    assert (series.method, series.origin, series.source) == ("derived", str(forum.id), "A forum")
    row = fresh(forum)
    assert (row.dirty_on, row.derived_on) == (None, TODAY - DAY)


def test_a_project_is_looked_at_again_after_the_next_midnight(forum: Connection) -> None:
    derives()
    at = timer(forum)
    midnight = datetime.combine(TODAY + DAY, time(), UTC)
    assert at is not None
    assert midnight <= at < midnight + timedelta(hours=1) or at.hour in {21, 22, 23}  # in Paris
    with reading() as session:
        assert not is_due(session, now=utcnow())


def test_nothing_is_made_twice(forum: Connection) -> None:
    derives()
    with reading() as session:
        before = session.execute(select(Reading.series_id, Reading.day, Reading.revision)).all()
    wakes(forum)
    assert derives() == 1
    with reading() as session:
        after = session.execute(select(Reading.series_id, Reading.day, Reading.revision)).all()
    assert sorted(after) == sorted(before)


def wakes(forum: Connection) -> None:
    with unit_of_work() as session:
        look_again(session, forum.workspace_id, forum.project_id, now=utcnow())


def test_what_comes_late_makes_figures_anew_from_its_day_on(forum: Connection) -> None:
    derives()
    keeps(forum, an_event("late", "cleo", 20))
    assert fresh(forum).dirty_on == TODAY - 20 * DAY
    derives()
    assert told("dau")[TODAY - 20 * DAY] == 1
    assert told("mau")[TODAY - DAY] == 3
    assert fresh(forum).dirty_on is None


def test_what_is_touched_while_figures_are_made_stays_dirty(forum: Connection) -> None:
    """Also where it is the very day from which on they are made."""
    touched: list[Event] = []

    def is_over() -> bool:
        if not touched:
            touched.append(an_event("meanwhile", "cleo", 5))
            keeps(forum, *touched)
        return False

    derives()
    keeps(forum, an_event("first", "ann", 5))
    assert derive_due(now=utcnow(), is_over=is_over)
    assert fresh(forum).dirty_on == TODAY - 5 * DAY
    assert told("dau")[TODAY - 5 * DAY] == 2
    derives()
    assert told("dau")[TODAY - 5 * DAY] == 3
    assert fresh(forum).dirty_on is None


def test_while_more_is_pulled_figures_are_made_once_a_day(forum: Connection) -> None:
    derives()
    with unit_of_work() as session:
        session.execute(update(Connection).values(is_pulling=True))
    keeps(forum, an_event("page", "cleo", 9))
    derives()
    assert told("dau")[TODAY - 9 * DAY] == 0
    derives(utcnow() + DAY)
    assert told("dau")[TODAY - 9 * DAY] == 1
    assert fresh(forum).dirty_on == TODAY - 9 * DAY


def test_figures_of_figures_are_made_whenever_somebody_brings_them(forum: Connection) -> None:
    derives()
    last = TODAY.replace(day=1) - DAY
    brings(forum, "nps_promoters", [(TODAY, 3)])
    brings(forum, "nps_passives", [(TODAY, 2)])
    brings(forum, "nps_detractors", [(TODAY, 2)])
    brings(forum, "animation_spend", [(last, 100)])
    brings(forum, "value_revenue", [(last, 150)])
    derives()
    assert round(told("nps", origin="project")[TODAY], 1) == 14.3
    assert told("measurable_return", origin="project") == {last: 50}
    assert told("community_cost") == {last: 100}


def test_what_was_spent_is_divided_by_those_who_joined_through_a_connection(
    forum: Connection,
) -> None:
    joined = TODAY - 40 * DAY
    brings(forum, "recruitment_spend", [(joined, 90)])
    derives()
    end = joined.replace(day=monthrange(joined.year, joined.month)[1])
    assert told("cost_per_member") == {end: 30}


@pytest.mark.parametrize("state", ["paused", "archived"])
def test_a_project_at_rest_has_no_figures_made(
    mona: Persona, forum: Connection, state: str
) -> None:
    path = f"/projects/{forum.project_id}"
    for act in ("pause",) if state == "paused" else ("cancel", "archive"):
        answer(mona.post(f"{path}/{act}", {"reason": "Rest."}))
    assert timer(forum) is None
    assert derives() == 0
    keeps(forum, an_event("more", "cleo", 3))
    assert timer(forum) is None
    if state == "paused":
        answer(mona.post(f"{path}/resume", {}))
        assert derives() >= 1
        assert told("dau")[TODAY - 3 * DAY] == 1


def test_each_project_is_taken_by_one_of_many(mona: Persona) -> None:
    forums = [connected(mona, zone="UTC") for _ in range(3)]
    for forum in forums:
        keeps(forum, an_event("p", "ann", 3, kind="post"))
    together, turns = Barrier(4), []

    def work() -> None:
        together.wait()
        while derive_due(now=utcnow()):
            turns.append(1)

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(turns) == len(forums)
    with reading() as session:
        series = session.scalars(select(Series.origin).where(Series.metric == "dau"))
        assert sorted(series) == sorted(str(forum.id) for forum in forums)


def test_one_project_is_taken_however_the_database_looks_for_it(mona: Persona) -> None:
    for _ in range(3):
        keeps(connected(mona, zone="UTC"), an_event("p", "ann", 3, kind="post"))
    with unit_of_work() as session:
        if session.connection().dialect.name == "postgresql":
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert _take(session, utcnow()) is not None
        wanted = select(func.count()).where(Project.figures_at <= utcnow())
        assert session.scalar(wanted) == 2


def test_what_a_dead_process_left_is_made_when_its_lease_is_over(forum: Connection) -> None:
    class Killed(BaseException):
        pass

    def dies() -> bool:
        raise Killed

    with pytest.raises(Killed):
        derive_due(now=utcnow(), is_over=dies)
    assert derives() == 0
    assert derives(utcnow() + LEASE) >= 1
    assert fresh(forum).dirty_on is None
    assert told("dau")[TODAY - 5 * DAY] == 1


def test_who_must_stop_lets_go_at_once(forum: Connection) -> None:
    assert derive_due(now=utcnow(), is_over=lambda: True)
    assert told("dau") == {}
    assert fresh(forum).dirty_on is not None
    assert derives() == 1
    assert told("dau")[TODAY - 5 * DAY] == 1


def test_events_are_read_in_pages_without_a_gap(
    forum: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps(forum, *(an_event(f"e{n}", "ann", 3) for n in range(7)))  # all at one instant
    page = story_queries._EVENTS.limit(3)
    monkeypatch.setattr(story_queries, "PAGE", 3)
    monkeypatch.setattr(story_queries, "_EVENTS", page)
    with reading() as session:
        read = list(story_queries.events(session, forum.workspace_id, forum.id, ago(100)))
    assert sorted(act.source_id for act in read) == sorted([*(f"e{n}" for n in range(7)), "q", "r"])


def test_the_number_of_statements_does_not_grow_with_the_community(mona: Persona) -> None:
    sizes = []
    for people in (2, 60):
        forum = connected(mona, zone="UTC")
        derives()
        members = [MemberState(f"m{n}", ago(3)) for n in range(people)]
        keeps(forum, *members, *(an_event(f"p{n}", f"m{n}", 2) for n in range(people)))
        with counted() as statements:
            assert derive_due(now=utcnow())
        sizes.append(len(statements))
    assert sizes[0] == sizes[1] < 60, sizes


def test_the_job_makes_the_figures_of_all_projects_that_are_due(mona: Persona) -> None:
    forums = [connected(mona, zone="UTC") for _ in range(2)]
    for forum in forums:
        keeps(forum, an_event("p", "ann", 3, kind="post"))
    assert derive_figures.apply().state == "SUCCESS"
    assert [fresh(forum).dirty_on for forum in forums] == [None, None]


def test_events_that_are_no_longer_kept_leave_the_old_figures_alone(forum: Connection) -> None:
    derives()
    before = told("mau")
    with unit_of_work() as session:
        session.execute(update(Connection).values(complete_since=TODAY - 20 * DAY))
    keeps(forum, MemberState("dina", ago(30)))
    derives()
    assert told("members_total")[TODAY - 29 * DAY] == 4
    assert told("mau") == before


# The rules.

YESTERDAY = date(2027, 3, 10)
WANTED: list[tuple[Any, ...]] = [
    ("nothing is known yet", None, None, False, None, 0),
    ("it is new", 30, None, False, 30, 31),
    ("it is new and being pulled", 30, None, True, 30, 31),
    ("nothing has happened since", None, 0, False, None, 0),
    ("a night has passed", None, 1, False, 3, 4),
    ("nobody looked for a week", None, 7, False, 7, 8),
    ("something came late", 9, 0, False, 9, 10),
    ("something came late and more may", 9, 0, True, None, 0),
    ("it is ten years old", 3650, None, False, 759, 760),
    ("only today was touched", -1, 0, False, None, 0),
]


def test_the_days_that_are_made(subtests: pytest.Subtests) -> None:
    for name, dirty, derived, is_pulling, first, count in WANTED:
        with subtests.test(name):
            days = wanted_days(
                YESTERDAY,
                None if dirty is None else YESTERDAY - dirty * DAY,
                None if derived is None else YESTERDAY - derived * DAY,
                is_pulling=is_pulling,
            )
            assert len(days) == count
            if days:
                assert (days[0], days[-1]) == (YESTERDAY - first * DAY, YESTERDAY)


def test_the_next_look_is_after_the_first_midnight_of_any_zone() -> None:
    now = datetime(2027, 3, 10, 12, tzinfo=UTC)
    at = next_look(UUID(int=60), ["UTC", "Asia/Tokyo", "Nowhere/Else"], now)
    assert at == datetime(2027, 3, 10, 15, 1, tzinfo=UTC)
    summer = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # the clocks go forward that night
    assert next_look(UUID(int=0), ["Europe/Paris"], summer) == datetime(2027, 3, 28, 22, tzinfo=UTC)
