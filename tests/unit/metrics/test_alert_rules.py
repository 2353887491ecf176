"""When a rule on figures is broken, when it is mended, and when nobody can tell."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tracker.metrics.alert_rules import ELDERS, JOINS, MISFITS, Case, judge
from tracker.metrics.alert_said import say_alert
from tracker.metrics.values import Point
from tracker.playbooks.catalog import our_playbook

TODAY = date(2027, 11, 1)


def ago(days: int, value: float, count: int | None = None) -> Point:
    day = TODAY - timedelta(days=days)
    return Point(day, value, count, datetime(day.year, day.month, day.day, tzinfo=UTC), True)


def daily(values: Iterable[float]) -> list[Point]:
    """One value a day, the last one yesterday's."""
    found = list(values)
    return [ago(len(found) - n, value) for n, value in enumerate(found)]


def outcome(kind: str, rule: Mapping[str, Any], *, is_open: bool = False, **more: Any) -> str:
    return judge(kind, rule, Case(TODAY, **{"points": {}, "is_open": is_open, **more})).outcome


LOW = {"metric": "m", "op": "<", "value": 20, "release": 25, "hold_days": 14}
FALL = {"metric": "m", "days": 28, "by": -25}


@pytest.mark.parametrize(
    ("values", "is_open", "wanted"),
    [
        ([30] * 30, False, "quiet"),
        ([30] * 20 + [19] * 10, False, "quiet"),  # not for long enough
        ([30] * 10 + [19] * 20, False, "firing"),
        ([19] * 10, False, "unknown"),  # too young to have lasted
        ([19] * 20 + [22], False, "quiet"),
        ([19] * 20 + [22], True, "firing"),  # better, and not yet good
        ([19] * 20 + [25], True, "quiet"),
        ([], False, "unknown"),
        ([], True, "unknown"),
    ],
)
def test_a_threshold_must_be_missed_for_days_and_passed_by_more(
    values: list[float], is_open: bool, wanted: str
) -> None:
    assert outcome("threshold", LOW, points={"m": daily(values)}, is_open=is_open) == wanted


def test_a_figure_that_is_too_old_says_nothing_of_a_threshold() -> None:
    old = [ago(60, 3), ago(50, 3)]
    assert outcome("threshold", LOW, points={"m": old}) == "unknown"


@pytest.mark.parametrize(
    ("late", "is_open", "wanted"),
    [
        (100, False, "quiet"),
        (76, False, "quiet"),
        (75, False, "firing"),
        (80, True, "firing"),
        (90, True, "quiet"),
    ],
)
def test_a_change_is_told_against_the_equal_window_before(
    late: float, is_open: bool, wanted: str
) -> None:
    values = daily([100] * 28 + [late] * 28)
    assert outcome("change", FALL, points={"m": values}, is_open=is_open) == wanted


@pytest.mark.parametrize("values", [[0] * 56, [5] * 28, [5], []])
def test_a_change_against_nothing_is_unknown(values: list[float]) -> None:
    assert outcome("change", FALL, points={"m": daily(values)}) == "unknown"


def test_a_trend_is_a_line_through_all_days() -> None:
    rule = {"metric": "m", "days": 42, "by": 10}
    rising = daily([10 * 1.02**n for n in range(42)])
    assert outcome("trend", rule, points={"m": rising}) == "firing"
    assert outcome("trend", rule, points={"m": daily([10, 11] * 21)}) == "quiet"
    assert outcome("trend", rule, points={"m": daily([10] * 5)}) == "unknown"


def test_figures_are_missed_only_where_there_were_some() -> None:
    rule = {"days": 7}
    assert outcome("missing", rule) == "unknown"
    assert outcome("missing", rule, read_on=TODAY - timedelta(days=7)) == "quiet"
    assert outcome("missing", rule, read_on=TODAY - timedelta(days=8)) == "firing"


def test_either_growth_or_activity_that_stands_still_is_stagnation() -> None:
    rule = {"metrics": ["signups", "interactions"], "days": 28, "within": 3}
    grows = daily([1000 + 10 * n for n in range(56)])
    lively = daily([50] * 28 + [80] * 28)
    still = daily([50, 51] * 28)
    both = {"signups": grows, "interactions": lively}
    told: Any = {"running": ("signups",)}
    assert outcome("stagnation", rule, points=both, **told) == "quiet"
    assert outcome(
        "stagnation", rule, points={"signups": grows, "interactions": still}, **told
    ) == ("firing")
    flat = daily([1000 + n / 10 for n in range(56)])
    assert outcome("stagnation", rule, points={"signups": flat}, **told) == "firing"


def test_a_few_joiners_who_do_not_fit_say_nothing() -> None:
    rule = {"days": 28, "above": 30, "release": 20, "least": 10}
    for count, value, wanted in ((9, 90, "unknown"), (10, 31, "firing"), (40, 30, "quiet")):
        points = {MISFITS: [ago(1, value, count)]}
        assert outcome("bad_fit", rule, points=points) == wanted
    assert outcome("bad_fit", rule, points={MISFITS: [ago(1, 25, 40)]}, is_open=True) == "firing"
    assert outcome("bad_fit", rule, points={MISFITS: [ago(1, 20, 40)]}, is_open=True) == "quiet"


def test_elders_who_withdraw_are_an_alarm_where_newcomers_arrive() -> None:
    rule = {"older_than": 90, "days": 28, "fall": 20, "rise": 5}
    withdraw = daily([40] * 28 + [30] * 28)
    more, same = daily([2] * 28 + [3] * 28), daily([2] * 56)
    assert outcome("disengagement", rule, points={ELDERS: withdraw, JOINS: more}) == "firing"
    assert outcome("disengagement", rule, points={ELDERS: withdraw, JOINS: same}) == "quiet"
    assert outcome("disengagement", rule, points={ELDERS: daily([40] * 56), JOINS: more}) == "quiet"
    assert outcome("disengagement", rule, points={JOINS: more}) == "unknown"


def test_silence_before_launch_and_right_after_it_is_no_ghost_town() -> None:
    rule = {"metric": "m", "floor": 10, "days": 14}
    points = {"m": daily([3] * 20)}
    assert outcome("ghost_town", rule, points=points) == "quiet"
    for days, wanted in ((13, "quiet"), (14, "firing")):
        launched = TODAY - timedelta(days=days)
        assert outcome("ghost_town", rule, points=points, launched_on=launched) == wanted
    once_busy = {"m": daily([3] * 13 + [12] + [3] * 3)}
    long_ago = TODAY - timedelta(days=90)
    assert outcome("ghost_town", rule, points=once_busy, launched_on=long_ago) == "quiet"


@pytest.mark.parametrize("known", [[ago(2, 3), ago(1, 3)], [ago(14, 3), ago(9, 3)], []])
def test_a_few_days_of_silence_make_no_ghost_town(known: list[Point]) -> None:
    """Read since yesterday, or not any more: nobody knows the fourteen days."""
    rule = {"metric": "m", "floor": 10, "days": 14}
    launched = TODAY - timedelta(days=90)
    assert outcome("ghost_town", rule, points={"m": known}, launched_on=launched) == "unknown"


def test_a_team_is_overloaded_by_members_or_by_hours() -> None:
    rule = {"days": 28, "members_per_animator": 500, "hours_over": 25}
    hours = {"animation_hours_planned": daily([4] * 28), "animation_hours_spent": daily([6] * 28)}
    assert outcome("overload", rule, points=hours) == "firing"
    assert outcome("overload", rule, points={"members_per_animator": [ago(9, 501)]}) == "firing"
    assert outcome("overload", rule, points={"members_per_animator": [ago(9, 500)]}) == "quiet"
    assert outcome("overload", rule, points={"members_per_animator": [ago(63, 501)]}) == "unknown"
    assert outcome("overload", rule) == "unknown"


@pytest.mark.parametrize(
    ("weekly", "wanted"), [(None, "unknown"), (0, "unknown"), (28, "firing"), (34, "quiet")]
)
def test_hours_are_held_against_what_the_project_plans(weekly: float | None, wanted: str) -> None:
    rule = {"days": 28, "hours_over": 25}
    spent = {"animation_hours_spent": daily([6] * 28)}
    assert outcome("overload", rule, points=spent, hours_a_week=weekly) == wanted


def test_every_rule_of_our_playbook_is_judged_and_spoken() -> None:
    names = {"m", "signups", "interactions", MISFITS, ELDERS, JOINS}
    for watch in our_playbook("community-launch").watches:
        named = {watch.values.get("metric", "m"), *watch.values.get("metrics", ())}
        points = {name: [ago(9 - n, 5.5, 50) for n in range(9)] for name in names | named}
        case = Case(TODAY, points, launched_on=TODAY - timedelta(days=400), read_on=TODAY)
        judged = judge(watch.kind, watch.values, case)
        if judged.figures:
            for language in ("en", "fr"):
                assert "{" not in say_alert(watch.kind, watch.title, judged.figures).say(language)
