"""Readings kept: once, in the series they belong to, and never lost when they are corrected."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.test_statements import counted
from tests.personas import Persona
from tracker.connectors.figures import Sample
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics.placing import Origin
from tracker.metrics.reading_models import Reading, Series
from tracker.metrics.storing import Kept, keep_samples
from tracker.projects.models import Project

NOON = datetime(2027, 3, 10, 11, tzinfo=UTC)
TODAY = date(2027, 3, 10)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def a_sample(value: float, day: date = TODAY, **more: Any) -> Sample:
    return Sample(**{"metric": "joins", "method": "native", **more}, day=day, value=value)


@pytest.fixture
def origin(mona: Persona) -> Origin:
    """A forum in Paris, of a project of Mona's."""
    project = mona.creates_a_project()
    with reading() as session:
        workspace_id = session.scalars(select(Project.workspace_id)).first()
    assert workspace_id is not None
    return Origin(workspace_id, UUID(project["id"]), "project", "Forum", "Europe/Paris")


def keeps(origin: Origin, *samples: Sample, now: datetime = NOON) -> Kept:
    with unit_of_work() as session:
        return keep_samples(session, origin, samples, now=now)


def kept() -> list[Any]:
    with reading() as session:
        wanted = select(Reading).order_by(Reading.series_id, Reading.day, Reading.revision)
        return list(session.scalars(wanted))


def test_the_same_value_again_is_nothing(origin: Origin) -> None:
    samples = [a_sample(4, days_ago(5), count=9), a_sample(5, days_ago(4))]
    assert keeps(origin, *samples) == Kept(2, 0, 0)
    before = [(row.day, row.revision, row.at, row.recorded_at) for row in kept()]
    later = NOON + timedelta(hours=3)
    assert keeps(origin, *samples, now=later) == Kept(0, 0, 2)
    assert [(row.day, row.revision, row.at, row.recorded_at) for row in kept()] == before


def test_a_correction_keeps_the_old_value(origin: Origin) -> None:
    keeps(origin, a_sample(4, days_ago(9)))
    later = NOON + timedelta(days=1)
    assert keeps(origin, a_sample(6, days_ago(9)), now=later) == Kept(0, 1, 0)
    assert keeps(origin, a_sample(6, days_ago(9), count=12), now=later) == Kept(0, 1, 0)
    old, between, new = kept()
    assert (old.revision, old.value, old.superseded_at) == (1, 4, later)
    assert (between.revision, between.count, between.superseded_at) == (2, None, later)
    assert (new.revision, new.value, new.count, new.superseded_at) == (3, 6, 12, None)


def test_a_day_is_final_three_days_after_it(origin: Origin) -> None:
    samples = [a_sample(n, days_ago(n)) for n in range(5)]
    keeps(origin, *samples)
    final = {row.day: row.is_final for row in kept()}
    assert [final[days_ago(n)] for n in range(5)] == [False, False, False, True, True]
    assert keeps(origin, *samples, now=NOON + timedelta(days=1)) == Kept(0, 0, 5)
    final = {row.day: row.is_final for row in kept()}
    assert [final[days_ago(n)] for n in range(5)] == [False, False, True, True, True]
    assert {row.revision for row in kept()} == {1}


def test_a_figure_tells_up_to_the_end_of_its_day_or_up_to_now(origin: Origin) -> None:
    keeps(origin, a_sample(1, days_ago(1)), a_sample(2))
    yesterday, today = kept()
    assert yesterday.at == datetime(2027, 3, 9, 23, tzinfo=UTC), "midnight in Paris"
    assert today.at == NOON
    keeps(origin, a_sample(2), now=NOON + timedelta(hours=2))
    assert kept()[-1].at == NOON + timedelta(hours=2), "the same was seen again, later"
    assert kept()[-1].recorded_at == NOON


def test_methods_dimensions_and_origins_are_never_mixed(origin: Origin) -> None:
    different = [
        a_sample(1),
        a_sample(1, method="derived"),
        a_sample(1, metric="leaves"),
        a_sample(1, dims={"channel": "mail"}),
        a_sample(1, dims={"channel": "mail", "country": "fr"}),
    ]
    assert keeps(origin, *different).new == len(different)
    assert keeps(replace(origin, key="another"), *different).new == len(different)
    again = a_sample(1, dims={"country": "fr", "channel": "mail"})
    assert keeps(origin, again) == Kept(0, 0, 1)
    with reading() as session:
        series = list(session.scalars(select(Series)))
    assert len(series) == len({row.series_id for row in kept()}) == 2 * len(different)
    assert {row.zone for row in series} == {"Europe/Paris"}


def test_of_two_words_about_a_day_the_later_holds(origin: Origin) -> None:
    assert keeps(origin, a_sample(1), a_sample(2)) == Kept(1, 0, 1)
    assert [row.value for row in kept()] == [2]


def test_what_is_no_number_is_not_kept(origin: Origin) -> None:
    assert keeps(origin, a_sample(float("nan")), a_sample(float("inf"))) == Kept(0, 0, 2)
    assert keeps(origin) == Kept(0, 0, 0)
    assert kept() == []


def test_statements_do_not_grow_with_the_samples(origin: Origin) -> None:
    found = []
    for size in (2, 1_000):
        samples = [a_sample(n, days_ago(n % 500), metric=f"m{n % 3}") for n in range(size)]
        costs = []
        for more in (0, 0, 1):
            with counted() as statements:
                keeps(origin, *[replace(one, value=one.value + more) for one in samples])
            costs.append(len(statements))
        found.append(costs)
    assert found[0][1:] == found[1][1:]
    assert max(found[0] + found[1]) <= 8


def test_two_who_write_at_once_leave_one_current_reading_a_day(origin: Origin) -> None:
    both, kinds = Barrier(2), ["joins", "leaves"]

    def write(first: int) -> None:
        for step in range(5):
            both.wait()
            samples = [
                a_sample(first + step, days_ago(n), metric=metric, dims={"channel": str(step)})
                for n in range(20)
                for metric in (kinds if first else reversed(kinds))
            ]
            keeps(origin, *samples)

    threads = [Thread(target=write, args=(first,)) for first in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    current = [row for row in kept() if row.superseded_at is None]
    assert len(current) == len({(row.series_id, row.day) for row in current}) == 5 * 2 * 20
    assert len(kept()) == 2 * len(current), "what the first wrote is there, too"


@pytest.fixture
def looked(origin: Origin) -> Any:
    """When the project is to be looked at again; by then both looks had taken place."""
    later = utcnow() + timedelta(hours=5)
    mine = Project.id == origin.project_id

    def ask() -> tuple[bool, bool]:
        with unit_of_work() as session:
            row = session.execute(select(Project.watched_at, Project.figures_at).where(mine)).one()
            session.execute(update(Project).where(mine).values(watched_at=NOON, figures_at=later))
        return (row.watched_at is None, row.figures_at != later)

    ask()
    return ask


def test_what_is_new_has_gates_and_alerts_looked_at(origin: Origin, looked: Any) -> None:
    long_ago = utcnow().date() - timedelta(days=9)
    assert looked() == (False, False)
    keeps(origin, a_sample(1, long_ago), now=utcnow())
    assert looked() == (True, True)
    keeps(origin, a_sample(1, long_ago), now=utcnow())
    assert looked() == (False, False)
    keeps(origin, a_sample(2, long_ago), now=utcnow())
    assert looked() == (True, True)
