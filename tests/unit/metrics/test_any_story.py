"""What holds of the figures of any community."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.metrics.stories import D0, ZONE, on
from tracker.connectors.figures import Role, Sample
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.months import fold
from tracker.metrics.formulas.story import Act, MonthOf, Person, Story

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = 200 * 24
KINDS = ("post", "question", "reply", "reaction", "answer_accepted", "rsvp", "checkin", "star")
DAYS = [on(n) for n in (-20, 0, 29, 45, 60, 91)]
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Paris", "America/Los_Angeles", "Asia/Tokyo")]
PARTS_OF_MEMBERS = {
    *("engagement_rate", "contribution_rate", "engagement_rate_of_active", "stickiness"),
    *("activation_rate_7_days", "activation_rate_7_days_with_reactions", "conversion_rate"),
    *("retention_3_months", "retention_member_3_months", "activity_churn", "resurrection"),
    *("established_activity_rate", "no_response_rate", "response_rate_24h", "answer_rate"),
    *("accepted_answer_rate", "question_self_resolution_rate", "peer_answer_share"),
    *("member_content_share", "event_showup", "repeat_attendance", "participation_90_9_1"),
    *("acquisition", "persona_misfit_share", "stickiness_30_days"),
}

hours = st.integers(0, HOURS)
roles: st.SearchStrategy[Role] = st.sampled_from(("member", "member", "member", "staff", "bot"))


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    found = []
    for n in range(draw(st.integers(0, 6))):
        joined = draw(hours)
        left = draw(st.none() | st.integers(joined, HOURS))
        found.append(
            Person(
                f"m{n}",
                draw(roles),
                START + timedelta(hours=joined),
                None if left is None else START + timedelta(hours=left),
                acquisition=draw(st.sampled_from((None, "email"))),
                fits=draw(st.sampled_from((None, True, False))),
            )
        )
    return found


@st.composite
def acts(draw: st.DrawFn) -> list[Act]:
    found = []
    for n in range(draw(st.integers(0, 25))):
        above = draw(st.none() | st.integers(0, 25).map("e{}".format))
        found.append(
            Act(
                f"e{n}",
                draw(st.sampled_from(KINDS)),
                START + timedelta(hours=draw(hours)),
                draw(st.none() | st.integers(0, 7).map("m{}".format)),
                draw(roles),
                above,
                draw(st.sampled_from((None, above))),
            )
        )
    return found


def told(samples: Iterable[Sample]) -> dict[Any, Any]:
    return {
        (s.metric, s.day, s.method, *sorted(s.dims.items())): (s.value, s.count) for s in samples
    }


@settings(max_examples=25, deadline=None)
@given(people(), acts(), st.sampled_from(ZONES))
def test_shares_lie_between_nothing_and_all_and_no_count_is_negative(
    members: list[Person], events: list[Act], zone: ZoneInfo
) -> None:
    for sample in compute(Story(members, events), DAYS, zone):
        if sample.metric in PARTS_OF_MEMBERS:
            assert 0 <= sample.value <= 100 + 1e-9, sample
            assert sample.count, sample
        elif sample.metric not in {
            "net_growth",
            "growth_acquisition_retention_attrition",
            "orbit_gravity",
        }:
            assert sample.value >= 0, sample


@settings(max_examples=25, deadline=None)
@given(people(), acts(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_changes_nothing(
    members: list[Person], events: list[Act], chance: Random
) -> None:
    first = told(compute(Story(members, events), DAYS, ZONE))
    mixed = sorted(members, key=lambda _: chance.random()), [*events]
    chance.shuffle(mixed[1])
    assert told(compute(Story(*mixed), DAYS, ZONE)) == first


@settings(max_examples=25, deadline=None)
@given(people(), acts(), acts())
def test_bots_change_no_figure(members: list[Person], events: list[Act], more: list[Act]) -> None:
    robots = [person._replace(actor=f"r{n}", role="bot") for n, person in enumerate(members)]
    noise = [
        act._replace(source_id=f"r{act.source_id}", actor=f"r{n % 7}", role="bot")
        for n, act in enumerate(more)
    ]
    first = told(compute(Story(members, events), DAYS, ZONE))
    second = told(compute(Story([*members, *robots], [*events, *noise]), DAYS, ZONE))
    assert {key: value for key, value in second.items() if key in first} == first
    assert {value for key, value in second.items() if key not in first} <= {(0.0, None)}


@settings(max_examples=25, deadline=None)
@given(people(), acts(), st.sampled_from(DAYS))
def test_the_past_does_not_depend_on_what_came_later(
    members: list[Person], events: list[Act], day: date
) -> None:
    alone = told(compute(Story(members, events), [day], ZONE))
    among = told(compute(Story(members, events), DAYS, ZONE))
    assert {key: value for key, value in among.items() if key[1] == day} == alone
    over = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    before = [act for act in events if act.at < over]
    assert told(compute(Story(members, before), [day], ZONE)) == alone


@settings(max_examples=25, deadline=None)
@given(people(), acts(), st.integers(0, 200), st.sampled_from(ZONES))
def test_folding_what_is_older_keeps_retention_as_it_was(
    members: list[Person], events: list[Act], cut: int, zone: ZoneInfo
) -> None:
    """Also where a month is folded in pieces, day by day."""
    since = START.astimezone(zone).date() + timedelta(days=cut)
    listed = {person.actor for person in members}  # all who act are, as events are kept
    events = [act for act in events if act.actor in listed]
    old = [act for act in events if act.at.astimezone(zone).date() < since]
    kept = [act for act in events if act.at.astimezone(zone).date() >= since]
    by_day: dict[date, list[Act]] = {}
    for act in old:
        by_day.setdefault(act.at.astimezone(zone).date(), []).append(act)
    months: list[MonthOf] = [month for some in by_day.values() for month in fold(some, zone)]
    whole = told(compute(Story(members, events), DAYS, zone))
    folded = told(compute(Story(members, kept, months, since=since), DAYS, zone))
    for metric in ("retention_3_months", "retention_member_3_months", "activity_churn"):
        assert {k: v for k, v in folded.items() if k[0] == metric} == {
            k: v for k, v in whole.items() if k[0] == metric
        }
    assert {k: v for k, v in folded.items() if k[0] in WITH_EVENTS} == {
        k: v for k, v in whole.items() if k[0] in WITH_EVENTS and is_covered(k, since)
    }


WITH_EVENTS = {"dau": 1, "wau": 7, "mau": 30, "posts": 1, "engagement_rate": 7}


def is_covered(key: Any, since: date) -> bool:
    return bool(key[1] - timedelta(days=WITH_EVENTS[key[0]] - 1) >= since)


def test_the_stories_are_of_the_time_that_is_looked_at() -> None:
    assert START.date() < D0 < START.date() + timedelta(hours=HOURS)
