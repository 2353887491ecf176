"""When the community will launch, by chance and by progress."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import waits
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link, LinkType
from tracker.projects.forecast.burning import Counted, Week, burn_up
from tracker.projects.forecast.simulation import forecast
from tracker.projects.forecast.values import Uncertain, Work, three_points

MONDAY = date(2027, 3, 1)


def a_task(key: str, *days: int, after: tuple[str | Link, ...] = (), **more: Any) -> Uncertain:
    low, top, high = days if len(days) == 3 else days * 3
    links = tuple(link if isinstance(link, Link) else Link(link) for link in after)
    names: dict[str, Any] = {"optimistic": low, "likely": top, "pessimistic": high}
    return Uncertain(key=key, title=key, after=links, **names, **more)


def some_work(*tasks: Uncertain, **more: Any) -> Work:
    known: dict[str, Any] = {
        "calendar": WorkCalendar(),
        "today": MONDAY,
        "promised_on": date(2027, 3, 12),
    }
    return Work(tasks=tasks, **{**known, **more})


def test_durations_that_are_certain_give_the_day_of_the_plan() -> None:
    work = some_work(a_task("a", 3), a_task("b", 2, after=("a",)), a_task("done", 0, after=("b",)))
    found = forecast(work, seed=1, runs=50)
    assert found.p50 == found.p95 == date(2027, 3, 8), "a to Wednesday, b to Friday"
    assert found.probability == 1.0
    assert found.criticality == (("a", 1.0), ("b", 1.0), ("done", 1.0))


def test_links_of_every_kind_are_waited_for() -> None:
    kinds: tuple[tuple[LinkType, int], ...] = (("FS", 11), ("SS", 5), ("FF", 8), ("SF", 5))
    for kind, day in kinds:
        work = some_work(a_task("a", 4), a_task("b", 3, after=(waits(kind, "a", 1),)))
        assert forecast(work, seed=1, runs=1).p50 == date(2027, 3, day), kind


def test_a_seed_gives_the_same_forecast_and_another_seed_another() -> None:
    work = some_work(*(a_task(f"t{n}", 2, 5, 15) for n in range(9)))
    first = forecast(work, seed=7)
    assert first == forecast(work, seed=7)
    assert first.criticality != forecast(work, seed=8).criticality


def chances(low: int, top: int, high: int) -> dict[int, float]:
    """How often the triangle, rounded to whole days, gives each duration."""

    def below(x: float) -> float:
        if x <= low or x >= high:
            return float(x >= high)
        if x < top:
            return (x - low) ** 2 / ((high - low) * (top - low))
        return 1 - (high - x) ** 2 / ((high - low) * (high - top))

    return {day: below(day + 0.5) - below(day - 0.5) for day in range(low, high + 1)}


def test_two_paths_come_out_as_their_enumeration_says() -> None:
    first, second = (2, 4, 9), (3, 5, 7)
    work = some_work(a_task("a", *first), a_task("b", *second), promised_on=date(2027, 3, 9))
    found = forecast(work, seed=3, runs=20_000)
    pairs = [
        (one, other, p * q)
        for (one, p), (other, q) in product(chances(*first).items(), chances(*second).items())
    ]
    in_time = sum(chance for one, other, chance in pairs if max(one, other) <= 6)
    first_decides = sum(chance for one, other, chance in pairs if one >= other)
    assert found.probability == pytest.approx(in_time, abs=0.02)
    assert dict(found.criticality)["a"] == pytest.approx(first_decides, abs=0.02)


@st.composite
def works(draw: st.DrawFn) -> Work:
    tasks: list[Uncertain] = []
    for n in range(draw(st.integers(1, 12))):
        low, rise, fall = (draw(st.integers(0, 6)) for _ in range(3))
        waited = draw(st.lists(st.integers(1, 4), max_size=2, unique=True))
        kinds: st.SearchStrategy[LinkType] = st.sampled_from(("FS", "FS", "SS", "FF"))
        after = tuple(
            Link(tasks[-back].key, draw(kinds), draw(st.integers(-1, 2)))
            for back in waited
            if back <= n
        )
        tasks.append(a_task(f"t{n}", low + 1, low + 1 + rise, low + 1 + rise + fall, after=after))
    return some_work(*tasks)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(works(), st.data())
def test_percentiles_are_in_order_and_progress_never_gives_a_later_day(
    work: Work, data: st.DataObject
) -> None:
    found = forecast(work, seed=1, runs=60)
    assert found.p50 <= found.p80 <= found.p95
    assert 0 <= found.probability <= 1
    which = data.draw(st.integers(0, len(work.tasks) - 1))
    done = replace(work.tasks[which], started_on=MONDAY, finished_on=MONDAY)
    tasks = tuple(done if n == which else task for n, task in enumerate(work.tasks))
    better = forecast(replace(work, tasks=tasks), seed=1, runs=60)
    assert (better.p50, better.p80, better.p95) <= (found.p50, found.p80, found.p95)
    assert better.probability >= found.probability


def test_a_started_task_ends_today_at_the_earliest() -> None:
    begun = a_task("a", 2, started_on=date(2027, 2, 15))
    assert forecast(some_work(begun), seed=1, runs=1).p50 == date(2027, 3, 2)


def test_nothing_left_to_do_is_over_today() -> None:
    done = a_task("a", 2, started_on=date(2027, 2, 15), finished_on=date(2027, 2, 16))
    found = forecast(some_work(done), seed=1)
    assert (found.p50, found.probability, found.criticality) == (MONDAY, 1.0, ())


def test_estimates_come_from_the_playbook_or_from_the_duration() -> None:
    assert three_points(4, None, None, None) == (3, 4, 7)
    assert three_points(1, 1, None, None) == (1, 1, 2)
    assert three_points(10, 5, 3, 9) == (6, 10, 18), "stretched twofold, as the task was"
    assert three_points(0, 0, None, None) == (0, 0, 0)


def test_a_burn_up_counts_planned_and_done_by_week() -> None:
    tasks = (
        Counted("prepare", date(2027, 3, 3), date(2027, 3, 9)),
        Counted("prepare", date(2027, 3, 7), None),
        Counted("prepare", date(2027, 3, 17), None),
        Counted("prepare", None, date(2027, 3, 10)),
    )
    assert burn_up(tasks, date(2027, 3, 10)) == [
        Week("prepare", date(2027, 3, 1), 2, 0),
        Week("prepare", date(2027, 3, 8), 2, 2),
        Week("prepare", date(2027, 3, 15), 3, None),
    ]
