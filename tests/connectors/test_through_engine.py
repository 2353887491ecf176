"""Each connector connected and pulled in earnest: over HTTP, by the engine, into tables."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.rigs import NOW, RIGS
from tests.connectors.rigs import Rig as Connector
from tests.fakes import scripts
from tests.fakes.serving import a_server
from tests.fakes.story import Story, busy, more_of
from tests.personas import Persona, answer
from tests.service.metrics.connected import events_of
from tests.service.metrics.forums import Rig
from tracker.kernel.db import current_database
from tracker.kernel.egress import make_door, use_door

HOUR = 3600.0


@pytest.fixture(params=RIGS, ids=lambda one: one.kind)
def connector(request: pytest.FixtureRequest) -> Connector:
    found: Connector = request.param
    return found


@pytest.fixture
def story() -> Story:
    return busy()


@pytest.fixture
def rig(connector: Connector, story: Story, alice: Persona) -> Iterator[Rig]:
    fake: Any = connector.play(story, NOW)
    played = scripts.Played(fake)
    with a_server(played) as port:
        use_door(make_door((f"127.0.0.1:{port}",), "http://127.0.0.1:8000"))
        made = Rig(alice, played, fake, port)
        made.connect(
            kind=connector.kind, config=connector.config, credentials=dict(connector.secrets)
        )
        yield made


def written(rig: Rig) -> int:
    return sum(event.kind in {"post", "reply"} for event in events_of(rig.row()))


def pull_all(rig: Rig, connector: Connector) -> None:
    """Also the past, where a platform's past is a stream of its own."""
    if connector.past:
        answer(rig.owner.post(f"/connections/{rig.id}/pull", {"backfill": True}), 202)
    for _ in range(4):
        rig.pull(after=1)


def test_it_is_tested_and_pulled_to_the_last_message_and_then_to_the_next(
    rig: Rig, connector: Connector, story: Story
) -> None:
    tested = answer(rig.owner.post(f"/connections/{rig.id}/test", {}))
    assert "{" not in tested["sentence"]
    pull_all(rig, connector)
    shown = rig.shown()
    assert (shown["state"], shown["problem"]) == ("ok", None)
    assert written(rig) == 430
    new = more_of(story, rig.now + timedelta(hours=1))
    rig.forum.now = rig.now + timedelta(hours=7)  # type: ignore[attr-defined]
    rig.pull(after=7 * HOUR)
    assert written(rig) == 430 + len(new)
    everything = _dump()
    assert not any(word in everything for word in (b"zsecret", b"Zsecret"))
    ids = [actor.encode() for actor in _ids(rig, story)]
    assert not any(one in everything for one in ids)


def _ids(rig: Rig, story: Story) -> list[str]:
    """How the platform names its members, where the name is long enough to be looked for."""
    fake: Any = rig.forum
    if hasattr(fake, "_user_id"):
        return [one for key in story.people if len(one := str(fake._user_id(key))) > 6]
    return [f"@{key}:" for key in story.people if key not in {"robo", "saul"}]


def _dump() -> bytes:
    with current_database().reader() as session:
        connection = session.connection()
        names = ("connections", "streams", "pulls", "community_events", "community_members")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names]
    return repr(rows).encode()


def test_each_trouble_has_its_state_and_passes(rig: Rig, connector: Connector) -> None:
    rig.played.play(scripts.limited_on(3, 20))
    rig.pull()
    assert rig.shown()["state"] == "throttled"
    rig.pull(after=30)
    assert rig.shown()["state"] == "ok"
    rig.played.play(scripts.revoked_after(0))
    rig.pull(after=25 * HOUR)
    assert rig.shown()["state"] == "needs_reauth"
    rig.played.play(None)
    path = f"/connections/{rig.id}/credentials"
    answer(rig.owner.call("PUT", path, {"credentials": dict(connector.secrets)}))
    pull_all(rig, connector)
    assert rig.shown()["state"] == "ok"
    assert written(rig) == 430


def test_what_may_not_be_seen_is_one_stream_and_the_others_go_on(
    rig: Rig, connector: Connector
) -> None:
    restrictions: Mapping[str, Mapping[str, Any]] = {
        "discourse": {"is_staff": False},
        "discord": {"closed": {"members"}},
        "matrix": {"is_admin": False},
    }
    for name, value in restrictions[connector.kind].items():
        setattr(rig.forum, name, value)
    pull_all(rig, connector)
    shown = rig.shown()
    assert shown["state"] == "degraded"
    states = {one["name"]: one["state"] for one in shown["streams"]}
    refused = {"discourse": "members", "discord": "members", "matrix": "users"}[connector.kind]
    assert states[refused] == "unavailable"
    assert written(rig) == 430
