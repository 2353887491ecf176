"""What is particular to forums on Discourse."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.connectors.rigs import RIGS, Pulled, Stage, a_stage
from tests.fakes import scripts
from tests.fakes.serving import Told
from tests.fakes.story import D0, Act, busy
from tracker.connectors.discourse import parse
from tracker.connectors.figures import Account
from tracker.connectors.trouble import PlatformError

RIG = next(rig for rig in RIGS if rig.kind == "discourse")
SEEN = (("basis", "seen"),)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(RIG, busy()) as made:
        yield made


def public(stage: Stage) -> Account:
    return Account(stage.account.base_url, {}, {})


def test_a_report_gives_each_day_and_a_day_left_out_had_none() -> None:
    body = {
        "reports": [
            {"type": "signups", "data": [{"x": "2026-11-01", "y": 12}]},
            {"type": "dau_by_mau", "data": [{"x": "2026-11-01", "y": 18.43}]},
            {"type": "posts", "data": [{"x": "2026-11-02", "y": 9}]},
            {"type": "topics", "data": [{"x": "2026-11-02", "y": 4}]},
            {"type": "accepted_solutions", "error": "not_found", "data": None},
            {"type": "of_next_year", "data": [{"x": "2026-11-01", "y": 1}]},
        ]
    }
    found = parse.reports(body, date(2026, 11, 1), date(2026, 11, 2))
    assert [(one.metric, one.day.day, one.value) for one in found] == [
        ("joins", 1, 12),
        ("joins", 2, 0),
        ("stickiness", 1, 18.43),  # a ratio that is left out is unknown
        ("messages", 1, 0),
        ("messages", 2, 9),
        ("posts", 1, 0),
        ("posts", 2, 4),
        ("replies", 1, 0),
        ("replies", 2, 5),
    ]
    assert {one.method for one in found} == {"native"}


def test_reports_are_asked_again_for_as_long_as_a_day_changes(stage: Stage) -> None:
    kept = stage.pull("reports", Pulled())
    days = {day for metric, _, _, day in kept.samples if metric == "joins"}
    assert (min(days), max(days)) == (date(2026, 7, 3), date(2026, 8, 2))
    stage.later(timedelta(days=1))
    stage.played.asked.clear()
    stage.pull("reports", kept)
    (asked,) = stage.played.asked
    assert asked.query["reports[signups][start_date]"] == "2026-07-30"


def test_the_past_of_the_reports_ends_where_there_was_nothing(stage: Stage) -> None:
    kept = stage.pull("past_reports", Pulled())
    joins = {day: one.value for (metric, *_, day), one in kept.samples.items() if metric == "joins"}
    assert sum(joins.values()) == 229
    assert kept.pages == 2


def test_without_a_key_there_is_what_is_public(stage: Stage) -> None:
    stage.account = public(stage)
    kept = Pulled()
    for stream in RIG.source.streams:
        stage.pull(stream.name, kept)
    metrics = {(metric, dims) for metric, _, dims, _ in kept.samples}
    assert metrics == {
        *(("members_total", ()), ("mau", ()), ("mau", SEEN), ("dau", SEEN), ("logins", ())),
    }
    assert len(kept.of("post", "reply")) == 430
    assert not kept.members
    assert not any("admin" in asked.path for asked in stage.played.asked)


def test_older_forums_name_their_counters_differently(stage: Stage) -> None:
    stage.played.play(lambda *_: Told(200, {"about": {"stats": {"user_count": 42}}}))
    kept = stage.pull("about", Pulled())
    assert [one.value for one in kept.samples.values()] == [42]


def test_a_key_that_is_not_of_the_staff_loses_two_streams_only(stage: Stage) -> None:
    stage.fake.is_staff = False
    for stream in ("members", "reports", "past_reports"):
        with pytest.raises(PlatformError) as refused:
            stage.pull(stream, Pulled())
        assert refused.value.trouble == "permission"
    assert len(stage.pull_all().of("post", "reply")) == 430
    with pytest.raises(PlatformError) as refused:
        RIG.source.test(stage.account, now=stage.now)
    assert refused.value.trouble == "permission"


def test_a_forum_that_is_gone_is_told_from_a_part_that_may_not_be_seen(stage: Stage) -> None:
    stage.played.play(lambda *_: stage.fake.forbidden())
    troubles = []
    for stream in ("about", "posts"):
        with pytest.raises(PlatformError) as refused:
            stage.pull(stream, Pulled())
        troubles.append(refused.value.trouble)
    assert troubles == ["gone", "permission"]


def test_a_limit_that_is_told_in_the_body_alone_is_heard(stage: Stage) -> None:
    extras = {"errors": ["slow down"], "error_type": "rate_limit", "extras": {"wait_seconds": 41}}
    stage.played.play(lambda *_: Told(429, extras))
    with pytest.raises(PlatformError) as refused:
        stage.pull("about", Pulled())
    assert refused.value.retry_in == timedelta(seconds=41)


def test_a_page_of_private_posts_is_not_the_end(stage: Stage) -> None:
    written = [act.key for act in stage.story.written()]
    stage.fake.private = set(written[100:250])
    kept = stage.pull_all()
    assert len(kept.of("post", "reply")) == 430 - 150
    assert min(event.at for event in kept.events.values()) == stage.story.acts[0].at


def test_what_is_edited_within_two_days_is_read_again(stage: Stage) -> None:
    kept = stage.pull("posts", Pulled())
    question = Act("q", "post", "saul", stage.now + timedelta(hours=1), "help", is_question=True)
    answer = Act("a", "reply", "member1", stage.now + timedelta(hours=2), "help", "q")
    stage.story.add(question, answer)
    stage.later(timedelta(hours=6))
    stage.pull("posts", kept)
    assert not kept.of("answer_accepted")
    stage.story.acts.remove(answer)
    stage.story.add(replace(answer, is_accepted=True))
    stage.later(timedelta(hours=30))
    stage.pull("posts", kept)
    assert len(kept.of("answer_accepted")) == 1


def test_categories_of_questions_count_whatever_a_title_looks_like(stage: Stage) -> None:
    general = stage.story.channels().index("general") + 5
    config = {"question_categories": str(general)}
    stage.account = Account(stage.account.base_url, config, stage.account.secrets)
    kept = stage.pull_all()
    topics = [act for act in stage.story.acts if act.kind == "post" and act.channel == "general"]
    assert len(kept.of("question")) == len(topics)


def test_a_page_of_members_that_is_wrongly_empty_proves_nothing(stage: Stage) -> None:
    kept = stage.pull("members", Pulled())
    assert len(kept.lists) == 1
    for request in (1, 2, 3):
        stage.played.play(scripts.empty_on(request))
        stage.pull("members", kept)
    stage.played.play(None)
    stage.pull("members", kept)
    assert [len(one) for one in kept.lists] == [229, 229, 229]
    for _ in range(2):  # it stays empty
        stage.played.play(lambda played, _asked: Told(200, []) if played.counted == 1 else None)
        stage.pull("members", kept)
    assert [len(one) for one in kept.lists] == [229, 229, 229, 200]


def test_members_are_told_with_what_the_list_says() -> None:
    rows = [
        {"id": 7, "created_at": "2026-06-01T09:00:00.000Z", "last_seen_at": "2026-06-02T09:00:00Z"},
        {"id": 8, "created_at": "2026-06-01T09:00:00.000Z", "moderator": True},
        {"id": -2, "created_at": "2026-06-01T09:00:00.000Z"},
        {"id": 9, "created_at": "2026-06-01T09:00:00.000Z", "staged": True},
    ]
    found = parse.members(rows)
    assert [(one.actor, one.role) for one in found] == [
        ("7", "member"),
        ("8", "staff"),
        ("-2", "bot"),
    ]
    assert (found[0].joined_at, found[0].last_seen_at) == (D0, D0 + timedelta(days=1))
