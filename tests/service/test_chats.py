"""Letters to chats: what leaves, and what becomes of each answer."""

import json
import logging
import socket
import struct
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from threading import Event
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tests.fakes.receiver import Receiver, Script, a_receiver, answering
from tests.letters import ID, a_letter
from tests.unit.connectors.test_chat import GOOD, OURS
from tracker.connectors.chat.client import KINDS, ChatCarrier
from tracker.connectors.letter import Action, Answer, Item, Outcome, Parcel, Section
from tracker.kernel.egress import Door, use_door
from tracker.kernel.egress_rules import parse_openings

LETTER = a_letter(
    sections=(Section(items=(Item(title="Fix <!channel> @everyone", url=OURS),)),),
    actions=(Action(label="Done", url=OURS),),
)
HOSTS = {  # where the plugins of apprise keep their fixed hosts
    "slack": ("slack", "NotifySlack", "webhook_url", "/services"),
    "discord": ("discord", "NotifyDiscord", "notify_url", "/api/webhooks"),
    "telegram": ("telegram", "NotifyTelegram", "notify_url", "/bot"),
    "google_chat": ("google_chat", "NotifyGoogleChat", "notify_url", "/v1/{workspace}/messages"),
    "webex": ("webexteams", "NotifyWebexTeams", "notify_url", "/incoming"),
    "pushover": ("pushover", "NotifyPushover", "notify_url", "/1/messages.json"),
}
OWN_HOSTS = ("hook", "mattermost")


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Stands for every fixed host, and behind every name that the door asks for."""
    with a_receiver() as made:
        for module, name, where, path in HOSTS.values():
            plugin = getattr(import_module(f"apprise.plugins.{module}"), name)
            monkeypatch.setattr(plugin, where, f"http://127.0.0.1:{made.port}{path}")
        openings = parse_openings([f"127.0.0.1:{made.port}"])
        use_door(Door(openings, resolve=lambda *_asked: ["127.0.0.1"]))
        yield made
        use_door(Door())


def address(kind: str, receiver: Receiver) -> str:
    """As people paste it; those with a host of their own name the receiver's port."""
    return f"http://chat.example:{receiver.port}/hooks/s3cr3t" if kind in OWN_HOSTS else GOOD[kind]


def sent(kind: str, receiver: Receiver) -> Answer:
    (answer,) = ChatCarrier(kind).deliver([Parcel(address=address(kind, receiver), letter=LETTER)])
    return answer


def body_of(request: bytes) -> Any:
    return json.loads(request.partition(b"\r\n\r\n")[2])


def accepting(kind: str) -> Script:
    return answering(200, b"ok" if kind == "slack" else b'{"ok": true, "status": 1}')


def test_each_kind_of_chat_is_told_once_in_its_own_words(
    receiver: Receiver, subtests: pytest.Subtests
) -> None:
    for kind in (*HOSTS, *OWN_HOSTS):
        with subtests.test(kind):
            receiver.script = accepting(kind)
            receiver.requests.clear()
            assert sent(kind, receiver).outcome == Outcome.ACCEPTED
            (request,) = receiver.requests
            said = unquote_plus(request.partition(b"\r\n\r\n")[2].decode())
            assert "Due today" in said
            assert "Fix" in said
            assert "http://127.0.0.1" not in said, "no image, no logo"
            assert "apprise" not in said.lower()
            text = json.loads(said)["text"] if kind == "hook" else said  # beside it, raw values
            assert "@everyone" not in text
            assert "<!channel>" not in text


def test_the_words_are_ours_and_unchanged_on_the_way(receiver: Receiver) -> None:
    receiver.script = accepting("slack")
    assert sent("slack", receiver).outcome == Outcome.ACCEPTED
    assert sent("discord", receiver).outcome == Outcome.ACCEPTED
    receiver.script = accepting("telegram")
    assert sent("telegram", receiver).outcome == Outcome.ACCEPTED
    slack, discord, telegram = map(body_of, receiver.requests)
    (section,) = slack["attachments"][0]["blocks"]
    assert section["text"]["type"] == "mrkdwn"
    assert f"• <{OURS}|Fix &lt;!channel&gt; @\u200beveryone>" in section["text"]["text"]
    assert f"• [Fix \u2039!channel\u203a @\u200beveryone](<{OURS}>)" in discord["content"]
    assert telegram["parse_mode"] == "HTML"
    assert telegram["chat_id"] in {-1001234567, "-1001234567"}
    assert f'<a href="{OURS}">Fix &lt;!channel&gt; @\u200beveryone</a>' in telegram["text"]


def test_a_hook_gets_the_id_that_stays_the_same_on_every_retry(receiver: Receiver) -> None:
    for _ in range(2):
        assert sent("hook", receiver).outcome == Outcome.ACCEPTED
    for request in receiver.requests:
        assert f"Idempotency-Key: {ID}".encode() in request
        assert body_of(request)["id"] == str(ID)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, Outcome.ACCEPTED),
        (302, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.GONE),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (413, Outcome.REFUSED),
        (429, Outcome.DEFERRED),
        (500, Outcome.DEFERRED),
        (503, Outcome.DEFERRED),
    ],
)
def test_what_a_status_means(receiver: Receiver, status: int, outcome: Outcome) -> None:
    receiver.script = answering(status, b"" if status == 204 else b"nope")
    for kind in ("hook", "mattermost", "discord"):
        assert sent(kind, receiver).outcome == outcome, kind
    if status != 204:
        assert sent("slack", receiver).outcome == outcome
        assert sent("telegram", receiver).outcome == outcome


def test_forbidden_is_gone_where_it_means_that_the_bot_was_blocked(receiver: Receiver) -> None:
    receiver.script = answering(403, b'{"ok": false, "description": "bot was blocked"}')
    assert sent("telegram", receiver).outcome == Outcome.GONE
    assert sent("slack", receiver).outcome == Outcome.GONE
    assert sent("hook", receiver).outcome == Outcome.REFUSED


def test_a_limit_is_kept_to_and_nobody_sleeps(receiver: Receiver) -> None:
    receiver.script = answering(429, b'{"parameters": {"retry_after": 35}}', Retry_After="17")
    for kind in ("hook", "mattermost"):
        assert sent(kind, receiver).retry_in == timedelta(seconds=17)
    assert sent("telegram", receiver).retry_in == timedelta(seconds=35)
    receiver.requests.clear()
    assert sent("discord", receiver).outcome == Outcome.DEFERRED
    assert len(receiver.requests) == 1, "its plugin would try again at once"


def reset(client: socket.socket, _over: Event) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_who_breaks_off_may_have_it_and_who_is_away_has_not(receiver: Receiver) -> None:
    receiver.script = reset
    kinds = ("hook", "mattermost", "slack", "discord", "telegram")
    assert {kind: sent(kind, receiver).outcome for kind in kinds} == dict.fromkeys(
        kinds, Outcome.UNKNOWN
    )


def test_who_is_away_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_receiver() as gone:
        pass
    for module, name, where, path in HOSTS.values():
        plugin = getattr(import_module(f"apprise.plugins.{module}"), name)
        monkeypatch.setattr(plugin, where, f"http://127.0.0.1:{gone.port}{path}")
    use_door(
        Door(parse_openings([f"127.0.0.1:{gone.port}"]), resolve=lambda *_asked: ["127.0.0.1"])
    )
    kinds = (*HOSTS, *OWN_HOSTS)
    assert {kind: sent(kind, gone).outcome for kind in kinds} == dict.fromkeys(
        kinds, Outcome.DEFERRED
    )
    use_door(Door())


def test_an_address_inside_the_network_is_refused_at_each_send(receiver: Receiver) -> None:
    use_door(Door())
    for kind in OWN_HOSTS:
        parcel = Parcel(address=f"http://127.0.0.1:{receiver.port}/x", letter=LETTER)
        (answer,) = ChatCarrier(kind).deliver([parcel])
        assert answer.outcome == Outcome.REFUSED
    assert receiver.connections == 0


def test_many_go_at_once_and_are_answered_in_order(receiver: Receiver) -> None:
    def slowly(client: socket.socket, over: Event) -> None:
        over.wait(0.2)
        accepting("hook")(client, over)

    receiver.script = slowly
    right = address("hook", receiver)
    parcels = [
        Parcel(address=right if n % 2 else "http://10.0.0.1/", letter=LETTER) for n in range(10)
    ]
    answers = ChatCarrier("hook").deliver(parcels)
    assert [one.outcome for one in answers] == [Outcome.REFUSED, Outcome.ACCEPTED] * 5


def test_no_address_and_no_text_is_logged_or_told(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    details = []
    for script in (answering(200, b"ok"), answering(500, b"s3cr3t"), reset):
        receiver.script = script
        details += [sent(kind, receiver).detail for kind in (*HOSTS, *OWN_HOSTS)]
    said = caplog.text + "".join(details)
    secrets = ("s3cr3t", GOOD["slack"][-20:], GOOD["discord"][-20:], "AAabcdef", "Fix", "u" * 20)
    assert [one for one in secrets if one in said] == []


def test_every_kind_has_a_carrier() -> None:
    assert set(KINDS) == GOOD.keys()
