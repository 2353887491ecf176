"""The golden vector, and the figures that others have published, come out exactly."""

from datetime import timedelta

import pytest

from tests.unit.metrics.stories import (
    ZONE,
    act,
    at,
    figures,
    golden_newcomers,
    golden_topics,
    line,
    on,
    person,
    value,
)
from tracker.metrics.formulas.activity import sticky
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.orbit import gravity, love
from tracker.metrics.formulas.story import Story
from tracker.metrics.formulas.survey import counted, margin, nps


def test_one_of_five_newcomers_is_activated_within_seven_days() -> None:
    assert figures(golden_newcomers(), 14)["activation_rate_7_days", on(14)] == (20, 5)


def test_two_are_where_reactions_count() -> None:
    told = figures(golden_newcomers(), 14)
    assert told["activation_rate_7_days_with_reactions", on(14)] == (40, 5)


def test_who_joined_less_than_seven_days_ago_is_in_no_denominator() -> None:
    assert figures(golden_newcomers(), 11)["activation_rate_7_days", on(11)] == (25, 4)


def test_before_anybody_is_old_enough_there_is_no_activation() -> None:
    assert value(golden_newcomers(), "activation_rate_7_days", 5) is None


def test_the_first_response_is_that_of_another_human() -> None:
    told = figures(golden_topics(), 1, 8)
    assert told["ttfr_median", on(8)] == (1, 1)
    assert told["ttfr_p90", on(8)] == (1, 1)
    assert told["animator_first_response_time", on(1)] == (1, 1)
    assert told["ttfr_member", on(8)] == (2, 1)


def test_what_nobody_answered_is_no_wait_and_is_told_beside() -> None:
    told = figures(golden_topics(), 8)
    assert told["no_response_rate", on(8)] == (50, 2)
    assert told["response_rate_24h", on(8)] == (50, 2)


def test_one_of_two_questions_is_answered_and_by_a_member() -> None:
    told = figures(golden_topics(), 8)
    assert told["answer_rate", on(8)] == (50, 2)
    assert told["accepted_answer_rate", on(8)] == (50, 2)
    assert told["peer_answer_share", on(8)] == (100, 1)
    assert told["question_self_resolution_rate", on(8)] == (50, 2)


def test_a_question_that_is_a_post_is_written_once() -> None:
    told = figures(golden_topics(), 0)
    assert (told["posts", on(0)][0], told["questions", on(0)][0]) == (2, 2)
    assert told["replies", on(0)][0] == 2


def test_the_score_of_seven_answers_is_fourteen_point_three() -> None:
    answers = counted([10, 9, 9, 8, 7, 6, 3])
    assert answers == (3, 2, 2)
    assert round(nps(*answers), 1) == 14.3
    assert round(100 * 3 / 7, 1) == 42.9
    lines = [
        line("nps_promoters", [(0, 3)]),
        line("nps_passives", [(0, 2)]),
        line("nps_detractors", [(0, 2)]),
    ]
    told = figures(Story(lines=lines), 0, 1)
    assert told["nps", on(0)] == (pytest.approx(14.2857, abs=1e-4), 7)
    assert ("nps", on(1)) not in told


def test_the_margin_of_the_score_is_that_of_the_difference_of_two_shares() -> None:
    assert round(margin(50, 30, 20), 1) == 15.3
    assert margin(10, 0, 0) == 0


@pytest.mark.parametrize(
    ("dau", "mau", "percent"), [(30, 120, 25.0), (1, 3, 33.34), (2, 3, 66.67), (120, 120, 100.0)]
)
def test_stickiness_is_rounded_up_as_discourse_does(dau: int, mau: int, percent: float) -> None:
    assert sticky(dau, mau) == percent


def test_thirty_of_a_hundred_and_twenty_are_twenty_five_percent() -> None:
    people = [person(f"m{n}", -100) for n in range(130)]
    acts = [act(f"old{n}", "post", at(-n % 28), f"m{n}") for n in range(120)]
    acts = [one._replace(at=at(28 - n % 28 - 1)) for n, one in enumerate(acts)]
    acts += [act(f"new{n}", "post", at(28), f"m{n}") for n in range(30)]
    told = figures(Story(people, acts), 28)
    assert told["dau", on(28)][0] == 30
    assert told["mau", on(28)][0] == 120
    assert told["stickiness", on(28)] == (25.00, 120)


def test_the_stickiness_of_a_period_is_the_mean_of_its_days() -> None:
    people = [person("a", -100), person("b", -100)]
    acts = [act("a1", "post", at(0), "a"), act("b1", "post", at(1), "b")]
    told = figures(Story(people, acts), 0, 1, 2)
    daily = [told["stickiness", on(day)][0] for day in range(3)]
    assert daily == [100, 50, 0]
    assert told["stickiness_30_days", on(2)] == (50, 3)


@pytest.mark.parametrize(
    ("now", "drawn"), [((15, 9, 5, 1), 2.1), ((12, 10, 6, 2), 5.4), ((17, 8, 4, 1), None)]
)
def test_gravity_is_that_of_the_orbit_model(now: tuple[int, ...], drawn: float | None) -> None:
    first, second = (17, 8, 4, 1), (15, 9, 5, 1)
    assert love(first) == 441
    assert love(second) == 504
    if drawn is None:
        assert gravity(now, first) == 0
    else:
        assert gravity(now, first if now == second else second) == pytest.approx(drawn)


def test_levels_follow_presence_and_the_weight_of_what_is_done() -> None:
    people = [person(name, -100) for name in ("once", "week", "month", "quarter", "speaker")]
    presence = {"once": 1, "week": 2, "month": 7, "quarter": 30}
    acts = [
        act(f"{name}{n}", "reaction", at(-n), name)
        for name, days in presence.items()
        for n in range(days)
    ]
    acts.append(act("talk", "checkin", at(0), "speaker", root="e")._replace(weight=10.0))
    samples = compute(Story(people, acts), [on(0)], ZONE)
    levels = {s.dims["level"]: s.value for s in samples if s.metric == "orbit_love"}
    assert levels == {"exploring": 1, "participating": 1, "contributing": 1, "leading": 2}


def test_gravity_compares_with_a_month_before() -> None:
    people = [person("a", -100), person("b", -100)]
    acts = [act("a1", "post", at(-40), "a")]
    acts += [act(f"b{n}", "post", at(-n), "b") for n in range(3)]
    # a explores on both days; b was not there and participates now.
    assert value(Story(people, acts), "orbit_gravity", 0) == pytest.approx((17 - 1) / 2)


def test_staff_and_bots_are_no_members() -> None:
    told = figures(golden_newcomers(), 14, 21)
    assert told["members_total", on(14)][0] == 5
    assert told["members_total", on(21)][0] == 4
    assert told["signups", on(21)][0] == 5
    assert told["dau", on(14)][0] == 0


def test_the_joining_of_all_is_counted_on_their_day() -> None:
    told = figures(golden_newcomers(), 0, 5, 20)
    assert [told["joins", on(day)][0] for day in (0, 5, 20)] == [4, 1, 0]
    assert [told["leaves", on(day)][0] for day in (0, 5, 20)] == [0, 0, 1]
    assert [told["net_growth", on(day)][0] for day in (0, 5, 20)] == [4, 1, -1]


def test_time_to_first_contribution_is_the_median_of_those_who_did() -> None:
    story = golden_newcomers()
    first = timedelta(days=3, hours=1) / timedelta(hours=1)
    second = timedelta(days=9, hours=1) / timedelta(hours=1)
    told = figures(story, 4, 14)
    assert told["time_to_first_contribution", on(4)] == (first, 1)
    assert told["time_to_first_contribution", on(14)] == ((first + second) / 2, 2)
