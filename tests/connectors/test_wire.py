"""What an answer of a platform means, whoever gives it."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec import Struct
from msgspec.json import Decoder

from tests.connectors.doors import a_door_to
from tests.fakes.receiver import Receiver, Script, a_receiver, answering, saying
from tracker.connectors.figures import Account
from tracker.connectors.trouble import PlatformError, Trouble
from tracker.connectors.wire import Answer, Manners, call_json, segment, throttled

SECRET = "s3cr3t"
NOON = "Fri, 04 Jun 2027 12:00:00 GMT"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made, a_door_to(made.port):
        yield made


def account(receiver: Receiver) -> Account:
    return Account(f"http://forum.example:{receiver.port}/", {}, {"token": SECRET})


def asked(receiver: Receiver, manners: Manners | None = None) -> Answer:
    return call_json(account(receiver), "GET", f"/{SECRET}.json", manners=manners or Manners())


def trouble(
    receiver: Receiver, script: Script, manners: Manners | None = None
) -> tuple[Trouble, float | None]:
    receiver.script = script
    with pytest.raises(PlatformError) as refused:
        asked(receiver, manners)
    assert SECRET not in str(refused.value)
    assert "forum.example" not in str(refused.value)
    wait = refused.value.retry_in
    return refused.value.trouble, None if wait is None else wait.total_seconds()


def test_an_answer_is_read_with_its_headers(receiver: Receiver) -> None:
    receiver.script = answering(200, b'{"a": [1, {"b": "\\u00e9"}]}', ETag='"7"')
    answer = asked(receiver)
    assert (answer.field("a"), answer.field("x")) == ([1, {"b": "é"}], None)
    assert (answer.headers["etag"], answer.is_unchanged) == ('"7"', False)


def test_the_question_arrives_as_it_was_asked(receiver: Receiver) -> None:
    receiver.script = answering(200, b"[]")
    call_json(
        account(receiver),
        "POST",
        f"/rooms/{segment('!a/b:ex')}",
        query={"after": None, "limit": 100, "q": "a b&c"},
        headers={"Authorization": f"Bearer {SECRET}"},
        body={"x": 1},
    )
    head, _, body = receiver.requests[0].decode().partition("\r\n\r\n")
    url = urlsplit(head.split(" ")[1])
    assert url.path == "/rooms/%21a%2Fb%3Aex"
    assert parse_qs(url.query) == {"limit": ["100"], "q": ["a b&c"]}
    assert f"Bearer {SECRET}" in head
    assert body == '{"x":1}'


def test_nothing_new_is_an_answer(receiver: Receiver) -> None:
    receiver.script = answering(304)
    assert asked(receiver).is_unchanged


def test_a_page_of_megabytes_is_read_and_one_of_eleven_is_not(receiver: Receiver) -> None:
    receiver.script = answering(200, b'["' + b"x" * 9_000_000 + b'"]')
    assert len(asked(receiver).json[0]) == 9_000_000
    assert trouble(receiver, answering(200, b'["' + b"x" * 11_000_000 + b'"]'))[0] == "transient"


def test_each_answer_has_its_one_meaning(receiver: Receiver, subtests: pytest.Subtests) -> None:
    html = b"<!doctype html><title>Hello</title>"
    table: list[tuple[str, Script, Trouble, float | None]] = [
        ("429", answering(429), "throttled", 60),
        ("429 in seconds", answering(429, Retry_After="27"), "throttled", 27),
        (
            "429 as a date",
            answering(429, Date=NOON, Retry_After="Fri, 04 Jun 2027 12:05:00 GMT"),
            "throttled",
            300,
        ),
        (
            "429 with a past date",
            answering(429, Date=NOON, Retry_After="Fri, 04 Jun 2027 11:00:00 GMT"),
            "throttled",
            1,
        ),
        ("429 for a week", answering(429, Retry_After="604800"), "throttled", 86400),
        ("429 for nothing", answering(429, Retry_After="0"), "throttled", 1),
        ("429 for nonsense", answering(429, Retry_After="soon"), "throttled", 60),
        ("429 in HTML", answering(429, html, Retry_After="9"), "throttled", 9),
        (
            "403 used up",
            answering(
                403, b"{}", X_RateLimit_Remaining="0", X_RateLimit_Reset="1812110520", Date=NOON
            ),
            "throttled",
            120,
        ),
        ("403 with a wait", answering(403, b"{}", Retry_After="5"), "throttled", 5),
        ("202", answering(202, b"{}"), "not_ready", None),
        ("202 with a wait", answering(202, b"{}", Retry_After="2"), "not_ready", 2),
        ("401", answering(401, b"{}"), "credential", None),
        ("403", answering(403, b"{}"), "permission", None),
        ("404", answering(404, b"{}"), "gone", None),
        ("410", answering(410, b"{}"), "gone", None),
        ("400", answering(400, b"{}"), "our_fault", None),
        ("422", answering(422, html), "our_fault", None),
        ("302", answering(302, Location="https://elsewhere.example"), "our_fault", None),
        ("500", answering(500, html), "transient", None),
        ("503 with a wait", answering(503, Retry_After="120"), "transient", 120),
        ("408", answering(408), "transient", None),
        ("HTML", answering(200, html), "transient", None),
        ("nothing", answering(200), "transient", None),
        ("half of it", answering(200, b'{"a": [1, 2'), "transient", None),
        ("NaN", answering(200, b'{"a": NaN, "b": "\\u00e9"}'), "transient", None),
        ("deep", answering(200, b"[" * 60 + b"]" * 60), "transient", None),
        ("very deep", answering(200, b"[" * 200_000 + b'"\\u00e9"'), "transient", None),
        (
            "broken off",
            saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1"),
            "transient",
            None,
        ),
        ("no HTTP", saying(b"SSH-2.0-OpenSSH_9\r\n\r\n"), "transient", None),
    ]
    for name, script, kind, wait in table:
        with subtests.test(name):
            closing = _closing(script) if name == "broken off" else script
            assert trouble(receiver, closing) == (kind, wait)


def _closing(script: Script) -> Script:
    def say(client: object, over: Event) -> None:
        script(client, over)  # type: ignore[arg-type]
        client.close()  # type: ignore[attr-defined]

    return say


def test_half_a_letter_of_a_cut_excerpt_spoils_no_page(receiver: Receiver) -> None:
    receiver.script = answering(200, b'{"id": 7, "excerpt": "\\ud83d"}')
    assert asked(receiver).field("id") == 7


class _Said(Struct):
    id: int


def test_of_a_declared_shape_only_what_is_declared_is_read(receiver: Receiver) -> None:
    manners = Manners(shape=Decoder(list[_Said]))
    receiver.script = answering(200, b'[{"id": 7, "excerpt": "\\ud83d", "more": [[[]]]}]')
    assert asked(receiver, manners).json == [_Said(7)]
    for other in (b'[{"id": "7"}]', b'{"id": 7}', b'[{"id": "\\ud83d"}]', b'[{"more": []}]'):
        assert trouble(receiver, answering(200, other), manners) == ("transient", None)
    endless = b'[{"id": 7, "more": ' + b"[" * 200_000
    assert trouble(receiver, answering(200, endless), manners) == ("transient", None)
    assert trouble(receiver, answering(200, b"<html>"), manners) == ("transient", None)
    assert trouble(receiver, answering(401, b'{"message": "no"}'), manners) == ("credential", None)


def test_fifty_levels_are_not_too_deep(receiver: Receiver) -> None:
    receiver.script = answering(200, b"[" * 50 + b"7" + b"]" * 50)
    assert asked(receiver).status == 200


def test_a_vendor_may_say_it_in_the_body_and_in_its_own_numbers(receiver: Receiver) -> None:
    def judge(answer: Answer) -> PlatformError | None:
        if answer.field("ok") is False:
            return throttled(answer, "ratelimited", seconds=answer.field("retry_after"))
        return None

    manners = Manners(judge=judge, missing="permission")
    limited = answering(200, b'{"ok": false, "retry_after": 64.57}', Retry_After="3")
    assert trouble(receiver, limited, manners) == ("throttled", 65)
    assert trouble(receiver, answering(404, b"{}"), manners) == ("permission", None)


def test_an_address_that_may_not_be_called_is_our_fault_and_silence_is_not(
    receiver: Receiver,
) -> None:
    inner = Account("http://nobody.example:9", {}, {})
    with pytest.raises(PlatformError) as refused:
        call_json(inner, "GET", "/")
    assert refused.value.trouble == "our_fault"
    assert trouble(receiver, lambda client, _over: client.close()) == ("transient", None)


def test_waits_are_kept_between_a_second_and_a_day() -> None:
    answer = Answer(status=429, headers={})
    waits = [throttled(answer, "x", seconds=seconds).retry_in for seconds in (0.2, 1e12, None)]
    assert waits == [timedelta(seconds=1), timedelta(days=1), timedelta(seconds=60)]
    assert throttled(answer, "x", seconds=float("nan")).retry_in == timedelta(seconds=60)
