"""A workspace with endpoints, and a door that leads to the receivers of a test."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tests.fakes.receiver import Receiver, a_receiver
from tests.personas import World
from tests.service.webhooks.owed import Owes, an_endpoint
from tracker.kernel.db import reading
from tracker.kernel.egress import Door, use_door
from tracker.kernel.egress_rules import parse_openings
from tracker.people.queries import workspace_by_slug

Opens = Callable[..., None]
Listens = Callable[..., Owes]


@pytest.fixture
def workspace_id(world: World) -> UUID:
    """Alice's."""
    with reading() as session:
        return workspace_by_slug(session, "alice-and-co").id


def open_to(*receivers: Receiver) -> None:
    """From now on requests leave to these alone."""
    openings = parse_openings(f"127.0.0.1:{one.port}" for one in receivers)
    use_door(Door(openings, resolve=lambda *_asked: ["127.0.0.1"]))


@pytest.fixture
def receiver(world: World) -> Iterator[Receiver]:
    """One that may be called, and answers 200."""
    with a_receiver() as made:
        open_to(made)
        yield made


@pytest.fixture
def endpoint(receiver: Receiver, world: World, workspace_id: UUID) -> Owes:
    """Alice's, at that receiver."""
    url = f"http://good.example:{receiver.port}/hook"
    return an_endpoint(workspace_id, UUID(world.alice.member_id), url)
