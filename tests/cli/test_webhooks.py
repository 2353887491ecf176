"""``tracker webhook``."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.cli.terminal import printed, refused
from tests.fakes.receiver import Receiver, a_receiver, answering
from tests.service.webhooks.owed import Owes, an_endpoint, events, owed, states
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.people.models import Member
from tracker.webhooks.delivering import deliver_due

ACME = "--workspace acme"


@pytest.fixture
def receiver(office: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with a_receiver() as made:
        monkeypatch.setenv("TRACKER_EGRESS_ALLOW", f"127.0.0.1/32:{made.port}")
        printed("workspace create acme")
        printed(f"token create --role owner --name first {ACME}")
        yield made


@pytest.fixture
def endpoint(receiver: Receiver) -> Owes:
    printed(f"webhook list {ACME}")  # opens the database
    with reading() as session:
        owners = select(Member).where(Member.role == "owner")
        owner = session.scalars(owners.limit(1)).one()
    url = f"http://127.0.0.1:{receiver.port}/s3cr3t"
    return an_endpoint(owner.workspace_id, owner.id, url)


def listed() -> dict[str, Any]:
    (one,) = json.loads(printed(f"webhook list {ACME} --format json"))
    assert "s3cr3t" not in json.dumps(one)
    found: dict[str, Any] = one
    return found


def test_webhooks_are_listed_tested_paused_resumed_and_replayed(
    endpoint: Owes, receiver: Receiver
) -> None:
    assert printed(f"webhook test {endpoint.id} {ACME}") == "The test was accepted.\n"
    receiver.script = answering(500)
    assert "status 500" in refused(f"webhook test {endpoint.id} {ACME}")
    assert "held" in printed(f"webhook pause {endpoint.id} {ACME}")
    assert listed()["state"] == "paused"
    assert "is paused" in refused(f"webhook replay {endpoint.id} --failed {ACME}")
    (event,) = events(endpoint.workspace_id)
    (delivery,) = owed(endpoint, [event], state="held", ready_at=None)
    printed(f"webhook resume {endpoint.id} {ACME}")
    assert (listed()["state"], listed()["owed"]) == ("active", 1)
    receiver.script = answering(200)
    deliver_due(now=utcnow())
    for option, said in (
        (f"--delivery {delivery}", "It is sent again."),
        ("--since 2026-01-01", "1 delivery is sent again."),
        (
            "--failed",
            "There is nothing to send again. What is still owed will be sent by itself.",
        ),
    ):
        told = printed(f"webhook replay {endpoint.id} {option} {ACME}")
        assert told == f"{said}\n"
        deliver_due(now=utcnow())
    assert states(endpoint) == {"sent": 1}
    assert "one of delivery" in refused(f"webhook replay {endpoint.id} {ACME}")
    nobodys = UUID(int=7)
    assert "no such webhook" in refused(f"webhook test {nobodys} {ACME}").lower()
