"""The ways to people: which there are, in which order, and which are not to be taken."""

from uuid import UUID

import pytest
from sqlalchemy import insert, update

from tests.personas import Persona, World
from tracker.channels.models import Channel
from tracker.channels.routes import Route, deliver, routes_of, routes_to_confirm, use_carriers
from tracker.connectors.letter import Outcome, Parcel
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, new_id, reading, unit_of_work
from tracker.kernel.secrets import encrypt
from tracker.people.models import Member
from tracker.people.queries import workspace_by_slug


@pytest.fixture
def workspace_id(world: World) -> UUID:
    with reading() as session:
        return workspace_by_slug(session, "alice-and-co").id


def has(workspace_id: UUID, who: Persona, kind: str, *, at: int = 1, state: str = "active") -> UUID:
    row_id = new_id()
    with unit_of_work() as session:
        core(session).execute(
            insert(Channel).values(
                workspace_id=workspace_id,
                id=row_id,
                member_id=UUID(who.member_id),
                kind=kind,
                address=encrypt(f"to {kind}", "channels", row_id),
                label=f"{kind}.example/…abc",
                position=at,
                state=state,
                created_at=utcnow(),
            )
        )
    return row_id


def ways(workspace_id: UUID, *people: Persona) -> list[list[str]]:
    keys = [(workspace_id, UUID(who.member_id)) for who in people]
    with reading() as session:
        found = routes_of(session, keys)
    return [[f"{way.kind} {way.address}" for way in found.get(key, ())] for key in keys]


def changed(who: Persona, **values: object) -> None:
    with unit_of_work() as session:
        this = Member.id == UUID(who.member_id)
        session.execute(update(Member).where(this).values(values))


def test_the_own_address_comes_first_unless_a_channel_is_put_before_it(
    world: World, workspace_id: UUID
) -> None:
    bob, vera = world.bob, world.vera
    assert ways(workspace_id, bob, vera) == [["email bob@example.org"], ["email vera@example.org"]]
    has(workspace_id, bob, "slack", at=2)
    has(workspace_id, bob, "hook", at=1)
    has(workspace_id, vera, "discord", at=-1)
    assert ways(workspace_id, bob, vera) == [
        ["email bob@example.org", "hook to hook", "slack to slack"],
        ["discord to discord", "email vera@example.org"],
    ]


def test_what_is_not_confirmed_or_is_off_is_no_way(world: World, workspace_id: UUID) -> None:
    bob, now = world.bob, utcnow()
    has(workspace_id, bob, "slack", state="unconfirmed")
    has(workspace_id, bob, "hook", state="off")
    assert ways(workspace_id, bob) == [["email bob@example.org"]]
    changed(bob, confirmed_at=None)
    assert ways(workspace_id, bob) == [[]]
    changed(bob, confirmed_at=now, mail_off_at=now)
    assert ways(workspace_id, bob) == [[]]
    changed(bob, mail_off_at=None)
    assert ways(workspace_id, bob) == [["email bob@example.org"]]


def test_no_way_leads_to_those_who_left_or_into_another_workspace(
    world: World, workspace_id: UUID
) -> None:
    has(workspace_id, world.bob, "slack")
    changed(world.bob, removed_at=utcnow())
    assert ways(workspace_id, world.bob, world.charlie) == [[], []]
    with reading() as session:
        assert routes_of(session, []) == {}


def test_one_that_cannot_be_read_keeps_nobody_else_from_being_told(
    world: World, workspace_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    broken = has(workspace_id, world.bob, "slack")
    with unit_of_work() as session:
        session.execute(update(Channel).values(address="00000000:AAAA:AAAA"))
    has(workspace_id, world.vera, "hook")
    assert ways(workspace_id, world.bob, world.vera) == [
        ["email bob@example.org"],
        ["email vera@example.org", "hook to hook"],
    ]
    assert str(broken) in caplog.text


def test_only_what_is_not_confirmed_is_asked_to_be(world: World, workspace_id: UUID) -> None:
    fresh = has(workspace_id, world.bob, "slack", state="unconfirmed")
    active = has(workspace_id, world.bob, "hook")
    vera, mona = UUID(world.vera.member_id), UUID(world.mona.member_id)
    changed(world.vera, confirmed_at=None)
    with reading() as session:
        found = routes_to_confirm(
            session,
            channels=[(workspace_id, fresh), (workspace_id, active)],
            members=[(workspace_id, vera), (workspace_id, mona)],
        )
    assert found == {
        (workspace_id, fresh): Route("slack", fresh, "to slack", "slack"),
        (workspace_id, vera): Route("email", None, "vera@example.org", "email"),
    }


def test_servers_of_ones_own_have_breakers_of_their_own(world: World, workspace_id: UUID) -> None:
    for kind in ("hook", "mattermost", "slack"):
        has(workspace_id, world.bob, kind)
    with reading() as session:
        found = routes_of(session, [(workspace_id, UUID(world.bob.member_id))])
    targets = {way.target for way in next(iter(found.values()))}
    assert targets == {"email", "slack", "hook hook.example", "mattermost mattermost.example"}


def test_an_address_shows_in_no_representation() -> None:
    assert "hush" not in repr(Route("slack", None, "hush", "slack"))


def test_what_nobody_takes_is_refused_and_an_event_needs_nobody() -> None:
    use_carriers({})
    parcels: list[Parcel] = [Parcel(address="", letter=None)] * 2  # type: ignore[arg-type]
    assert [one.outcome for one in deliver("pigeon", parcels)] == [Outcome.REFUSED] * 2
    assert [one.outcome for one in deliver("event", parcels)] == [Outcome.ACCEPTED] * 2
