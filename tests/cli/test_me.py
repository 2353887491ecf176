"""``tracker me``: hours, digest and absences by hand."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cli.callers import call
from tests.cli.terminal import misused, printed, refused, run
from tests.personas import next_monday
from tracker.kernel.db import reading
from tracker.people.models import Member

BOB = "--workspace acme --as bob@acme.org"
MONDAY = next_monday(4)


@pytest.fixture
def acme(desk: str) -> str:
    """A workspace with Alice, and Bob, who only looks."""
    printed("workspace create acme --owner alice@acme.org")
    printed("member add bob@acme.org --role viewer --workspace acme")
    return desk


def wishes() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed(f"me preferences {BOB} --format json"))
    return found


def shown(line: str) -> list[list[str]]:
    """What stands in the rows of a table."""
    return [row.split() for row in printed(line).splitlines()]


def test_hours_and_digest_are_shown_and_set(acme: str) -> None:
    assert ["work_from", "09:00"] in shown(f"me preferences {BOB}")
    line = f"me set {BOB} --timezone Asia/Tokyo --work-from 10:00 --work-day 1 --work-day 3"
    assert printed(f"{line} --digest daily --digest-time 07:30 --no-quiet") == "Kept.\n"
    told = wishes()
    assert (told["timezone"], told["work_from"], told["work_days"]) == (
        "Asia/Tokyo",
        "10:00",
        [1, 3],
    )
    assert (told["quiet_from"], told["quiet_until"]) == (None, None)
    assert told["digest_at"].endswith("T22:30:00Z")
    assert ["work_days", "1,3"] in shown(f"me preferences {BOB}")
    owners = json.loads(printed("me preferences --workspace acme --format json"))
    assert owners["timezone"] == "UTC"


def test_an_absence_is_said_listed_and_taken_back(acme: str) -> None:
    until = MONDAY + timedelta(days=4)
    line = f"me absent {BOB} --from {MONDAY} --until {until} --stand-in alice@acme.org"
    assert printed(line).startswith("bob@acme.org is away from Mon ")
    (row,) = json.loads(printed(f"me absences {BOB} --format json"))
    assert row | {"id": ""} == {
        "start_on": str(MONDAY),
        "end_on": str(until),
        "stand_in": "alice@acme.org",
        "id": "",
    }
    assert refused(line).startswith("You are away from")
    assert run(line, lang="fr_FR.UTF-8").stderr.startswith("Une absence est déjà prévue")
    assert printed(f"me present {row['id']} {BOB}") == "The absence is removed.\n"
    assert json.loads(printed(f"me absences {BOB} --format json")) == []


def test_what_the_api_refuses_is_refused_here(acme: str) -> None:
    before = wishes()
    assert "cover the whole day" in refused(f"me set {BOB} --quiet-from 08:00")
    assert "Not a time zone" in refused(f"me set {BOB} --timezone Mars/Olympus")
    assert "Not a time of day" in refused(f"me set {BOB} --digest-time 8h")
    assert "not another member" in refused(
        f"me absent {BOB} --from {MONDAY} --until {MONDAY} --stand-in bob@acme.org"
    )
    assert "--digest" in misused(f"me set {BOB} --digest hourly")
    assert wishes() == before


def test_the_operator_vouches_for_addresses_and_the_api_does_not(acme: str) -> None:
    token = printed("token create --workspace acme --role owner --name tests").strip()
    made = call(acme, token, "/members", {"email": "eve@acme.org", "role": "viewer"})
    assert made.status_code == 201
    with reading() as session:
        wanted = select(Member.email).where(Member.confirmed_at.is_(None))
        assert session.scalars(wanted).all() == ["eve@acme.org"]
