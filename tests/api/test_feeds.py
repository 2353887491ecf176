"""Calendars under secret addresses: what they hold, and when they end."""

from typing import Any

import pytest
from icalendar import Calendar
from werkzeug.test import TestResponse

from tests.api.document import NOBODYS
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.api.tables import dump, everything
from tests.api.test_statements import counted
from tests.personas import Persona, answer

pytestmark = pytest.mark.long_on("postgresql")  # what is refused or read is the same


def makes_a_feed(who: Persona, project: dict[str, Any] | None = None) -> dict[str, Any]:
    return answer(who.post("/feeds", {"project_id": project and project["id"]}), 201)


def subscribes(who: Persona, feed: dict[str, Any], **headers: str) -> TestResponse:
    """Ask for the calendar as a reader of calendars does: without a token."""
    path = feed["url"].removeprefix("http://127.0.0.1:8000")
    return who.app.test_client().get(path, headers=headers)


def uids(response: TestResponse) -> set[str]:
    assert response.status_code == 200, response.text
    return {str(event["UID"]) for event in Calendar.from_ical(response.data).events}


def test_a_project_feed_is_the_projects_calendar(vera: Persona, mona: Persona) -> None:
    project = mona.creates_a_project(name="Ours")
    feed = makes_a_feed(vera, project)
    response = subscribes(vera, feed)
    assert response.content_type == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert uids(response) == uids(vera.get(f"/projects/{project['id']}/calendar.ics"))
    assert b"REFRESH-INTERVAL" in response.data
    assert b"METHOD" not in response.data
    assert "evil" not in subscribes(vera, feed, Host="evil.example").text


def test_a_persons_feed_holds_what_they_have_to_do_in_every_project(
    mona: Persona, bob: Persona
) -> None:
    his = set()
    for name in ("One", "Two"):
        for task in mona.tasks_of(mona.creates_a_project(name=name))[:2]:
            answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [bob.email]}))
            his.add(f"task.{task['id']}@community-tracker")
    response = subscribes(bob, makes_a_feed(bob))
    assert uids(response) == his
    calendar: Any = Calendar.from_ical(response.data)
    projects = {str(name) for event in calendar.events for name in event["CATEGORIES"].cats}
    assert projects == {"One", "Two"}
    assert str(calendar["X-WR-CALNAME"]) == "Tasks of bob"
    assert uids(subscribes(mona, makes_a_feed(mona))) == set()


def test_what_has_not_changed_is_not_sent_again(mona: Persona) -> None:
    project = mona.creates_a_project()
    feed = makes_a_feed(mona, project)
    tag = subscribes(mona, feed).headers["ETag"]
    again = subscribes(mona, feed, **{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    answer(mona.patch(f"/tasks/{mona.tasks_of(project)[0]['id']}", {"title": "Another"}))
    assert subscribes(mona, feed, **{"If-None-Match": tag}).status_code == 200


def test_the_address_is_kept_nowhere(mona: Persona) -> None:
    feed = makes_a_feed(mona)
    secret = feed["url"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 32
    assert secret.encode() not in dump()
    assert secret not in mona.get("/feeds").text
    assert "url" not in answer(mona.get("/feeds"))["items"][0]


def test_dead_and_unknown_addresses_answer_alike(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    project = mona.creates_a_project()
    revoked, removed, deleted = makes_a_feed(mona), makes_a_feed(bob), makes_a_feed(mona, project)
    assert mona.delete(f"/feeds/{revoked['id']}").status_code == 204
    assert alice.delete(f"/members/{bob.member_id}").status_code == 204
    assert mona.delete(f"/projects/{project['id']}").status_code == 204
    never = {"url": "http://127.0.0.1:8000/cal/never.ics"}
    answers = {subscribes(mona, feed).text for feed in (revoked, removed, deleted, never)}
    assert len(answers) == 1
    problem(subscribes(mona, never), 404, "not-found")
    assert subscribes(mona, never, **FRENCH).text not in answers


def test_feeds_are_seen_and_ended_by_their_own_and_by_owners(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    his, hers = makes_a_feed(bob), makes_a_feed(mona)
    assert [feed["id"] for feed in answer(bob.get("/feeds"))["items"]] == [his["id"]]
    assert {feed["id"] for feed in answer(alice.get("/feeds"))["items"]} == {his["id"], hers["id"]}
    before = everything()
    problem(bob.delete(f"/feeds/{hers['id']}"), 404, "not-found")
    assert everything() == before
    assert subscribes(mona, hers).status_code == 200
    assert alice.delete(f"/feeds/{hers['id']}").status_code == 204
    assert subscribes(mona, hers).status_code == 404
    assert answer(mona.get("/feeds"))["items"] == []
    problem(mona.delete(f"/feeds/{hers['id']}"), 404, "not-found")


def test_a_feed_of_nothing_is_refused(mona: Persona, charlie: Persona) -> None:
    theirs = charlie.creates_a_project()
    before = everything()
    for project_id in (str(NOBODYS), theirs["id"]):
        problem(mona.post("/feeds", {"project_id": project_id}), 404, "not-found")
    problem(mona.post("/feeds", {"project_id": "x"}), 422, "invalid-values")
    assert everything() == before


@pytest.mark.parametrize("secret", ["%00", "a%2Fb", "é", "x" * 5000, "%ED%A0%80"])
def test_odd_addresses_are_unknown_ones(mona: Persona, secret: str) -> None:
    assert mona.app.test_client().get(f"/cal/{secret}.ics").status_code == 404


def test_a_feed_costs_the_same_for_one_task_and_for_600(mona: Persona) -> None:
    found = []
    for tasks in (1, 600):
        project = has_a_project_of(mona, tasks)
        answer(mona.patch(f"/tasks/{mona.tasks_of(project)[0]['id']}", {"assignees": [mona.email]}))
        sizes = []
        for feed in (makes_a_feed(mona, project), makes_a_feed(mona)):
            with counted() as statements:
                assert subscribes(mona, feed).status_code == 200
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    assert max(found[0]) <= 6
