"""Pulling a platform that has bad days: nothing is lost or twice, and the state tells."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.fakes import scripts
from tests.fakes.forum import a_post
from tests.fakes.scripts import Script
from tests.fakes.serving import Asked, Told
from tests.personas import Persona, answer
from tests.service.metrics.forums import Rig, a_rig, instant
from tracker.kernel.claims import Claim
from tracker.kernel.db import current_database, unit_of_work
from tracker.kernel.outbox import OutboxMessage
from tracker.kernel.points import hang_hook
from tracker.metrics import pull_errand
from tracker.metrics.pulling import pull_due

HOUR = 3600.0
DAY = 24 * HOUR


@pytest.fixture
def rig(alice: Persona) -> Iterator[Rig]:
    with a_rig(alice) as made:
        made.connect()
        yield made
    hang_hook(None)


def is_whole(rig: Rig) -> bool:
    """Every post once, every member there."""
    return rig.posts() == rig.all_posts() and rig.members() == len(rig.forum.members)


# Good days.


def test_a_pull_keeps_everything_once_and_tells_how_far_it_came(rig: Rig) -> None:
    assert rig.pull() == 1
    assert is_whole(rig)
    shown = rig.shown()
    assert (shown["state"], shown["pulling"], shown["calls"]) == ("ok", False, 5)
    (pull,) = rig.pulls()
    assert (pull["state"], pull["source"], pull["stream"]) == ("done", "schedule", None)
    assert (pull["pages"], pull["rows"], pull["new_rows"], pull["calls"]) == (5, 42, 42, 5)
    assert pull["ended_at"]
    assert rig.row().dirty_on is not None
    assert rig.pull() == 0, "nothing is due any more"


def test_what_comes_later_is_added_by_the_next_pull(rig: Rig) -> None:
    rig.pull()
    rig.forum.posts += [a_post(number, 7) for number in range(35, 52)]
    rig.played.asked.clear()
    assert rig.pull(after=1.2 * HOUR) == 1
    assert is_whole(rig)
    posts = [asked for asked in rig.played.asked if asked.parts[0] == "posts"]
    assert [asked.query["after"] for asked in posts] == ["35", "45"]  # members have their night
    assert rig.pulls()[0]["new_rows"] == 17


def test_one_connection_serves_all_pages(rig: Rig) -> None:
    rig.pull()
    told = {asked.headers["host"] for asked in rig.played.asked}
    assert len(told) == 1
    assert len(rig.played.asked) == 5


def test_quiet_streams_are_asked_less_and_news_bring_them_back(rig: Rig) -> None:
    rig.pull()
    for _ in range(3):
        rig.pull(after=1.2 * HOUR)
    assert rig.stream("posts")["interval_seconds"] == 2 * HOUR
    rig.forum.posts.append(a_post(35, 7))
    rig.pull(after=2.4 * HOUR)
    assert rig.stream("posts")["interval_seconds"] == HOUR
    assert rig.stream("members")["interval_seconds"] == DAY


def test_the_past_is_fetched_when_asked_for_within_a_quarter_of_a_days_calls(rig: Rig) -> None:
    rig.pull()
    path = f"/connections/{rig.id}"
    answer(rig.owner.patch(path, {"most_calls": 12}))
    past = answer(rig.owner.post(f"{path}/pull", {"backfill": True}), 202)
    rig.pull(after=1)
    told = answer(rig.owner.get(f"/pulls/{past['id']}"))
    assert (told["state"], told["problem"], told["pages"]) == ("throttled", "budget", 3)
    assert rig.shown()["state"] == "ok"
    rig.pull(after=DAY)
    told = answer(rig.owner.get(f"/pulls/{past['id']}"))
    assert (told["state"], told["pages"], told["new_rows"]) == ("done", 4, 0)
    assert rig.stream("past")["state"] == "finished"


# Bad days. After so many seconds each, it is whole.


def test_who_is_told_to_wait_waits_without_holding_a_worker(
    alice: Persona, subtests: pytest.Subtests
) -> None:
    for name, script, wait in (
        ("at once", scripts.limited_on(1), 7),
        ("on page two", scripts.limited_on(2), 7),
        ("until a date", scripts.limited_until_a_date(), 300),
        ("by a wrong clock", scripts.limited_until_a_date(timedelta(days=-400)), 300),
    ):
        with subtests.test(name), a_rig(alice) as rig:
            rig.connect()
            rig.played.play(script)
            assert rig.pull() == 1
            shown = rig.shown()
            assert (shown["state"], shown["problem"]) == ("throttled", "throttled")
            until = (instant(shown, "next_allowed_at") - rig.now).total_seconds()
            assert wait <= until <= wait * 1.1 + 2
            assert rig.stream("posts")["failures"] == 0
            assert rig.pulls()[0]["state"] == "throttled"
            assert rig.pull(after=wait - 1) == 0, "not before"
            assert rig.pull(after=wait * 0.1 + 3) == 1
            assert is_whole(rig)
            assert (rig.shown()["state"], rig.shown()["next_allowed_at"]) == ("ok", None)
            (pull,) = rig.pulls()
            assert (pull["state"], pull["new_rows"]) == ("done", 42)


def test_what_passes_is_tried_again_and_nothing_is_lost(
    alice: Persona, subtests: pytest.Subtests
) -> None:
    for name, script, rounds in (
        ("500 twice", scripts.failing_twice, 2),
        ("cut JSON", scripts.cut, 1),
        ("broken off", scripts.broken_off, 1),
        ("a page for people", scripts.html, 1),
        ("slow", scripts.slow(0.05), 0),
        ("304", scripts.unchanged, 0),
        ("an empty page", scripts.empty_on(2), 0),
        ("the same row on two pages", scripts.repeating, 0),
    ):
        with subtests.test(name), a_rig(alice) as rig:
            rig.connect()
            rig.played.play(script)
            rig.pull()
            assert rig.shown()["state"] == "ok"
            assert (rig.pulls()[0]["state"] == "failed") == (rounds > 0)
            rig.pull(after=40)
            rig.pull(after=70)
            rig.played.play(None)
            _read_again(rig)
            assert is_whole(rig)


def _read_again(rig: Rig) -> None:
    """What a 304 or an empty page has hidden is there with the next whole reading."""
    if rig.posts() != rig.all_posts():
        answer(rig.owner.patch(f"/connections/{rig.id}", {"config": {"room": "again"}}))
        rig.pull(after=1)


def test_rows_that_shift_between_pages_are_kept_once(rig: Rig) -> None:
    def shifts() -> None:
        rig.forum.posts.insert(0, {**a_post(0, 7), "id": "earlier"})

    rig.played.play(scripts.meanwhile(shifts, after=2))
    rig.pull()
    assert sorted(rig.posts()) == sorted(set(rig.all_posts()) - {"earlier"})


def test_a_token_that_is_revoked_stops_everything_until_there_is_another(rig: Rig) -> None:
    rig.played.play(scripts.revoked_after(3))
    rig.pull()
    shown = rig.shown()
    assert (shown["state"], shown["problem"]) == ("needs_reauth", "credential")
    assert f"/connections/{rig.id}/credentials" in shown["sentence"]
    assert shown["next_pull_at"] is None
    assert len(rig.posts()) == 20, "what came before is kept"
    asked = len(rig.played.asked)
    assert rig.pull(after=30 * DAY) == 0
    assert len(rig.played.asked) == asked
    pull = rig.owner.post(f"/connections/{rig.id}/pull", {})
    assert pull.status_code == 409
    rig.played.play(None)
    rig.forum.token = "new"
    path = f"/connections/{rig.id}/credentials"
    answer(rig.owner.call("PUT", path, {"credentials": {"token": "new"}}))
    rig.pull(after=1)
    assert is_whole(rig)
    assert rig.shown()["state"] == "ok"
    assert topics() == ["needs_reauth"]


def topics() -> list[str]:
    """The states that were announced."""
    wanted = select(OutboxMessage).where(OutboxMessage.topic == "connection.state_changed")
    with current_database().reader() as session:
        return [row.payload["state"] for row in session.scalars(wanted.order_by(OutboxMessage.id))]


def test_what_is_not_allowed_is_left_out_and_everything_else_goes_on(rig: Rig) -> None:
    rig.forum.closed.add("members")
    rig.pull()
    shown = rig.shown()
    assert (shown["state"], shown["problem"]) == ("degraded", "permission")
    assert "members" in shown["sentence"]
    assert rig.stream("members")["state"] == "unavailable"
    assert rig.posts() == rig.all_posts()
    rig.forum.closed.clear()
    answer(rig.owner.post(f"/connections/{rig.id}/pull", {}), 202)
    rig.pull(after=1)
    assert is_whole(rig)
    assert (rig.shown()["state"], topics()) == ("ok", ["degraded", "ok"])


def says(status: int) -> Script:
    def script(_played: object, asked: Asked) -> Told | None:
        return Told(status, {"error": "x"}) if asked.parts[0] == "posts" else None

    return script


def test_what_is_gone_is_not_asked_for_again(rig: Rig) -> None:
    rig.played.play(says(404))
    rig.pull()
    shown = rig.shown()
    assert (shown["state"], shown["problem"], shown["next_pull_at"]) == ("broken", "gone", None)
    assert rig.pull(after=30 * DAY) == 0
    rig.played.play(None)
    answer(rig.owner.post(f"/connections/{rig.id}/pull", {}), 202)
    rig.pull(after=1)
    assert is_whole(rig)


def test_a_question_that_is_not_understood_is_told_in_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rig.played.play(says(400))
    rig.pull()
    assert (rig.shown()["state"], rig.shown()["problem"]) == ("degraded", "our_fault")
    assert rig.members() == 7
    (line,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert rig.id in line.getMessage()
    told = caplog.text
    assert not any(word in told for word in ("forum-token", "member-", "127.0.0.1"))


def test_trouble_that_lasts_is_told_after_six_tries(rig: Rig) -> None:
    rig.played.play(says(503))
    for tries in range(1, 7):
        rig.pull(after=1.2 * HOUR)
        assert rig.stream("posts")["failures"] == tries
        assert rig.shown()["state"] == ("degraded" if tries >= 6 else "ok")
    assert "HTTP 503" in rig.shown()["sentence"]
    assert topics() == ["degraded"]
    rig.played.play(None)
    rig.pull(after=1.2 * HOUR)
    assert is_whole(rig)
    assert topics() == ["degraded", "ok"]


def test_pauses_between_tries_double(rig: Rig) -> None:
    rig.played.play(says(503))
    for pause in (30, 60, 120):
        rig.pull(after=pause)
        wait = instant(rig.stream("posts"), "next_run_at") - rig.now
        assert pause <= wait.total_seconds() <= pause * 1.1 + 2


def test_what_is_not_ready_is_asked_for_again_and_left_out_in_the_end(rig: Rig) -> None:
    rig.played.play(says(202))
    for _ in range(6):
        rig.pull(after=61)
    asked = [one for one in rig.played.asked if one.parts[0] == "posts"]
    assert len(asked) == 6
    assert (rig.shown()["state"], rig.stream("posts")["failures"]) == ("ok", 0)
    assert rig.pull(after=61) == 0


def test_calls_that_are_used_up_are_to_be_had_tomorrow(rig: Rig) -> None:
    answer(rig.owner.patch(f"/connections/{rig.id}", {"most_calls": 3}))
    rig.pull()
    shown = rig.shown()
    assert (shown["state"], shown["problem"]) == ("throttled", "budget")
    assert (shown["calls"], len(rig.played.asked)) == (3, 3)
    assert rig.pull(after=60) == 0
    rig.pull(after=DAY + 600)
    assert is_whole(rig)
    assert rig.shown()["state"] == "ok"


# Hands that meet.


def when(point: str, happens: Callable[[], object]) -> None:
    """Have something happen once, when a pull has come to ``point``."""

    def hook(reached: str) -> None:
        if reached == point:
            hang_hook(None)
            happens()

    hang_hook(hook)


@pytest.mark.parametrize("change", ["pause", "remove", "credentials"])
def test_whoever_changes_a_connection_has_the_last_word(rig: Rig, change: str) -> None:
    path = f"/connections/{rig.id}"
    acts: dict[str, Callable[[], Any]] = {
        "pause": lambda: answer(rig.owner.patch(path, {"paused": True})),
        "remove": lambda: rig.owner.delete(path),
        "credentials": lambda: answer(
            rig.owner.call("PUT", f"{path}/credentials", {"credentials": {"token": "other"}})
        ),
    }
    when("page fetched", acts[change])
    assert pull_due(now=rig.now)
    assert rig.posts() == []
    assert rig.row().is_pulling is False
    rig.now += timedelta(minutes=1)
    assert pull_due(now=rig.now) == (change == "credentials")


def test_a_connection_is_in_one_hand_only(rig: Rig) -> None:
    seen: list[bool] = []
    when("page fetched", lambda: seen.append(pull_due(now=rig.now)))
    rig.pull()
    assert seen == [False]
    assert is_whole(rig)


def test_what_workers_die_over_is_tried_once_an_hour(rig: Rig) -> None:
    for _ in range(3):
        with unit_of_work() as session:
            (claim,) = pull_errand.CLAIMS.take(session, now=rig.now, most=1)
        assert isinstance(claim, Claim)
        rig.now += pull_errand.LEASE
    assert rig.pull() == 1
    assert (rig.shown()["state"], rig.shown()["problem"]) == ("degraded", "crashed")
    assert rig.pull(after=60) == 0
    rig.pull(after=HOUR)
    assert is_whole(rig)
    assert rig.shown()["state"] == "ok"
