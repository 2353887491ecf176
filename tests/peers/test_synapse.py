"""The connector for Matrix against a real Synapse: what fakes promise is so."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.connectors.doors import a_door_to
from tests.servers.home import NoServer
from tests.servers.synapse import Synapse, start_synapse
from tracker.connectors.figures import Account, Event, Page
from tracker.connectors.matrix.client import Matrix
from tracker.connectors.matrix.wire import judge
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import Manners, call_json
from tracker.kernel.clock import utcnow

pytestmark = pytest.mark.peers
NAMES = ("anna", "bert", "cleo", "dina")


@pytest.fixture(scope="module")
def synapse() -> Iterator[Synapse]:
    try:
        with start_synapse() as made, a_door_to(urlsplit(made.url).port or 0):
            yield made
    except NoServer as reason:
        pytest.skip(f"NO SYNAPSE: {reason}")


@dataclass
class Community:
    """A room with some people in it."""

    synapse: Synapse
    admin: str
    tokens: dict[str, str]
    room: str

    def account(self, token: str | None = None) -> Account:
        config = {"main_room": self.room, "rooms": [self.room]}
        return Account(self.synapse.url, config, {"access_token": token or self.admin})


@pytest.fixture(scope="module")
def community(synapse: Synapse) -> Community:
    admin = synapse.register("admin", is_admin=True)
    tokens = {name: synapse.register(name) for name in NAMES}
    room = synapse.room(admin)
    for token in tokens.values():
        synapse.join(token, room)
    return Community(synapse, admin, tokens, room)


def pulled(account: Account, stream: str, cursor: Any = None) -> tuple[list[Page], Any]:
    pages: list[Page] = []
    while not pages or not pages[-1].is_last:
        pages.append(Matrix().fetch(account, stream, cursor, now=utcnow()))
        cursor = pages[-1].cursor
    return pages, cursor


def events(pages: list[Page]) -> list[Event]:
    return [event for page in pages for event in page.events]


def test_what_people_do_in_a_room_is_read_as_it_was_done(community: Community) -> None:
    synapse, room, tokens = community.synapse, community.room, community.tokens
    asked = synapse.say(tokens["anna"], room, "Where do I find the secret plan?")
    answer = synapse.say(tokens["cleo"], room, "Under the secret stone.", asked)
    synapse.react(tokens["bert"], room, asked, "👍")
    synapse.react(tokens["anna"], room, answer, "✅")
    for n in range(130):
        synapse.say(tokens["bert"], room, f"secret chatter {n}")
    name = {"displayname": "Secret Name"}
    synapse.ask(
        "PUT", "/_matrix/client/v3/profile/@anna:localhost/displayname", tokens["anna"], name
    )
    edit: dict[str, Any] = {"rel_type": "m.replace", "event_id": asked}
    content = {"msgtype": "m.text", "body": "secret", "m.new_content": {"body": "secret"}}
    synapse.send(tokens["anna"], room, "m.room.message", {**content, "m.relates_to": edit})
    synapse.leave(tokens["dina"], room)

    account = community.account()
    pages, cursor = pulled(account, "messages")
    found = events(pages)
    assert Counter(event.kind for event in found) == {
        "join": 5,
        "leave": 1,
        "post": 131,
        "reply": 1,
        "question": 1,
        "reaction": 1,
        "answer_accepted": 1,
    }
    by_kind = {event.kind: event for event in found}
    assert by_kind["leave"].actor == "@dina:localhost"
    assert (by_kind["reply"].root, by_kind["reply"].parent) == (asked, asked)
    assert (by_kind["answer_accepted"].source_id, by_kind["answer_accepted"].actor) == (
        answer,
        "@cleo:localhost",
    )
    assert by_kind["reaction"].actor == "@bert:localhost"
    roles = {event.actor: event.role for event in found if event.kind == "join"}
    assert Counter(roles.values()) == {"staff": 1, "member": 4}
    assert roles["@admin:localhost"] == "staff"
    assert abs(by_kind["reply"].at - utcnow()) < timedelta(minutes=5)
    assert "secret" not in repr(pages).casefold()
    assert len(pages) > 2

    synapse.join(tokens["dina"], room)
    again, cursor = pulled(account, "messages", cursor)
    assert [(event.kind, event.actor) for event in events(again)] == [("join", "@dina:localhost")]
    nothing, _ = pulled(account, "messages", cursor)
    assert events(nothing) == []


def test_members_are_counted_alike_for_an_administrator_and_a_member(community: Community) -> None:
    for token in (community.admin, community.tokens["bert"]):
        (page,), _ = pulled(community.account(token), "rooms")
        assert [(one.metric, one.value) for one in page.samples] == [("members_total", 5)]
        tested = Matrix().test(community.account(token), now=utcnow())
        assert tested.values["members"] == 5


def test_who_was_seen_is_told_to_an_administrator_only(community: Community) -> None:
    pages, _ = pulled(community.account(), "users")
    seen = {one.metric: one.value for one in pages[-1].samples}
    assert set(seen) == {"dau", "wau", "mau"}
    with pytest.raises(PlatformError) as refused:
        pulled(community.account(community.tokens["bert"]), "users")
    assert refused.value.trouble == "permission"


def test_a_dead_token_and_a_foreign_room_are_told_apart(community: Community) -> None:
    stranger = community.synapse.register("stranger")
    with pytest.raises(PlatformError) as refused:
        pulled(community.account(stranger), "messages")
    assert refused.value.trouble == "permission"
    community.synapse.ask("POST", "/_matrix/client/v3/logout", stranger, {})
    with pytest.raises(PlatformError) as refused:
        pulled(community.account(stranger), "messages")
    assert refused.value.trouble == "credential"


def test_a_real_limit_is_told_with_its_wait(community: Community) -> None:
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "anna"},
        "password": "wrong",
    }
    troubles = []
    for _ in range(4):
        with pytest.raises(PlatformError) as refused:
            call_json(
                community.account(),
                "POST",
                "/_matrix/client/v3/login",
                body=body,
                manners=Manners(judge=judge),
            )
        troubles.append(refused.value)
    assert troubles[0].trouble == "permission"
    assert troubles[-1].trouble == "throttled"
    assert troubles[-1].retry_in is not None
    assert timedelta(minutes=1) < troubles[-1].retry_in < timedelta(minutes=10)
