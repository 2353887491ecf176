"""What every connector that is pulled must do, whatever its platform."""

import ast
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.rigs import RIGS, Pulled, Rig, Stage, a_stage
from tests.fakes import scripts
from tests.fakes.serving import Asked, Told
from tests.fakes.story import D0, SECRETS, busy, golden, more_of
from tests.house.sources import nodes, sources
from tracker.connectors import wire
from tracker.connectors.figures import Account, Page
from tracker.connectors.trouble import PlatformError
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import LANGUAGES
from tracker.wiring import SOURCES

HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture(params=RIGS, ids=lambda rig: rig.kind)
def rig(request: pytest.FixtureRequest) -> Rig:
    found: Rig = request.param
    return found


@pytest.fixture
def stage(rig: Rig) -> Iterator[Stage]:
    with a_stage(rig, busy()) as made:
        yield made


def written(stage: Stage) -> int:
    return len([act for act in stage.story.written() if act.at <= stage.now])


def refusal(stage: Stage, stream: str, kept: Pulled) -> PlatformError:
    with pytest.raises(PlatformError) as refused:
        stage.pull(stream, kept)
    assert not any(secret in str(refused.value) for secret in stage.account.secrets.values())
    assert "example" not in str(refused.value), "an address"
    return refused.value


def test_no_platform_that_is_pulled_is_left_out() -> None:
    """Which JSON the generic one reads is for whoever connects it: it has tests of its own."""
    pulled = {source.kind for source in SOURCES if source.streams}
    assert pulled - {"http_json"} == {rig.kind for rig in RIGS}


# What comes.


def test_all_that_was_done_is_told_once(stage: Stage) -> None:
    kept = stage.pull_all()
    acts = [act for act in stage.story.written() if act.at <= stage.now]
    assert len(kept.of("post")) == sum(act.kind == "post" for act in acts)
    assert len(kept.of("reply")) == sum(act.kind == "reply" for act in acts)
    assert len(kept.of("question")) == sum(act.is_question for act in acts)
    texts = [event for event in kept.events.values() if event.kind in {"post", "reply"}]
    told, done = sorted(event.at for event in texts), sorted(act.at for act in acts)
    assert all(timedelta() <= b - a < MILLISECOND for a, b in zip(told, done, strict=True))
    assert len({event.actor for event in texts}) == len({act.by for act in acts})


def test_each_reply_leads_to_where_its_thread_began(stage: Stage) -> None:
    kept = stage.pull_all()
    events = kept.events.values()
    assert {event.root for event in events if event.kind == "reply"} <= kept.of("post")
    assert all(event.root == event.source_id for event in events if event.kind == "post")
    assert kept.of("question") <= kept.of("post")


def test_the_golden_story_is_told_by_its_roles(rig: Rig) -> None:
    with a_stage(rig, golden(), D0 + timedelta(days=18)) as stage:
        kept = stage.pull_all()
        if rig.members:
            stage.pull(rig.members, kept)
    (accepted,) = (e for e in kept.events.values() if e.kind == "answer_accepted" and e.actor)
    assert (accepted.source_id, "reply") in kept.events
    assert (str(accepted.root), "question") in kept.events
    said = [event for event in kept.events.values() if event.kind in {"post", "reply"}]
    assert sum(event.role == "bot" for event in said) == 1
    staff = {event.actor for event in said if event.role == "staff"}
    staff |= {member.actor for member in kept.members.values() if member.role == "staff"}
    assert sum(event.actor in staff for event in said) == 2
    assert len([event for event in kept.events.values() if event.kind == "question"]) == 2


def test_a_second_pull_brings_what_is_new_and_asks_little(stage: Stage) -> None:
    kept = stage.pull_all()
    asked = len(stage.played.asked)
    before = set(kept.events)
    new = more_of(stage.story, stage.now + HOUR)
    stage.later(6 * HOUR)
    stage.pull(stage.rig.acts, kept)
    assert before <= set(kept.events)
    assert len(kept.of("post", "reply")) == written(stage)
    assert len(set(kept.events) - before) == len(new)
    assert len(stage.played.asked) - asked <= 9


def test_weeks_of_small_pulls_have_no_gap_and_no_duplicate(rig: Rig) -> None:
    with a_stage(rig, busy(), D0 + timedelta(days=3)) as stage:
        kept = stage.pull_all()
        for _ in range(20):
            stage.later(timedelta(days=1, hours=5))
            stage.pull(rig.acts, kept)
        assert len(kept.of("post", "reply")) == written(stage)


def test_a_pull_that_dies_between_page_and_commit_goes_on_where_it_was(stage: Stage) -> None:
    kept = Pulled()
    for stream in stage.rig.told:
        for _ in range(100):
            stage.page(stream, kept)  # read, and lost
            page = stage.page(stream, kept)
            kept.keep(stream, page)
            if page.is_last:
                break
    assert len(kept.of("post", "reply")) == written(stage)


def test_rows_that_shift_between_pages_are_neither_lost_nor_doubled(stage: Stage) -> None:
    kept = Pulled()
    for stream in stage.rig.told:
        stage.played.play(
            scripts.meanwhile(lambda: more_of(stage.story, stage.now - timedelta(seconds=30)), 2)
        )
        stage.pull(stream, kept)
    stage.played.play(None)
    stage.later(6 * HOUR)
    stage.pull(stage.rig.acts, kept)
    assert len(kept.of("post", "reply")) == written(stage)


def test_a_row_on_two_pages_is_one(stage: Stage) -> None:
    stage.played.play(scripts.repeating)
    kept = stage.pull_all()
    assert len(kept.of("post", "reply")) == written(stage)


def test_members_come_with_their_day_and_role_and_leavers_are_noticed(rig: Rig) -> None:
    with a_stage(rig, busy()) as stage:
        kept = stage.pull(rig.members or rig.acts, Pulled())
        joined = [event.at for event in kept.events.values() if event.kind == "join"]
        joined += [member.joined_at for member in kept.members.values()]
        people = [one for one in stage.story.people.values() if one.role != "bot"]
        assert set(joined) >= {one.joined_at for one in people}
        assert [one.role for one in kept.members.values()].count("staff") == bool(rig.members)
        stage.later(6 * HOUR)
        stage.story.leave("member5", stage.now - HOUR)
        stage.pull(rig.members or rig.acts, kept)
        if rig.members is None:
            (left,) = (event for event in kept.events.values() if event.kind == "leave")
            assert left.at == stage.now - HOUR
            return
        first, second = kept.lists
        assert len(first - second) == 1
        assert second < first


def test_nobody_is_missed_while_others_leave_a_list(rig: Rig) -> None:
    """Who was on the list before and stays is on it again, whoever leaves between its pages."""
    if rig.members is None:
        return  # there is no list: leaves are told
    with a_stage(rig, busy(members=420)) as stage:
        kept = stage.pull(rig.members, Pulled())
        leavers = iter(range(0, 400, 3))

        def leave(_played: scripts.Played, _asked: Asked) -> None:
            stage.story.leave(f"member{next(leavers)}", stage.now)

        stage.played.play(leave)
        stage.pull(rig.members, kept)
        *_, first, second = kept.lists
        gone = sum(one.left_at is not None for one in stage.story.people.values())
        assert gone > 0
        assert 0 <= len(first - second) <= gone
        stage.played.play(None)
        stage.pull(rig.members, kept)
        assert len(first - kept.lists[-1]) == gone


# What goes wrong.


def test_too_much_asked_is_told_with_the_wait_and_loses_nothing(
    stage: Stage, subtests: pytest.Subtests
) -> None:
    kept = Pulled()
    table = {
        "at once": (scripts.limited_on(1, 27), 27),
        "on page two": (scripts.limited_on(2, 9), 9),
        "until a date": (scripts.limited_until_a_date(), 300),
        "by a clock that is wrong": (scripts.limited_until_a_date(timedelta(hours=-7)), 300),
    }
    for name, (script, seconds) in table.items():
        with subtests.test(name):
            stage.played.play(script)
            trouble = refusal(stage, stage.rig.told[0], kept)
            assert trouble.trouble == "throttled"
            assert trouble.retry_in == timedelta(seconds=seconds)
    stage.pull_all(kept)
    assert len(kept.of("post", "reply")) == written(stage)


def test_a_passing_fault_is_told_and_loses_nothing(
    stage: Stage, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Pulled()
    stream = stage.rig.told[0]
    kept.keep(stream, stage.page(stream, kept))
    for name, script, times in (
        ("500 twice", scripts.failing_twice, 2),
        ("half of the JSON", scripts.cut, 1),
        ("broken off", scripts.broken_off, 1),
        ("a page for people", scripts.html, 1),
        ("nothing new, which nobody asked", scripts.unchanged, 1),
    ):
        stage.played.play(script)
        for turn in range(times):
            with subtests.test(f"{name} {turn}"):
                assert refusal(stage, stream, kept).trouble == "transient"
        kept.keep(stream, stage.page(stream, kept))
    with subtests.test("slow"):
        monkeypatch.setattr(wire, "SECONDS", 0.1)
        stage.played.play(scripts.slow(0.4))
        assert refusal(stage, stream, kept).trouble == "transient"
        monkeypatch.undo()
    stage.played.play(None)
    stage.pull_all(kept)
    assert len(kept.of("post", "reply")) == written(stage)


def test_a_token_that_dies_is_told_and_a_new_one_goes_on(stage: Stage) -> None:
    kept = Pulled()
    stage.played.play(scripts.revoked_after(3))
    assert refusal(stage, stage.rig.told[0], kept).trouble == "credential"
    stage.played.play(None)
    stage.pull_all(kept)
    assert len(kept.of("post", "reply")) == written(stage)


def test_a_wrong_token_is_told_in_every_stream(rig: Rig, subtests: pytest.Subtests) -> None:
    with a_stage(rig, busy(members=9, messages=9)) as stage:
        secrets = dict.fromkeys(rig.secrets, "wr0ng")
        stage.account = Account(stage.account.base_url, rig.config, secrets)
        for stream in rig.source.streams:
            with subtests.test(stream.name):
                assert refusal(stage, stream.name, Pulled()).trouble == "credential"
        with pytest.raises(PlatformError) as refused:
            rig.source.test(stage.account, now=stage.now)
        assert refused.value.trouble == "credential"


def test_what_is_not_of_the_documented_shape_is_no_crash_and_no_news(
    rig: Rig, subtests: pytest.Subtests
) -> None:
    shapes: list[Any] = [
        {}, [], 7, "x", True, [None], [{}], [[]], {"errors": ["x"]}, {"latest_posts": 7},
        {"latest_posts": [{"id": "x"}]}, {"latest_posts": [{"id": 1, "created_at": "soon"}]},
        {"about": []}, {"about": {"stats": {}}}, {"reports": [{}]},
        {"reports": [{"type": "posts", "data": [{"x": "2026-13-41", "y": 1}]}]},
        {"chunk": {}}, {"chunk": [{"type": "m.reaction"}]}, {"users": [{"last_seen_ts": "x"}]},
        {"chunk": [{"type": "m.room.message", "content": 7}]}, {"joined_rooms": None},
        [{"id": "x", "type": 0}], [{"user": {"id": 10**30}, "joined_at": 7, "roles": []}],
        {"threads": [{}]}, {"total_results": None}, {"approximate_member_count": "many"},
        {"chunk": [{"type": "m.room.message", "content": {"body": "x"}, "event_id": 1,
                    "sender": "@a:b", "origin_server_ts": 10**40}]},
    ]  # fmt: skip
    with a_stage(rig, busy(members=9, messages=9)) as stage:
        for stream in rig.source.streams:
            for shape in shapes:
                with subtests.test(f"{stream.name} {json.dumps(shape)[:60]}"):
                    stage.played.play(saying(shape))
                    page = page_or_trouble(stage, stream.name)
                    if isinstance(page, PlatformError):
                        assert page.trouble == "transient"
                    else:
                        assert not (page.events)
                        assert not (page.members)
                        assert not (page.whole_list)


def saying(body: Any) -> scripts.Script:
    return lambda _played, _asked: Told(200, body)


def page_or_trouble(stage: Stage, stream: str) -> Page | PlatformError:
    try:
        return stage.page(stream, Pulled())
    except PlatformError as error:
        return error


# What must not leave, and what must not be leant on.


def test_no_text_no_name_and_no_token_gets_past_a_connector(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told: list[Any] = [stage.rig.source.test(stage.account, now=stage.now)]
        for stream in stage.rig.source.streams:
            kept = Pulled()
            for _ in range(100):
                page = stage.page(stream.name, kept)
                told.append(page)
                kept.keep(stream.name, page)
                if page.is_last:
                    break
    everything = repr(told) + caplog.text
    forbidden = [*SECRETS, *stage.account.secrets.values()]
    assert [word for word in forbidden if word.casefold() in everything.casefold()] == []


def test_no_cursor_names_a_member(stage: Stage) -> None:
    for stream in stage.rig.source.streams:
        kept = Pulled()
        for _ in range(100):
            page = stage.page(stream.name, kept)
            kept.keep(stream.name, page)
            actors = {e.actor for e in kept.events.values() if e.actor} | set(kept.members)
            long = {actor for actor in actors if len(actor) > 6}
            cursor = json.dumps(kept.cursors[stream.name])
            assert not [actor for actor in long if actor in cursor]
            if page.is_last:
                break


def test_what_must_be_given_is_refused_by_field_in_both_languages(rig: Rig) -> None:
    nonsense = dict.fromkeys((field.name for field in rig.source.fields), "no such thing!")
    needed = {field.name for field in rig.source.fields if field.is_required}
    assert refused_fields(rig, nonsense)
    for value in (7.5, {"a": 1}, ["x y"], [None], "x, y", "1" * 500, ["123456"] * 300, True):
        given = {field.name: value for field in rig.source.fields if not field.is_secret}
        assert refused_fields(rig, given)
    assert (refused_fields(rig, {}) if needed else needed) == needed
    rig.source.check(rig.account(80))


def refused_fields(rig: Rig, given: Mapping[str, Any]) -> set[str]:
    with pytest.raises(Invalid) as refused:
        rig.source.check(Account("http://x.example", given, given))
    fields = refused.value.fields
    said = [one for faults in fields.values() if isinstance(faults, list) for one in faults]
    assert said
    assert all(one.say(language) for one in said for language in LANGUAGES)
    return set(fields)


def test_what_is_shown_of_a_connector_is_there_in_both_languages(rig: Rig) -> None:
    texts = [rig.source.title, *(field.title for field in rig.source.fields)]
    texts += [field.help for field in rig.source.fields if field.help]
    assert all(set(text) == set(LANGUAGES) and all(text.values()) for text in texts)
    assert any(field.is_secret for field in rig.source.fields)
    with a_stage(rig, golden()) as stage:
        tested = rig.source.test(stage.account, now=stage.now)
        assert all("{" not in tested.sentence.say(one, **tested.values) for one in LANGUAGES)


def test_a_connector_can_be_deleted_alone(rig: Rig) -> None:
    home = f"tracker.connectors.{rig.kind}"
    files = f"tracker/connectors/{rig.kind}/"
    assert any(source.name.startswith(files) for source in sources())
    leaning = {
        source.name
        for source, node in nodes(ast.ImportFrom)
        if (node.module or "").startswith(home) and not source.name.startswith(files)
    }
    assert leaning <= {"tracker/wiring.py"}
