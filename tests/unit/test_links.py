"""Links that answer a message: what they say, and that nobody else can write one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tracker.kernel import keys
from tracker.reminders.links import (
    OF_TASKS,
    Link,
    Purpose,
    answer_links,
    confirm_link,
    read,
    token_of,
    unsubscribe_link,
)

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
WORKSPACE, THING = UUID(int=7), UUID(int=8)
BASE = "https://tracker.example/here/"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture(autouse=True)
def a_secret() -> Iterator[None]:
    """A secret, and afterwards the one that there was."""
    before = keys._secret
    keys.use_secret(lambda: "of this test")
    yield
    keys._secret = before


@pytest.mark.parametrize("purpose", Purpose)
def test_what_is_written_is_read(purpose: Purpose) -> None:
    link = Link(purpose, WORKSPACE, THING, NOW)
    token = token_of(link)
    assert read(token) == link
    assert len(token) == 72
    assert set(token) <= set(ALPHABET)


def test_each_answer_has_an_address_under_ours() -> None:
    links = answer_links(THING, WORKSPACE, "task", base_url=BASE, now=NOW)
    assert list(links) == [purpose.value for purpose in OF_TASKS]
    assert len(set(links.values())) == len(links)
    for purpose, url in links.items():
        head, token = url[:-72], url[-72:]
        assert head == "https://tracker.example/here/a/"
        assert read(token) == Link(Purpose(purpose), WORKSPACE, THING, NOW)


def test_gates_and_projects_can_only_wait() -> None:
    for subject in ("gate", "project"):
        links = answer_links(THING, WORKSPACE, subject, base_url=BASE, now=NOW)
        assert list(links) == ["snooze_1d", "snooze_3d", "snooze_week"]
    assert answer_links(THING, WORKSPACE, "member", base_url=BASE, now=NOW) == {}


def test_links_last_for_30_days_and_confirmations_for_7() -> None:
    told = {
        unsubscribe_link(WORKSPACE, THING, base_url=BASE, now=NOW): 30,
        confirm_link("channel", THING, WORKSPACE, base_url=BASE, now=NOW): 7,
        confirm_link("member", THING, WORKSPACE, base_url=BASE, now=NOW): 7,
    }
    for url, days in told.items():
        link = read(url[-72:])
        assert link is not None
        assert link.expires_at == NOW + timedelta(days=days)
    assert len(told) == 3


def test_no_letter_can_be_changed() -> None:
    token = token_of(Link(Purpose.DONE, WORKSPACE, THING, NOW))
    for place in range(len(token)):
        for letter in ALPHABET:
            if letter != token[place]:
                assert read(token[:place] + letter + token[place + 1 :]) is None


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 71, "A" * 72, "A" * 73, "é" * 72, "\x00" * 72, "=" * 72, "." * 72]
)
def test_what_we_have_not_written_says_nothing(token: str) -> None:
    assert read(token) is None


def test_another_secret_and_another_purpose_sign_otherwise() -> None:
    link = Link(Purpose.DONE, WORKSPACE, THING, NOW)
    token = token_of(link)
    other = token_of(replace(link, purpose=Purpose.NOT_ME))
    for mixed in (other[:50] + token[50:], token[:50] + other[50:]):
        assert read(mixed) is None
    keys.use_secret(lambda: "of somebody else")
    assert read(token) is None
    assert token_of(link) != token
