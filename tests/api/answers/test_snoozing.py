"""Putting a reminder off from the message."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.answers.acts import Tasks, owed_of, refuses
from tests.api.dom import page
from tests.api.messages import follows, is_reminded, presses
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow


@pytest.mark.parametrize(("purpose", "days"), [("snooze_1d", 1), ("snooze_3d", 3)])
def test_a_reminder_is_put_off(bob: Persona, tasks: Tasks, purpose: str, days: int) -> None:
    link = is_reminded(bob, tasks["first"])[purpose]
    before = everything()
    asked = page(follows(bob, link))
    assert everything() == before
    assert asked.said["h1"] == "Remind you later?"
    assert tasks["first"]["title"] in asked.said["dl"]
    put_off = page(presses(bob, link))
    (owed,) = owed_of(tasks["first"])
    assert owed["snoozed_until"] == owed["ready_at"] == owed["due_at"]
    assert owed["due_at"].date() >= utcnow().date() + timedelta(days=days)
    assert f"{owed['due_at']:%-d %B %Y}" in put_off.said["p"]
    before = everything()
    assert page(presses(bob, link)).said["h1"] == "It is so already"
    assert everything() == before


def test_put_off_until_next_week_is_until_a_day_of_work(bob: Persona, tasks: Tasks) -> None:
    page(presses(bob, is_reminded(bob, tasks["first"])["snooze_week"]))
    (owed,) = owed_of(tasks["first"])
    today = utcnow().date()
    assert owed["due_at"].date().weekday() == 0
    assert today < owed["due_at"].date() <= today + timedelta(days=7)


def test_what_is_over_is_not_put_off(bob: Persona, tasks: Tasks) -> None:
    links = is_reminded(bob, tasks["first"])
    page(presses(bob, links["done"]))
    for name in ("snooze_1d", "snooze_3d", "snooze_week"):
        assert "done already" in page(presses(bob, links[name])).said["p"]
    assert owed_of(tasks["first"]) == []
    cancelled = is_reminded(bob, tasks["second"], state="cancelled", reason="moved")
    assert "cancelled" in refuses(bob, cancelled["snooze_1d"]).said["p"]


def test_gates_and_projects_are_put_off_too(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    (gate,) = answer(mona.get(f"/projects/{project['id']}/gates"))["items"]
    things = {
        "gate": {"id": gate["id"], "project_id": project["id"]},
        "project": {"id": project["id"], "project_id": project["id"]},
    }
    for subject, thing in things.items():
        links = is_reminded(mona, thing, subject=subject, rule="quiet")
        assert sorted(links) == ["snooze_1d", "snooze_3d", "snooze_week"]
        asked = page(follows(mona, links["snooze_3d"]))
        assert (gate["title"] if subject == "gate" else "Ours & more") in asked.said["dl"]
        page(presses(mona, links["snooze_3d"]))
        assert len(owed_of(thing)) == 1
