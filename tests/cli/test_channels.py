"""``tracker channel`` and ``tracker secrets``."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.cli.terminal import printed, refused, run
from tests.fakes.receiver import Receiver, a_receiver, answering
from tracker.channels import service
from tracker.channels.models import Channel
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work

OLD, NEW = "an old key that is long enough to be one", "a new key that is long enough to be one"
ACME = "--workspace acme"


@pytest.fixture
def acme(office: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace with an owner and Bob."""
    monkeypatch.setenv("TRACKER_ENCRYPTION_KEYS", OLD)
    printed("workspace create acme")
    printed(f"token create --role owner --name first {ACME}")
    printed(f"member add bob@example.org {ACME}")


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with a_receiver() as made:
        monkeypatch.setenv("TRACKER_EGRESS_ALLOW", f"127.0.0.1/32:{made.port}")
        yield made


def channels(who: str = "bob@example.org") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        printed(f"channel list {ACME} --as {who} --format json")
    )
    return listed


def confirmed(channel_id: str) -> None:
    with unit_of_work() as session:
        row = session.scalars(select(Channel).where(Channel.id == UUID(channel_id))).one()
        service.confirm(session, row.workspace_id, row.id, now=utcnow())
        row.asked_at = None


def test_a_channel_is_added_tested_switched_off_and_removed(acme: None, receiver: Receiver) -> None:
    as_bob = f"{ACME} --as bob@example.org"
    address = f"http://127.0.0.1:{receiver.port}/hooks/s3cr3t-of-bob"
    assert "used once that is confirmed" in printed(f"channel add mattermost {address} {as_bob}")
    (one,) = channels()
    assert (one["kind"], one["state"]) == ("mattermost", "unconfirmed")
    assert "s3cr3t" not in json.dumps(one)
    assert json.loads(printed(f"channel list {ACME} --format json")) == [], "of the owner"
    assert "not confirmed" in refused(f"channel test {one['id']} {as_bob}")
    confirmed(one["id"])
    assert "accepted" in printed(f"channel test {one['id']} {as_bob}")
    assert b"A test of this channel" in receiver.requests[0]
    assert "tested a moment ago" in refused(f"channel test {one['id']} {as_bob}")
    assert "is off" in printed(f"channel off {one['id']} {as_bob}")
    assert channels()[0]["state"] == "off"
    assert "You have no such channel" in refused(f"channel remove {one['id']} {ACME}")
    assert "is forgotten" in printed(f"channel remove {one['id']} {as_bob}")
    assert channels() == []


def test_a_test_that_fails_exits_with_why(acme: None, receiver: Receiver) -> None:
    printed(f"channel add hook http://127.0.0.1:{receiver.port}/x {ACME} --as bob@example.org")
    (one,) = channels()
    confirmed(one["id"])
    receiver.script = answering(410)
    told = refused(f"channel test {one['id']} {ACME} --as bob@example.org")
    assert told == "The test was not accepted: gone, HTTP 410."
    assert channels()[0]["state"] == "off"


def test_an_address_can_be_kept_out_of_the_history_of_commands(acme: None) -> None:
    line = f"channel add email - {ACME} --as bob@example.org"
    assert run(line, typed="bob@example.net\n").exit_code == 0
    assert [one["label"] for one in channels()] == ["b…@example.net"]


def test_what_leads_inside_is_refused(acme: None) -> None:
    said = refused(f"channel add hook http://127.0.0.1/x {ACME}", lang="fr_FR.UTF-8")
    assert "réseau interne" in said
    said = refused(f"channel add slack https://evil.example/ {ACME}")
    assert "It looks like https://hooks.slack.com/services/" in said
    assert json.loads(printed(f"channel list {ACME} --format json")) == []


def test_keys_are_changed_without_losing_anything(
    acme: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(f"channel add email bob@example.net {ACME} --as bob@example.org")
    monkeypatch.setenv("TRACKER_ENCRYPTION_KEYS", NEW)
    assert "Put it back" in refused("secrets rotate")
    assert "Put it back" in run("doctor").output
    monkeypatch.setenv("TRACKER_ENCRYPTION_KEYS", f"{NEW},{OLD}")
    assert printed("secrets rotate").startswith("1 secret encrypted anew")
    assert printed("secrets rotate").startswith("0 secrets encrypted anew")
    monkeypatch.setenv("TRACKER_ENCRYPTION_KEYS", NEW)
    assert "Stored secrets can be read" in run("doctor").output
