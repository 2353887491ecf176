"""The courier is called where something is owed, takes no job's time, and ends when told to."""

from time import monotonic
from uuid import UUID

import pytest

from tests.fakes.receiver import a_receiver
from tests.fakes.zoo import late
from tests.jobs.patience import eventually
from tests.personas import World
from tests.service.webhooks.conftest import open_to
from tests.service.webhooks.owed import an_endpoint, events, owed, states
from tracker.kernel.breakers import look_ages
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.people.queries import workspace_by_slug
from workers.webhooks import DESK, LOOK, look_for_deliveries


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_slow_endpoint_holds_up_neither_the_job_nor_the_others(world: World) -> None:
    with reading() as session:
        workspace_id = workspace_by_slug(session, "alice-and-co").id
    owner = UUID(world.alice.member_id)
    with a_receiver() as slow, a_receiver() as quick:
        slow.script = late(2)
        open_to(slow, quick)
        one, other = (
            an_endpoint(workspace_id, owner, f"http://good.example:{receiver.port}/")
            for receiver in (slow, quick)
        )
        ids = events(workspace_id, 3)
        owed(one, ids[:1])
        began = monotonic()
        look_for_deliveries.apply()
        assert monotonic() - began < 1
        eventually(lambda: len(slow.requests) == 1)
        owed(other, ids)  # while the courier is out
        look_for_deliveries.apply()
        eventually(lambda: states(other) == {"sent": 3})
        assert monotonic() - began < 2, "nobody waited for the slow one"
        DESK.close(5)
        assert states(one) == {"sent": 1}, "what was under way has ended and is known"
    with reading() as session:
        assert LOOK in look_ages(session, utcnow())
