"""``tracker reminders list|show|replay``: the same as over HTTP, by hand."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from tests.cli.terminal import misused, printed, refused, run
from tests.conftest import a_setting, app_on
from tests.personas import World, a_world
from tests.service.reminders.owing import kept, owes, sends_all
from tracker.kernel.clock import utcnow
from tracker.wiring import wire

OURS = "--workspace alice-and-co"
FRENCH = "fr_FR.UTF-8"


@pytest.fixture
def world(desk: str) -> World:
    """Alice's workspace, and Charlie's."""
    return a_world(app_on(desk))


def test_what_is_owed_and_was_sent_is_listed_and_shown(world: World, desk: str) -> None:
    (sent,) = owes(world.bob)
    sends_all()
    (failed,) = owes(world.mona, state="failed", reason="no_channel", ready_at=None)
    rows = json.loads(printed(f"reminders list {OURS} --format json"))
    assert [(UUID(row["id"]), row["state"]) for row in rows] == [(sent, "sent"), (failed, "failed")]
    table = printed(f"reminders list {OURS} --state failed").splitlines()
    assert table[0].split() == ["due_at", "member", "rule", "title", "state", "reason", "id"]
    assert "mona@example.org" in table[1]
    assert table[1].split()[0].endswith("+00:00")
    assert len(table) == 2
    only = f"reminders list {OURS} --as bob@example.org"
    assert len(printed(only).splitlines()) == 2, "others' are for managers"
    assert "manager" in refused(f"{only} --member mona@example.org")
    assert "never" in refused(f"reminders list {OURS} --member nobody@example.org")
    page = printed(f"reminders show {sent} {OURS}")
    assert "Sent." in page
    assert "The channel took it." in page
    assert json.loads(printed(f"reminders show {sent} {OURS} --format json"))["tries"] == 1
    assert "Aucun moyen" in run(f"reminders show {failed} {OURS}", lang=FRENCH).stdout
    assert "no such reminder" in refused(f"reminders show {sent} --workspace charlie-inc")
    wire(a_setting(database_url=desk))


def test_what_was_given_up_is_sent_again(world: World, desk: str) -> None:
    given_up = {"state": "failed", "reason": "unreachable", "ready_at": None}
    many = owes(world.bob, 3, due_at=utcnow() - timedelta(days=4), **given_up)
    (sent,) = owes(world.bob, state="sent", ready_at=None)
    assert "manager" in refused(f"reminders replay {many[0]} {OURS} --as bob@example.org")
    assert "sent" in refused(f"reminders replay {many[0]} {sent} {OURS}")
    assert "--state" in misused(f"reminders replay {OURS}")
    assert printed(f"reminders replay {many[0]} {OURS}") == "1 reminder will be sent again.\n"
    assert printed(f"reminders replay --state failed {OURS}").startswith("2 ")
    wire(a_setting(database_url=desk))
    sends_all()
    assert [kept(one).state for one in many] == ["sent"] * 3
