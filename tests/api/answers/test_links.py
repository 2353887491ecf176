"""Links: which of them live, and that they lead nowhere else and stay secret."""

import logging
from datetime import timedelta

import pytest

from tests.api.answers.acts import Tasks, refuses
from tests.api.dom import page
from tests.api.launches import a_small_launch, brings_the_small_launch
from tests.api.messages import BASE, a_link, follows, is_reminded, presses
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.reminders.links import Purpose

LAST_MONTH = timedelta(days=31)


def test_links_that_lead_nowhere_all_say_the_same(
    small: World, mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    live = is_reminded(bob, tasks["first"])["done"]
    deleted = answer(
        mona.post(
            f"/projects/{tasks['first']['project_id']}/tasks",
            {
                "title": "Ours",
                "phase": "prepare",
                "role": "content",
                "start_on": tasks["first"]["start_on"],
                "due_on": tasks["first"]["due_on"],
            },
        ),
        201,
    )
    of_deleted = is_reminded(mona, deleted)["done"]
    assert mona.delete(f"/tasks/{deleted['id']}").status_code == 204
    other = is_reminded(small.charlie, tasks["first"] | {"project_id": _his(small)})["done"]
    dead = {
        live[:-1] + ("A" if live[-1] != "A" else "B"): 404,
        live[:-10]: 404,
        f"{BASE}/a/x": 404,
        f"{BASE}/a/%00": 404,
        f"{BASE}/a/{'é' * 72}": 404,
        f"{BASE}/a/{'A' * 5000}": 404,
        is_reminded(bob, tasks["first"], at=utcnow() - LAST_MONTH)["done"]: 410,
        of_deleted: 410,
        other: 410,
    }
    texts = {refuses(bob, link, status=status).said["main"] for link, status in dead.items()}
    assert len(texts) == 1


def _his(small: World) -> str:
    """A project of the stranger's own."""
    brings_the_small_launch(small.charlie)
    return str(a_small_launch(small.charlie)["id"])


def test_links_of_whoever_was_removed_are_dead(small: World, mona: Persona, tasks: Tasks) -> None:
    guest = {"email": "guest@example.org", "role": "manager"}
    made = answer(small.alice.post("/members", guest), 201)
    gone = Persona(mona.app, made["email"], made["id"], "")
    links = [
        *is_reminded(gone, tasks["first"]).values(),
        *(a_link(gone, purpose) for purpose in (Purpose.UNSUBSCRIBE, Purpose.CONFIRM_ADDRESS)),
    ]
    assert small.alice.delete(f"/members/{gone.member_id}").status_code == 204
    for link in links:
        assert refuses(gone, link, status=410).said["h1"] == "This link does not work any more"


def test_no_header_changes_where_links_lead(bob: Persona, tasks: Tasks) -> None:
    spoofed = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"}
    link = a_link(bob, Purpose.UNSUBSCRIBE)
    for response in (
        follows(bob, is_reminded(bob, tasks["first"])["done"], **spoofed),
        presses(bob, link, headers=spoofed),
        presses(bob, a_link(bob, Purpose.SUBSCRIBE), headers=spoofed),
    ):
        assert "evil" not in response.text
        assert "evil" not in str(response.headers)


@pytest.mark.parametrize(
    "target",
    ["//evil", r"/\evil", "@evil.com", "javascript:x", "%2f%2fevil", "https:evil"],
)
def test_nothing_that_is_asked_for_leads_elsewhere(bob: Persona, tasks: Tasks, target: str) -> None:
    link = is_reminded(bob, tasks["first"])["done"]
    for name in ("next", "back_url", "url"):
        response = presses(bob, f"{link}?{name}={target}")
        assert "Location" not in response.headers
        assert "evil" not in page(response).said["main"]


def test_tokens_stay_out_of_the_logs(
    bob: Persona, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    links = is_reminded(bob, tasks["first"])
    with caplog.at_level(logging.DEBUG):
        for link in (*links.values(), links["done"][:-1]):
            for response in (follows(bob, link), presses(bob, link)):
                assert link.rpartition("/")[2] not in response.text
    assert not any(link.rpartition("/")[2][:40] in caplog.text for link in links.values())
