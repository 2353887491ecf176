"""What is held is held for an endpoint that is off: whatever happens at the same moment."""

import socket
from datetime import timedelta
from threading import Barrier, Event
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.fakes.receiver import Receiver, answering
from tests.service.webhooks.owed import (
    Owes,
    endpoint_row,
    events,
    owed,
    set_endpoint,
    states,
)
from tracker.kernel.clock import utcnow
from tracker.kernel.db import current_database, unit_of_work
from tracker.kernel.event_log import Numbered
from tracker.webhooks.delivering import deliver_due
from tracker.webhooks.disabling import hold_what_is_off
from tracker.webhooks.models import Webhook
from tracker.webhooks.owing import owe


def test_one_that_was_resumed_meanwhile_has_nothing_held(
    workspace_id: UUID, endpoint: Owes
) -> None:
    owed(endpoint, events(workspace_id))
    for state, expected in (("active", {"owed": 1}), ("paused", {"held": 1})):
        set_endpoint(endpoint, state=state)
        with unit_of_work() as session:
            hold_what_is_off(session, (workspace_id, endpoint.id), now=utcnow())
        assert states(endpoint) == expected


def test_of_200_and_410_at_once_the_one_arrived_and_the_other_ends_it(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    both = Barrier(2, timeout=5)

    def divided(client: socket.socket, over: Event) -> None:
        status = 410 if both.wait() else 200
        answering(status)(client, over)

    receiver.script = divided
    owed(endpoint, events(workspace_id, 2))
    deliver_due(now=utcnow())
    row = endpoint_row(endpoint)
    assert (row.state, row.reason) == ("disabled", "gone")
    assert states(endpoint) == {"sent": 1, "held": 1}


def test_410_of_the_address_before_ends_nothing(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    def moved(client: socket.socket, over: Event) -> None:
        set_endpoint(endpoint, version=2)
        answering(410)(client, over)

    receiver.script = moved
    owed(endpoint, events(workspace_id))
    deliver_due(now=utcnow())
    assert (endpoint_row(endpoint).state, states(endpoint)) == ("active", {"owed": 1})
    receiver.script = answering(410)
    deliver_due(now=utcnow() + timedelta(seconds=9))
    assert (endpoint_row(endpoint).state, states(endpoint)) == ("disabled", {"held": 1})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_resumes_an_endpoint_while_something_is_written_as_held_for_it(
    workspace_id: UUID, endpoint: Owes
) -> None:
    set_endpoint(endpoint, state="paused")
    (event,) = events(workspace_id)
    numbered = Numbered(
        workspace_id=workspace_id,
        id=event,
        topic="task.changed",
        payload={},
        occurred_at=utcnow(),
        position=1,
        sequence=1,
        object_id=event,
        project_id=None,
    )
    to_resume = select(Webhook.id).with_for_update(nowait=True, key_share=True)
    with unit_of_work() as session, current_database().engine.connect() as other:
        assert owe(session, [numbered], now=utcnow()) == 1
        with pytest.raises(OperationalError):
            other.execute(to_resume)
