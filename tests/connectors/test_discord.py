"""What is particular to servers on Discord."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import convert

from tests.connectors.rigs import RIGS, Pulled, Stage, a_stage
from tests.fakes import discord, scripts
from tests.fakes.serving import Told
from tests.fakes.story import D0, busy, golden
from tracker.connectors.discord import parse
from tracker.connectors.discord.invites import taken_up
from tracker.connectors.discord.messages import Message, events
from tracker.connectors.discord.parse import Place
from tracker.connectors.discord.snowflakes import made_at, nobody_before, snowflake
from tracker.connectors.figures import Account
from tracker.connectors.trouble import PlatformError

RIG = next(rig for rig in RIGS if rig.kind == "discord")
TODAY = (D0 + timedelta(days=62)).date()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(RIG, busy()) as made:
        yield made


def refused(stage: Stage, stream: str) -> PlatformError:
    with pytest.raises(PlatformError) as refusal:
        stage.pull(stream, Pulled())
    return refusal.value


def test_ids_tell_when_and_the_one_before_is_nobodys() -> None:
    at = D0 + timedelta(milliseconds=7)
    assert made_at(snowflake(at) + 4711) == at
    assert nobody_before(snowflake(at) + 4711) == snowflake(at) - 1
    assert snowflake(D0.replace(year=2001)) == 0


def test_counts_are_what_the_server_says(stage: Stage) -> None:
    kept = stage.pull("counts", Pulled())
    values = {metric: sample.value for (metric, *_), sample in kept.samples.items()}
    assert values == {"members_total": 230, "members_online": 76}


def test_messages_of_a_day_are_counted_by_its_search(stage: Stage) -> None:
    kept = stage.pull("volume", Pulled())
    days = [D0.date() + timedelta(days=n) for n in (61, 62)]
    people = [act for act in stage.story.written() if act.by != "robo" and act.at <= stage.now]
    wanted = {day: sum(act.at.date() == day for act in people) for day in days}
    assert {one.day: one.value for one in kept.samples.values()} == wanted
    stage.fake.is_indexing = True
    trouble = refused(stage, "volume")
    assert (trouble.trouble, trouble.retry_in) == ("not_ready", timedelta(seconds=2))


def test_the_team_is_counted_by_its_roles_and_without_roles_nobody_is_asked(stage: Stage) -> None:
    kept = stage.pull("staff", Pulled())
    assert [one.value for one in kept.samples.values()] == [1]
    config = {"guild_id": discord.GUILD}
    stage.account = Account(stage.account.base_url, config, stage.account.secrets)
    stage.played.asked.clear()
    assert not stage.pull("staff", Pulled()).samples
    assert not stage.played.asked


def test_joins_by_invitation_are_what_a_counter_grew_since_the_day_began() -> None:
    cursor, first = taken_up({}, {"newsl": 41}, TODAY)
    assert not first
    cursor, found = taken_up(cursor, {"newsl": 44, "fresh": 2}, TODAY)
    cursor, again = taken_up(cursor, {"newsl": 46, "fresh": 2}, TODAY)
    cursor, next_day = taken_up(cursor, {"newsl": 47}, TODAY + timedelta(days=1))
    said = [[(one.dims["channel"], one.value) for one in day] for day in (found, again, next_day)]
    assert said == [[("fresh", 2), ("newsl", 3)], [("fresh", 2), ("newsl", 5)], [("newsl", 1)]]


def test_what_the_bot_may_not_see_is_left_out_and_the_rest_comes(stage: Stage) -> None:
    stage.fake.closed = {"random", "members", "invites"}
    kept = stage.pull_all()
    readable = [act for act in stage.story.written() if stage.story.root(act).channel != "random"]
    assert len(kept.of("post", "reply")) == len(readable)
    for stream in ("members", "invites"):
        assert refused(stage, stream).trouble == "permission"
    stage.fake.closed = {"random", "general"}
    config = {"guild_id": discord.GUILD, "channels": stage.fake._channel("random")}
    stage.account = Account(stage.account.base_url, config, stage.account.secrets)
    assert refused(stage, "past_messages").trouble == "permission"


def test_only_the_chosen_channels_are_read(stage: Stage) -> None:
    config = {**RIG.config, "channels": stage.fake._channel("help")}
    stage.account = Account(stage.account.base_url, config, stage.account.secrets)
    kept = stage.pull_all()
    assert {event.channel for event in kept.events.values()} == {stage.fake._channel("help")}


def test_a_server_that_is_gone_is_told(stage: Stage) -> None:
    config = {"guild_id": "100000000000000009"}
    stage.account = Account(stage.account.base_url, config, stage.account.secrets)
    assert refused(stage, "counts").trouble == "gone"


def test_the_wait_in_the_body_counts_where_it_is_longer(stage: Stage) -> None:
    body = {"message": "You are being rate limited.", "retry_after": 64.57, "global": True}
    stage.played.play(lambda *_: Told(429, body, {"Retry-After": "1"}))
    assert refused(stage, "counts").retry_in == timedelta(seconds=65)


def test_a_limit_amid_short_threads_keeps_what_was_read_and_is_not_asked_again(
    stage: Stage,
) -> None:
    kept = Pulled()
    while kept.pages < 50:
        page = stage.page("past_messages", kept)
        if page.calls > 2:
            break
        kept.keep("past_messages", page)
    stage.played.play(scripts.limited_on(3, 30))
    kept.keep("past_messages", stage.page("past_messages", kept))
    stage.played.play(None)
    asked = len(stage.played.asked)
    with pytest.raises(PlatformError) as refusal:
        stage.page("past_messages", kept)
    assert (refusal.value.trouble, refusal.value.retry_in) == ("throttled", timedelta(seconds=30))
    assert len(stage.played.asked) == asked
    stage.later(timedelta(seconds=30))
    stage.pull("past_messages", kept)
    assert len(kept.of("post", "reply")) == 430


def test_threads_that_are_asleep_are_read_and_their_tag_is_seen() -> None:
    with a_stage(RIG, golden(), D0 + timedelta(days=18)) as stage:
        stage.fake.archived = {"t1", "t2"}
        kept = stage.pull("past_messages", Pulled())
        assert len(kept.of("question")) == 2
        solved = {e.actor for e in kept.events.values() if e.kind == "answer_accepted"}
        assert len(solved) == 2
        assert None in solved


def test_the_tag_of_answered_questions_may_have_a_name_of_its_own() -> None:
    channels = [{"id": "1", "type": 15, "available_tags": [{"id": "5", "name": "Has an Answer "}]}]
    assert parse.solved_tags(channels, {"has an answer"}) == ["5"]
    for tags, found in (("solved", 1), ("Has an answer, SOLVED", 1), ("open", 0)):
        with a_stage(RIG, golden(), D0 + timedelta(days=18)) as told:
            config = {**RIG.config, "solved_tags": tags}
            told.account = Account(told.account.base_url, config, told.account.secrets)
            events = told.pull("past_messages", Pulled()).events.values()
        assert sum(e.kind == "answer_accepted" and e.actor is None for e in events) == found


def test_a_thread_that_came_and_slept_between_two_rounds_is_read_the_next_day(stage: Stage) -> None:
    kept = stage.pull_all()
    at = stage.now + timedelta(hours=1)
    question = stage.story.by_key["m20"].__class__(
        "q", "post", "saul", at, "help", is_question=True
    )
    stage.story.add(question)
    stage.fake.archived = {"q"}
    stage.later(timedelta(hours=21))
    stage.pull("messages", kept)
    assert len(kept.of("question")) == 12


def test_channels_without_news_are_not_asked(stage: Stage) -> None:
    kept = stage.pull_all()
    stage.later(timedelta(hours=6))
    stage.played.asked.clear()
    stage.pull("messages", kept)
    assert len(stage.played.asked) <= 4


def test_who_is_a_bot_a_hook_or_of_the_team_is_told_apart() -> None:
    usual: dict[str, Any] = {"type": 0, "timestamp": "2026-06-01T09:00:00+00:00"}
    rows = [
        usual | {"id": "11", "author": {"id": "1"}},
        usual | {"id": "12", "author": {"id": "2", "bot": True}},
        usual | {"id": "13", "author": {"id": "3"}, "webhook_id": "3"},
        usual | {"id": "14", "author": {"id": "4"}, "type": 7},  # a notice that somebody joined
    ]
    found = events(convert(rows, list[Message]), Place("9", "channel"))
    assert [event.role for event in found] == ["member", "bot", "bot"]
    members = parse.members(
        [
            {"user": {"id": "1"}, "roles": ["300"], "joined_at": "2026-06-01T09:00:00+00:00"},
            {"user": {"id": "2", "bot": True}, "roles": [], "joined_at": "2026-06-01T09:00:00Z"},
            {"user": {"id": "3"}, "roles": [], "joined_at": None},
        ],
        {"300"},
    )
    assert [one.role for one in members] == ["staff", "bot"]
