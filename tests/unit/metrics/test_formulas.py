"""How each figure is made of a small story: who counts, what is too early, what has no value."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

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
    split,
    value,
)
from tracker.metrics.formulas.calendar import Calendar
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.story import Act, MonthOf, Person, Story
from tracker.playbooks.dictionary import load_dictionary

PARIS = ZoneInfo("Europe/Paris")
JUNE, JULY, AUGUST, SEPTEMBER = (29, 60, 91, 121)
"""The last days of these months."""


# Nothing is nothing.


def test_an_empty_community_has_no_figures() -> None:
    assert compute(Story(), [on(0)], ZONE) == []
    assert compute(golden_newcomers(), [], ZONE) == []


def test_a_community_without_members_has_counts_and_no_shares() -> None:
    bots = Story([person("robo", role="bot")], [act("p", "post", at(0), "robo", role="bot")])
    told = figures(bots, 0)
    assert {told[key] for key in told} == {(0.0, None)}


def test_whatever_is_told_is_in_the_dictionary_and_by_its_words() -> None:
    lines = [line("recruitment_spend", [(JUNE, 5)], channel="email"), line("joins", [(JUNE, 1)])]
    newcomers, topics = golden_newcomers(), golden_topics()
    story = Story(newcomers.members, [*newcomers.events, *topics.events], lines=lines)
    metrics = load_dictionary().metrics
    for sample in compute(story, [on(JUNE)], ZONE):
        assert metrics[sample.metric].kind == "derived", sample.metric
        assert set(sample.dims) <= set(metrics[sample.metric].dims), sample.metric
        assert sample.count is None or metrics[sample.metric].n, sample.metric


# Who counts.


def test_the_list_of_members_knows_better_who_is_staff() -> None:
    story = Story([person("s", -99, role="staff")], [act("p", "post", at(0), "s")])
    told = figures(story, 0)
    assert told["dau", on(0)][0] == 0
    assert told["animator_posts_per_week", on(0)][0] == 1


def test_who_is_on_no_list_counts_as_active_and_not_as_member() -> None:
    told = figures(Story([person("a")], [act("p", "post", at(0), "guest")]), 0)
    assert told["dau", on(0)][0] == 1
    assert told["engagement_rate", on(0)] == (0, 1)


def test_who_has_left_is_no_engaged_member() -> None:
    people = [person("a", -99), person("b", -99, left=3)]
    acts = [act("a1", "post", at(2), "a"), act("b1", "post", at(2), "b")]
    told = figures(Story(people, acts), 2, 3)
    assert told["engagement_rate", on(2)] == (100, 2)
    assert told["engagement_rate", on(3)] == (100, 1)
    assert told["wau", on(3)][0] == 2


def test_reactions_of_nobody_in_particular_are_counted_by_their_weight() -> None:
    given = act("p", "reaction", at(0), None)._replace(weight=3.0)
    told = figures(Story([person("a")], [given]), 0)
    assert (told["reactions", on(0)][0], told["dau", on(0)][0]) == (3, 0)


# Days.


def test_a_day_is_a_local_one_through_a_change_of_clocks() -> None:
    # In Paris, 25 October 2026 has 25 hours.
    autumn = date(2026, 10, 25)
    first, last = (datetime(2026, 10, day, hour, tzinfo=UTC) for day, hour in ((24, 22), (25, 22)))
    story = Story([Person("a", "member", first)], [Act("p", "post", last, "a")])
    samples = compute(story, [autumn, date(2026, 10, 26)], PARIS)
    told = {(s.metric, s.day): s.value for s in samples if not s.dims}
    assert told["joins", autumn] == told["dau", autumn] == 1
    assert told["dau", date(2026, 10, 26)] == 0


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", date(2026, 3, 29), 23),
        ("Europe/Paris", date(2026, 10, 25), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # its clocks change at midnight
        ("America/New_York", date(2026, 11, 1), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a day that there was not
    ],
)
def test_each_instant_lies_in_one_day(zone: str, day: date, hours: int) -> None:
    known = ZoneInfo(zone)
    calendar = Calendar(date(2011, 12, 1), date(2026, 12, 1), known)
    number = calendar.number(day)
    start = datetime(day.year, day.month, day.day, tzinfo=known).timestamp()
    instants = (datetime.fromtimestamp(start + n * 900, UTC) for n in range(-200, 200))
    assert sum(calendar.day_of(at) == number for at in instants) == hours * 4


def test_seven_days_are_seven_times_24_hours_whatever_the_clocks_do() -> None:
    joined = datetime(2026, 10, 24, 9, tzinfo=UTC)
    late, in_time = (datetime(2026, 10, 31, 9, minute, tzinfo=UTC) for minute in (1, 0))
    for when, rate in ((late, 0), (in_time, 100)):
        story = Story([Person("a", "member", joined)], [Act("p", "post", when, "a")])
        samples = compute(story, [date(2026, 11, 2)], PARIS)
        told = {s.metric: s.value for s in samples}
        assert told["activation_rate_7_days"] == rate


# Activity.


def test_windows_forget_on_their_day() -> None:
    story = Story([person("a", -99)], [act("p", "post", at(0), "a")])
    told = figures(story, 6, 7, 29, 30)
    assert [told["wau", on(day)][0] for day in (6, 7)] == [1, 0]
    assert [told["mau", on(day)][0] for day in (29, 30)] == [1, 0]
    assert ("stickiness", on(30)) not in told


def test_who_comes_back_after_sixty_silent_days_is_resurrected() -> None:
    acts = [act("p", "post", at(0), "a"), act("q", "post", at(90), "a")]
    acts += [act(f"b{n}", "post", at(n * 10), "b") for n in range(12)]
    story = Story([person("a", -99), person("b", -99)], acts)
    told = figures(story, 0, 29, 30, 90, 119)
    assert [told["resurrection", on(day)][0] for day in (0, 29)] == [100, 100]  # silent till then
    assert told["resurrection", on(30)] == (0, 1)
    assert told["resurrection", on(90)] == (50, 2)
    assert told["resurrection", on(119)][0] == 50
    early = Story([person("a", 0), person("c", 85)], [*acts[:1], act("c", "post", at(90), "c")])
    assert value(early, "resurrection", 90) == 0


def test_long_standing_members_are_told_apart_from_newcomers() -> None:
    people = [person("old", -91), person("older", -120), person("new", -10)]
    acts = [act("o", "post", at(0), "old"), act("n", "post", at(0), "new")]
    told = figures(Story(people, acts), 0)
    assert told["established_activity_rate", on(0)] == (50, 2)
    assert told["newcomers_active", on(0)][0] == 1


def test_one_percent_of_the_members_is_heavy_rounded_up() -> None:
    people = [person(f"m{n}", -99) for n in range(101)]
    acts = [act(f"a{n}", "post", at(0), "m0") for n in range(6)]
    acts += [act(f"b{n}", "post", at(0), "m1") for n in range(3)]
    acts += [act("c", "post", at(0), "m2")]
    samples = compute(Story(people, acts), [on(0)], ZONE)
    shares = {
        (s.dims["band"], s.dims["share"]): s.value
        for s in samples
        if s.metric == "participation_90_9_1"
    }
    assert shares["lurkers", "members"] == pytest.approx(98 * 100 / 101)
    assert shares["heavy", "members"] == pytest.approx(2 * 100 / 101)
    assert [shares[band, "content"] for band in ("heavy", "intermittent", "lurkers")] == [90, 10, 0]
    assert figures(Story(people, acts), 0)["contributor_absence_factor", on(0)] == (1, 10)


def test_content_of_animators_is_the_other_side_of_that_of_members() -> None:
    people = [person("a", -99), person("s", -99, role="staff")]
    acts = [act(f"a{n}", "reply", at(0), "a", root="w") for n in range(3)]
    acts += [act("w", "post", at(0), "s", role="staff")]
    told = figures(Story(people, acts), 0)
    assert told["member_content_share", on(0)] == (75, 4)
    assert told["member_to_animator_content_ratio", on(0)] == (3, 1)
    alone = Story(people, acts[:3])
    assert value(alone, "member_to_animator_content_ratio", 0) is None


# Newcomers.


def test_three_days_of_contributions_within_ninety_make_a_regular() -> None:
    people = [person("a"), person("b"), person("c", 1)]
    acts = [act(f"a{n}", "post", at(n * 20), "a") for n in range(3)]
    acts += [act(f"b{n}", "post", at(0), "b") for n in range(5)]
    told = figures(Story(people, acts), 89, 90, 91)
    assert ("conversion_rate", on(89)) not in told
    assert told["conversion_rate", on(90)] == (50, 2)
    assert told["conversion_rate", on(91)] == (pytest.approx(100 / 3), 3)


def test_the_score_of_newcomers_is_at_most_a_hundred_each() -> None:
    people = [person("a"), person("b"), person("old", -99)]
    acts = [act(f"a{n}", "post", at(1), "a") for n in range(7)]
    acts += [act("b1", "reaction", at(1), "b"), act("o", "post", at(1), "old")]
    told = figures(Story(people, acts), 0, 1, 30)
    assert told["member_engagement_score", on(0)] == (0, 2)
    assert told["member_engagement_score", on(1)] == (51, 2)
    assert ("member_engagement_score", on(30)) not in told


def test_arrivals_are_split_by_channel_with_the_unknown_beside() -> None:
    people = [person("a")._replace(acquisition="email"), person("b"), person("c")]
    samples = compute(Story(people), [on(0)], ZONE)
    assert split(samples, "joins", "channel") == {"email": 1, "unknown": 2}
    assert split(samples, "acquisition", "channel") == {
        "email": pytest.approx(100 / 3),
        "unknown": pytest.approx(200 / 3),
    }


def test_the_share_of_misfits_is_one_of_those_who_were_judged() -> None:
    people = [person("a")._replace(fits=False), person("b")._replace(fits=True), person("c")]
    assert figures(Story(people), 0)["persona_misfit_share", on(0)] == (50, 2)
    assert value(Story([person("c")]), "persona_misfit_share", 0) is None


# Loyalty.


def loyal() -> Story:
    people = [person("a", 1), person("b", 2), person("c", 3, left=70), person("d", 40)]
    acts = [act("a1", "post", at(100), "a"), act("d1", "post", at(100), "d")]
    return Story(people, acts)


def test_retention_is_told_at_the_end_of_the_third_month() -> None:
    told = figures(loyal(), AUGUST, SEPTEMBER - 1, SEPTEMBER)
    assert told["retention_3_months", on(SEPTEMBER)] == (pytest.approx(100 / 3), 3)
    assert told["retention_member_3_months", on(SEPTEMBER)] == (pytest.approx(200 / 3), 3)
    assert {day for metric, day in told if metric == "retention_3_months"} == {on(SEPTEMBER)}
    assert value(loyal(), "retention_6_months", SEPTEMBER) is None


def test_retention_is_the_same_of_months_that_were_folded() -> None:
    folded = [MonthOf("a", date(2026, 9, 1), is_active=True, contributions=1)]
    story = Story(loyal().members, months=folded, since=on(SEPTEMBER))
    assert value(story, "retention_3_months", SEPTEMBER) == pytest.approx(100 / 3)


def test_churn_is_of_members_and_of_activity() -> None:
    people = [person("a", -99), person("b", -99), person("c", -99, left=35)]
    acts = [act("a1", "post", at(10), "a"), act("b1", "post", at(10), "b")]
    acts += [act("a2", "post", at(40), "a")]
    told = figures(Story(people, acts), 35, JUNE, JULY)
    assert told["churn_rate", on(35)] == (pytest.approx(100 / 3), 3)
    assert told["activity_churn", on(JULY)] == (50, 2)
    assert ("activity_churn", on(JUNE)) not in told


def test_departures_that_were_only_noticed_are_another_series() -> None:
    noticed = person("a", -99, left=0)._replace(is_left_exact=False)
    samples = compute(Story([noticed, person("b", -99)]), [on(0)], ZONE)
    methods = {sample.metric: sample.method for sample in samples}
    assert methods["leaves"] == methods["churn_rate"] == "snapshot_diff"
    assert methods["members_total"] == methods["joins"] == "derived"


# Answers.


def test_a_reply_below_a_reply_answers_the_topic() -> None:
    acts = [
        act("t", "question", at(0), "a"),
        act("r", "reply", at(0, 11), "a", root="t"),
        Act("q", "reply", at(0, 13), "b", "member", parent="r"),
    ]
    people = [person("a", -99), person("b", -99)]
    assert value(Story(people, acts), "ttfr_median", 0) == 3


def test_replies_that_answer_each_other_in_a_ring_do_no_harm() -> None:
    ring = [Act(f"r{n}", "reply", at(0), "a", parent=f"r{(n + 1) % 3}") for n in range(3)]
    assert value(Story([person("a")], ring), "replies", 0) == 3


def test_a_figure_tells_what_was_known_on_its_day() -> None:
    acts = [act("t", "post", at(0), "a"), act("r", "reply", at(9), "b", root="t")]
    story = Story([person("a", -99), person("b", -99)], acts)
    told = figures(story, 8, 9)
    assert ("ttfr_median", on(8)) not in told
    assert told["ttfr_median", on(9)] == (216, 1)
    assert told["no_response_rate", on(8)] == (100, 1)
    assert told["no_response_rate", on(9)] == (0, 1)


def test_an_answer_of_nobody_known_is_no_share_of_anybody() -> None:
    acts = [act("t", "question", at(0), "a"), act("t", "answer_accepted", at(1), None, root="t")]
    told = figures(Story([person("a", -99)], acts), 8)
    assert told["answer_rate", on(8)] == (100, 1)
    assert told["question_self_resolution_rate", on(8)] == (0, 1)
    assert ("peer_answer_share", on(8)) not in told


# Events.


def test_who_registered_and_came_is_told_by_event() -> None:
    people = [person("a", -99), person("b", -99)]
    acts = [act(f"r{who}", "rsvp", at(0), who, root="e1") for who in "ab"]
    acts += [act("c1", "checkin", at(3), "a", root="e1")]
    acts += [
        act("c2", "checkin", at(9), "a", root="e2"),
        act("c3", "checkin", at(9), "b", root="e2"),
    ]
    told = figures(Story(people, acts), 3, 9)
    assert told["event_showup", on(3)] == (50, 2)
    assert told["repeat_attendance", on(3)] == (0, 1)
    assert told["repeat_attendance", on(9)] == (50, 2)


# What is no longer kept.


def test_what_looks_back_further_than_events_are_kept_has_no_value() -> None:
    story = Story([person("a", -99)], [act("p", "post", at(5), "a")], since=on(0))
    told = figures(story, 5, 6, 28, 29, 118, 119)
    assert ("wau", on(5)) not in told
    assert told["wau", on(6)][0] == 1
    assert [("mau", on(day)) in told for day in (28, 29)] == [False, True]
    assert [("orbit_gravity", on(day)) in told for day in (118, 119)] == [False, False]
    assert told["members_total", on(5)][0] == 1
