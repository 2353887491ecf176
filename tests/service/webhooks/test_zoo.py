"""Whatever receivers do, an attempt ends in time, is written down, and nothing else happens."""

import resource
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import app_on
from tests.fakes.receiver import a_receiver
from tests.fakes.zoo import animals
from tests.personas import World, a_world
from tests.service.test_egress import a_certificate
from tests.service.webhooks.conftest import open_to
from tests.service.webhooks.owed import an_endpoint, events, kept, owed
from tracker.kernel.clock import utcnow
from tracker.webhooks.delivering import deliver_due

SECONDS = 0.5


@pytest.fixture
def app(sqlite_url: str) -> Flask:
    return app_on(sqlite_url)


@pytest.fixture
def world(app: Flask) -> World:
    return a_world(app)


def test_the_zoo(
    world: World, workspace_id: UUID, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    (event,) = events(workspace_id)
    owner = UUID(world.alice.member_id)
    with a_receiver() as canary, a_receiver("::1") as other, ExitStack() as stack:
        zoo = animals(canary.port, slow=2 * SECONDS)
        cages, ids = {}, {}
        for name, animal in zoo.items():
            cages[name] = stack.enter_context(a_receiver())
            cages[name].script = animal.script
            url = f"http://good.example:{cages[name].port}/x"
            ids[name] = owed(an_endpoint(workspace_id, owner, url), [event])[0]
        _root, context = a_certificate(tmp_path, "good.example")  # nobody vouches for it
        wrong = stack.enter_context(a_receiver(context=context))
        secure = f"https://good.example:{wrong.port}/x"
        ids["wrong certificate"] = owed(an_endpoint(workspace_id, owner, secure), [event])[0]
        open_to(canary, wrong, *cages.values())
        before, began = _peak(), monotonic()
        assert deliver_due(now=utcnow(), seconds=SECONDS) == len(ids)
        assert monotonic() - began < 4 * SECONDS + 2, "nobody was waited for twice"
        assert _peak() - before < 50
        assert (canary.connections, other.connections, wrong.requests) == (0, 0, [])
        for name, animal in zoo.items():
            with subtests.test(name):
                (attempt,) = kept(ids[name]).attempts
                assert (attempt.outcome, attempt.status) == (animal.outcome, animal.status)
                assert attempt.milliseconds <= 1000 * (SECONDS + 0.4)
                assert len(attempt.answer or "") <= 8 * 1024
                assert len(cages[name].requests) == 1
                state = "sent" if animal.outcome == "delivered" else "owed"
                assert kept(ids[name]).state == state
        (attempt,) = kept(ids["wrong certificate"]).attempts
        assert (attempt.outcome, attempt.detail) == ("unreachable", "certificate")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
