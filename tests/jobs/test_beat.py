"""The beat: everything at once, then in its time, whatever the broker does."""

from collections.abc import Iterator
from contextlib import suppress
from queue import Empty
from typing import Any

import pytest

from tests.conftest import a_setting
from workers.app import celery, configure
from workers.beat import Bell
from workers.memory import Channel
from workers.schedule import BEAT


@pytest.fixture
def bell() -> Iterator[Bell]:
    """Rings through the memory of this process, where nobody hears it."""
    through(None)
    list(rung())
    yield Bell(celery)
    through(None)
    list(rung())


def through(redis_url: str | None) -> None:
    """Send messages this way from now on."""
    configure(a_setting(redis_url=redis_url))
    vars(celery.amqp)["_producer_pool"] = None


def rung() -> Iterator[dict[str, Any]]:
    """The messages since the last call, taken out."""
    with suppress(Empty, KeyError):
        while True:
            yield Channel.queues["tracker"].get_nowait()


def test_everything_is_rung_for_at_once_and_nothing_before_its_time(bell: Bell) -> None:
    pause = bell.tick()
    jobs = sorted(message["headers"]["task"] for message in rung())
    assert jobs == sorted(entry["task"] for entry in BEAT.values())
    assert 0 < pause <= 1
    bell.tick()
    assert list(rung()) == []


def test_messages_are_json_for_now_and_looks_soon_expire(bell: Bell) -> None:
    bell.tick()
    messages = list(rung())
    assert {message["content-type"] for message in messages} == {"application/json"}
    assert {message["headers"]["eta"] for message in messages} == {None}
    expire = {m["headers"]["task"] for m in messages if m["headers"]["expires"]}
    assert expire == {entry["task"] for entry in BEAT.values() if entry["schedule"] < 60}
    assert "outbox.relay" in expire


def test_a_broker_that_is_away_is_told_once_and_rung_again(
    bell: Bell, caplog: pytest.LogCaptureFixture
) -> None:
    through("redis://127.0.0.1:1/0")
    for _ in range(2):
        bell._due_at.clear()
        bell.tick()
    through(None)
    bell._due_at.clear()
    bell.tick()
    said = [line.getMessage() for line in caplog.records if line.name == "workers.beat"]
    assert [line.partition(":")[0] for line in said] == [
        "the broker is away",
        "the broker is back",
    ]
    assert len(list(rung())) == len(BEAT)
