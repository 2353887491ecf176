"""Which series speaks for a metric."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.metrics.choosing import METHODS, speaks_for
from tracker.metrics.values import Point, SeriesOf

TODAY = date(2027, 9, 1)
LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)


def a_series(number: int, method: str = "native", **more: Any) -> SeriesOf:
    usual: dict[str, Any] = {
        "metric": "joins",
        "origin": "project",
        "dims": {},
        "definition_version": 1,
        "source": "Forum",
        "zone": "UTC",
        "created_at": LONG_AGO,
    }
    return SeriesOf(id=UUID(int=number), method=method, **{**usual, **more})


def points(*days_ago: int) -> list[Point]:
    return [
        Point(day, 1.0, None, datetime.combine(day, datetime.min.time(), UTC), is_final=True)
        for day in (TODAY - timedelta(days=days) for days in days_ago)
    ]


def test_the_most_trusted_method_speaks() -> None:
    found = {a_series(n, method): points(1, 0) for n, method in enumerate(reversed(METHODS))}
    for method in METHODS:
        spoken = speaks_for(found)
        assert spoken is not None
        assert spoken.method == method
        del found[spoken]
    assert speaks_for(found) is None


def test_of_equal_ones_the_newest_definition_speaks_and_then_the_oldest_series() -> None:
    younger = a_series(1, created_at=LONG_AGO + timedelta(days=9))
    older = a_series(2)
    redefined = a_series(3, definition_version=2, created_at=LONG_AGO + timedelta(days=9))
    found = {younger: points(0), older: points(0), redefined: points(0)}
    assert speaks_for(found) == redefined
    assert speaks_for({younger: points(0), older: points(0)}) == older


def test_the_pinned_series_speaks_even_where_it_is_silent() -> None:
    pinned = a_series(1, "estimated", is_pinned=True)
    assert speaks_for({pinned: [], a_series(2): points(0)}) == pinned


def test_a_series_that_fell_silent_leaves_the_word_to_another() -> None:
    gone, other = a_series(1), a_series(2, "manual")
    assert speaks_for({gone: points(20, 13), other: points(0)}) == gone
    assert speaks_for({gone: points(20, 14), other: points(0)}) == other
    assert speaks_for({gone: points(20), other: []}) == gone


def test_what_is_computed_in_another_way_now_leaves_it_the_word_at_once() -> None:
    derived, noticed = a_series(1, "derived"), a_series(2, "snapshot_diff")
    assert speaks_for({derived: points(2, 1), noticed: points(1)}) == derived
    assert speaks_for({derived: points(3, 2), noticed: points(2, 1)}) == noticed
    elsewhere = a_series(3, "snapshot_diff", origin="another")
    assert speaks_for({derived: points(3, 2), elsewhere: points(1)}) == derived


def test_a_part_never_speaks_for_the_whole() -> None:
    part = a_series(1, dims={"channel": "mail"})
    assert speaks_for({part: points(0)}) is None
    assert speaks_for({part: points(0), a_series(2, "estimated"): points(3)}) == a_series(2)
