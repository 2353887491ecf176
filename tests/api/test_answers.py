"""Answering from the message: a link shows what it would do, and its button does it."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import delete, update

from tests.api.dom import Page, page
from tests.api.launches import (
    a_small_launch,
    brings_the_small_launch,
    by_name,
    sets_the_gate,
    sets_the_project,
)
from tests.api.messages import BASE, a_link, follows, is_reminded, presses, workspace_of
from tests.api.served import served
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, unit_of_work
from tracker.kernel.plain import line
from tracker.people.models import Member
from tracker.people.time_models import Absence
from tracker.projects.models import Task
from tracker.reminders.chasing import chase_due
from tracker.reminders.links import Purpose, confirm_link
from tracker.web.auth import API

Tasks = dict[str, dict[str, Any]]
STAND_IN = "stand.in@example.org"
LAST_MONTH = timedelta(days=31)
ODD_TITLES = [
    "</a><img src=//t.example/p.png>",
    "<script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    '"><svg onload=alert(1)>',
    "<style>*{background:url(//t.example/)}</style>",
    "<form action=//t.example><button>",
    "[x](javascript:alert(1))",
    "data:text/html,<b>x</b>",
    "\u202egpj.exe",
    "{{7*7}} ${jndi} %(x)s {title}",
]


@pytest.fixture
def mona(shared_world: World) -> Persona:
    return shared_world.mona


@pytest.fixture
def bob(shared_world: World) -> Persona:
    return shared_world.bob


@pytest.fixture(scope="module")
def small(shared_world: World) -> World:
    """The playbook of the small launch is there."""
    brings_the_small_launch(shared_world.mona)
    return shared_world


@pytest.fixture
def project(small: World) -> dict[str, Any]:
    """A small launch whose tasks are Bob's."""
    return a_small_launch(small.mona, name="Ours & more", people={"content": small.bob.email})


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)


def read(persona: Persona, task: Mapping[str, Any]) -> dict[str, Any]:
    return answer(persona.get(f"/tasks/{task['id']}"))


def changes(persona: Persona, task: Mapping[str, Any], **change: Any) -> None:
    answer(persona.patch(f"/tasks/{task['id']}", change))


def speaks(persona: Persona, language: str | None) -> None:
    with unit_of_work() as session:
        mine = Member.id == UUID(persona.member_id)
        session.execute(update(Member).where(mine).values(language=language))


def refuses(persona: Persona, link: str, *, status: int = 409) -> Page:
    """Looked at or pressed: the same refusal, and nothing is changed."""
    before = everything()
    looked = follows(persona, link)
    pressed = presses(persona, link)
    assert everything() == before
    assert looked.text == pressed.text
    found = page(looked, status)
    assert found.all("form") == []
    return found


@pytest.mark.parametrize(
    ("purpose", "status", "question", "thanks"),
    [
        ("done", "done", "Is it done?", "The task is done. Thank you!"),
        ("started", "in_progress", "Have you started?", "The task is in progress."),
    ],
)
def test_a_task_is_answered_with_one_button(
    *, bob: Persona, tasks: Tasks, purpose: str, status: str, question: str, thanks: str
) -> None:
    task = tasks["first"]
    link = is_reminded(bob, task)[purpose]
    asked = page(follows(bob, link))
    assert asked.said["h1"] == question
    assert asked.all("form") == [{"method": "post"}]
    for said in (task["title"], "Ours & more"):
        assert said in asked.said["dl"]
    assert read(bob, task)["status"] == "todo"
    assert thanks in page(presses(bob, link)).said["p"]
    assert read(bob, task)["status"] == status


def test_what_was_answered_stands_in_the_history(
    bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    page(presses(bob, is_reminded(bob, tasks["first"])["done"]))
    happened = answer(bob.get(f"/projects/{project['id']}/activity"))["items"][0]
    assert (happened["door"], happened["subject_id"]) == ("link", tasks["first"]["id"])
    assert happened["changes"]["status"] == ["todo", "done"]
    assert happened["by"] == bob.member_id


@pytest.mark.parametrize("purpose", ["done", "started", "not_me"])
def test_looking_changes_nothing(bob: Persona, tasks: Tasks, purpose: str) -> None:
    link = is_reminded(bob, tasks["first"])[purpose]
    before = everything()
    for _again in range(2):
        page(follows(bob, link))
    page(follows(bob, link, **{"Sec-Purpose": "prefetch", "Purpose": "prefetch"}))
    head = follows(bob, link, method="HEAD")
    assert (head.status_code, head.data) == (200, b"")
    assert follows(bob, link, method="OPTIONS").status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert follows(bob, link, method=method).status_code == 405
    assert everything() == before


@pytest.mark.parametrize("purpose", ["done", "started", "not_me"])
def test_a_second_press_changes_nothing(
    mona: Persona, bob: Persona, tasks: Tasks, purpose: str
) -> None:
    link = is_reminded(bob, tasks["first"])[purpose]
    page(presses(bob, link))
    before = everything()
    for again in (presses(bob, link), follows(bob, link)):
        found = page(again)
        assert found.said["h1"] == "It is so already"
        assert found.all("form") == []
    assert everything() == before
    changes(mona, tasks["first"], status="not_applicable", reason="Not needed")
    before = everything()
    assert "does not apply any more" in page(presses(bob, link)).said["p"]
    assert everything() == before


def test_many_presses_at_once_are_one_answer(
    bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    path = is_reminded(bob, tasks["first"])["done"].removeprefix(BASE)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    with served(bob.app) as address, ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(requests.post, f"{address}{path}", data="", headers=headers, timeout=60)
            for _ in range(8)
        ]
        pages = [one.result() for one in sent]
    assert {one.status_code for one in pages} == {200}
    assert sum("The task is done. Thank you!" in one.text for one in pages) == 1
    happened = answer(bob.get(f"/projects/{project['id']}/activity"))["items"]
    assert [one["door"] for one in happened].count("link") == 1


def test_started_does_not_open_again_what_is_done(bob: Persona, tasks: Tasks) -> None:
    links = is_reminded(bob, tasks["first"])
    page(presses(bob, links["done"]))
    assert "done already" in page(presses(bob, links["started"])).said["p"]
    assert read(bob, tasks["first"])["status"] == "done"


def test_not_me_leaves_the_others(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    changes(mona, tasks["first"], assignees=[bob.email, mona.email])
    page(presses(bob, is_reminded(bob, tasks["first"])["not_me"]))
    assert read(bob, tasks["first"])["assignees"] == [mona.member_id]


def test_the_manager_hears_of_what_is_left_to_nobody(
    mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    link = is_reminded(bob, tasks["first"])["not_me"]
    assert "project manager" in page(follows(bob, link)).said["p"]
    page(presses(bob, link))
    assert read(bob, tasks["first"])["assignees"] == []
    (told,) = owed_of(tasks["first"])
    assert str(told["member_id"]) == mona.member_id
    assert (told["rule"], told["occurrence"]) == ("unassigned", tasks["first"]["start_on"])
    assert told["ready_at"] == told["due_at"] >= told["created_at"]
    changes(mona, tasks["first"], assignees=[mona.email])
    page(presses(mona, is_reminded(mona, tasks["first"])["not_me"]))
    assert len(owed_of(tasks["first"])) == 1, "who manages knows already"


def owed_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = (UUID(task["id"]), "owed")
    rows = everything()["reminders"]
    return [row for row in rows if (row["subject_id"], row["state"]) == wanted]


def gate_is_closed(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    return "open"


def predecessor_is_open(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    return "second"


def task_is_blocked(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    changes(mona, tasks["first"], status="blocked", reason="No budget")
    return "first"


def project_is_cancelled(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    sets_the_project(project, "cancelled")
    return "first"


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        (gate_is_closed, "Ready to launch"),
        (predecessor_is_open, "“First”"),
        (task_is_blocked, "say first that you have started"),
        (project_is_cancelled, "cancelled"),
    ],
)
def test_what_stands_against_it_is_said_with_what_to_do(
    *,
    mona: Persona,
    bob: Persona,
    project: dict[str, Any],
    tasks: Tasks,
    obstacle: Callable[..., str],
    said: str,
) -> None:
    task = tasks[obstacle(mona, project, tasks)]
    found = refuses(bob, is_reminded(bob, task)["done"])
    assert found.said["h1"] == "This cannot be done now"
    assert said in found.said["p"]
    assert task["title"] in found.said["dl"]
    assert API not in found.said["p"]


def test_what_is_to_be_shown_is_asked_for_on_the_page(
    bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    task = tasks["proven"]
    link = is_reminded(bob, task)["done"]
    before = everything()
    asked = page(follows(bob, link))
    assert asked.said["label"] == "The signed page"
    assert asked.all("input")[0]["type"] == "url"
    for typed in ("", "signed", "javascript:alert(1)", "https://", *ODD_TITLES):
        again = page(presses(bob, link, proof=typed), 422)
        assert "whole web address" in again.said["p"]
        assert again.all("input")[0]["value"] == typed
    assert everything() == before
    page(presses(bob, link, proof=" https://example.org/signed "))
    assert read(bob, task)["status"] == "done"
    (shown,) = read(bob, task)["evidences"]
    assert (shown["kind"], shown["url"]) == ("link", "https://example.org/signed")
    assert shown["by"] == bob.member_id
    happened = answer(bob.get(f"/projects/{project['id']}/activity"))["items"][:2]
    assert {one["door"] for one in happened} == {"link"}
    before = everything()
    page(presses(bob, link, proof="https://example.org/another"))
    assert everything() == before


def test_nobody_types_in_vain(bob: Persona, project: Any, tasks: Tasks) -> None:
    link = is_reminded(bob, tasks["proven"])["done"]
    sets_the_project(project, "archived")
    refuses(bob, link)
    page(presses(bob, link, proof="https://example.org/signed"), 409)


def test_what_was_in_the_way_is_out_of_it(bob: Persona, project: Any, tasks: Tasks) -> None:
    link = is_reminded(bob, tasks["open"])["done"]
    refuses(bob, link)
    sets_the_gate(project, "passed")
    page(presses(bob, link))
    assert read(bob, tasks["open"])["status"] == "done"


def test_rights_are_those_of_the_moment(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    links = is_reminded(bob, tasks["first"])
    changes(mona, tasks["first"], assignees=[mona.email])
    found = refuses(bob, links["done"], status=403)
    assert "A manager can assign it to you" in found.said["p"]
    assert "not among those" in page(presses(bob, links["not_me"])).said["p"]
    page(presses(mona, is_reminded(mona, tasks["first"])["done"]))


def test_who_stands_in_answers_for_the_absent_while_they_are_away(
    small: World, mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    made = answer(small.alice.post("/members", {"email": STAND_IN, "role": "contributor"}), 201)
    other = Persona(mona.app, made["email"], made["id"], "")
    links = is_reminded(other, tasks["first"], facts={"for": bob.member_id})
    refuses(other, links["done"], status=403)
    is_away(bob, timedelta(days=-9), timedelta(days=-3), stand_in=other)
    refuses(other, links["done"], status=403)
    is_away(bob, timedelta(days=-1), timedelta(days=1), stand_in=other)
    assert "not among those" in page(presses(other, links["not_me"])).said["p"]
    page(presses(other, links["done"]))
    assert read(bob, tasks["first"])["status"] == "done"
    assert read(bob, tasks["first"])["assignees"] == [bob.member_id]
    with unit_of_work() as session:
        session.execute(delete(Absence))


def is_away(persona: Persona, since: timedelta, until: timedelta, *, stand_in: Persona) -> None:
    now = utcnow()
    with unit_of_work() as session:
        session.add(
            Absence(
                workspace_id=workspace_of(persona),
                id=new_id(),
                member_id=UUID(persona.member_id),
                start_on=(now + since).date(),
                end_on=(now + until).date(),
                stand_in_id=UUID(stand_in.member_id),
                created_at=now,
            )
        )


def test_whoever_only_looks_answers_nothing(small: World, tasks: Tasks) -> None:
    link = is_reminded(small.vera, tasks["first"])["done"]
    assert "needs the role contributor" in refuses(small.vera, link, status=403).said["p"]


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


def test_the_page_speaks_the_language_of_its_reader(bob: Persona, tasks: Tasks) -> None:
    link = is_reminded(bob, tasks["first"])["done"]
    french = {"Accept-Language": "fr"}
    assert page(follows(bob, link, **french)).said["h1"] == "Est-ce fait ?"
    assert page(follows(bob, f"{BASE}/a/x", **french), 404).said["h1"] == "Ce lien ne marche plus"
    speaks(bob, "fr")
    try:
        assert page(follows(bob, link, **{"Accept-Language": "en"})).said["h1"] == "Est-ce fait ?"
        refused = refuses(bob, is_reminded(bob, tasks["second"])["done"])
        assert "doivent être finies d'abord" in refused.said["p"]
        asked = page(follows(bob, is_reminded(bob, tasks["proven"])["done"]))
        assert "Donner une adresse web entière" in asked.said["p"]
        assert "Merci" in page(presses(bob, link)).said["p"]
        assert page(follows(bob, link)).said["h1"] == "C'est déjà le cas"
    finally:
        speaks(bob, None)


def test_texts_of_users_stay_texts(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    for title in ODD_TITLES:
        changes(mona, tasks["first"], title=title)
        answer(mona.patch(f"/projects/{tasks['first']['project_id']}", {"name": title}))
        links = is_reminded(bob, tasks["first"])
        shown = page(follows(bob, links["done"]))
        assert shown.said["bdi"].count(line(title)) == 2
        assert len(shown.all("form")) == 1


def test_only_a_form_is_taken(bob: Persona, tasks: Tasks) -> None:
    link = is_reminded(bob, tasks["first"])["done"].removeprefix(BASE)
    client = bob.app.test_client()
    before = everything()
    bodies: list[dict[str, Any]] = [{"json": {}}, {"data": "x", "content_type": "text/plain"}, {}]
    for body in bodies:
        assert "button" in page(client.post(link, **body), 415).said["p"]
    assert everything() == before
    page(client.post(link, data={"anything": "else"}, content_type="multipart/form-data"))
    assert read(bob, tasks["first"])["status"] == "done"


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


def test_mails_end_with_one_click_and_come_back(bob: Persona) -> None:
    link = a_link(bob, Purpose.UNSUBSCRIBE)
    before = everything()
    asked = page(follows(bob, link))
    assert bob.email in asked.said["p"]
    assert everything() == before
    for encoding in ("application/x-www-form-urlencoded", "multipart/form-data"):
        response = bob.app.test_client().post(
            link.removeprefix(BASE),
            data={"List-Unsubscribe": "One-Click"},
            content_type=encoding,
        )
        ended = page(response)
        assert mail_is_off(bob)
    (form,) = ended.all("form")
    path = f"{BASE}/a/{form['action']}"
    assert "come to bob@example.org again" in page(presses(bob, path)).said["p"]
    assert not mail_is_off(bob)
    assert page(presses(bob, path)).said["h1"] == "It is so already"


def mail_is_off(persona: Persona) -> bool:
    members = everything()["members"]
    (mine,) = [row for row in members if row["id"] == UUID(persona.member_id)]
    return mine["mail_off_at"] is not None


def test_an_address_is_confirmed_by_its_link_within_a_week(small: World, mona: Persona) -> None:
    guest = {"email": "new@example.org", "role": "viewer"}
    made = answer(small.alice.post("/members", guest), 201)
    new = Persona(mona.app, made["email"], made["id"], "")
    late = a_link(new, Purpose.CONFIRM_ADDRESS, at=utcnow() - timedelta(days=7, minutes=1))
    refuses(new, late, status=410)
    link = a_link(new, Purpose.CONFIRM_ADDRESS)
    assert "new@example.org" in page(follows(new, link)).said["p"]
    assert "confirmed" in page(presses(new, link)).said["p"]
    assert page(follows(new, link)).said["h1"] == "It is so already"


def test_a_channel_is_confirmed_by_its_link(mona: Persona, bob: Persona) -> None:
    made = answer(bob.post("/me/channels", {"kind": "email", "address": "other@example.org"}), 201)
    url = confirm_link("channel", UUID(made["id"]), workspace_of(bob), base_url=BASE, now=utcnow())
    before = everything()
    asked = page(follows(bob, url))
    assert asked.said["h1"] == "Is this address yours?"
    assert made["label"] in asked.said["p"]
    assert everything() == before
    page(presses(bob, url))
    assert answer(bob.get(f"/me/channels/{made['id']}"))["state"] == "active"
    assert page(follows(bob, url)).said["h1"] == "It is so already"
    assert bob.delete(f"/me/channels/{made['id']}").status_code == 204
    refuses(bob, url, status=410)


def test_managers_hear_of_who_cannot_be_reached_any_more(bob: Persona) -> None:
    made = answer(bob.post("/me/channels", {"kind": "email", "address": "other@example.org"}), 201)
    confirm = confirm_link(
        "channel", UUID(made["id"]), workspace_of(bob), base_url=BASE, now=utcnow()
    )
    page(presses(bob, confirm))
    before = announced("channel.off")
    page(presses(bob, a_link(bob, Purpose.UNSUBSCRIBE)))
    assert announced("channel.off") == before
    page(presses(bob, a_link(bob, Purpose.SUBSCRIBE)))
    assert bob.delete(f"/me/channels/{made['id']}").status_code == 204
    for _again in range(2):
        page(presses(bob, a_link(bob, Purpose.UNSUBSCRIBE)))
    (off,) = announced("channel.off")[len(before) :]
    assert off["reason"] == "unsubscribed"
    page(presses(bob, a_link(bob, Purpose.SUBSCRIBE)))


def announced(topic: str) -> list[dict[str, Any]]:
    rows = everything()["outbox_messages"]
    return [row["payload"] for row in rows if row["topic"] == topic]


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


def test_what_is_owed_of_an_answered_task_is_taken_back(
    mona: Persona, bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    first, after = tasks["first"], tasks["beside"]
    for one in (first, after):
        looks_at(one, on=one["due_on"])
        assert {row["occurrence"] for row in owed_of(one)} == {one["due_on"]}
    page(presses(bob, is_reminded(bob, first)["done"]))
    assert owed_of(first) == []
    reasons = {row["reason"] for row in everything()["reminders"] if row["reason"]}
    assert "done" in reasons
    assert owed_of(after) != [], "nothing has changed for what comes next"
    later = (date.fromisoformat(after["due_on"]) + timedelta(days=14)).isoformat()
    changes(mona, after, due_on=later)
    assert owed_of(after) == []
    looks_at(after, on=later)
    assert {row["occurrence"] for row in owed_of(after)} == {later}


def looks_at(task: Mapping[str, Any], *, on: str) -> None:
    """Look at one task alone, on a morning to come."""
    now = datetime.combine(date.fromisoformat(on), time(6), UTC)
    with unit_of_work() as session:
        session.execute(update(Task).values(chase_at=None))
        mine = Task.id == UUID(task["id"])
        session.execute(update(Task).where(mine).values(chase_at=now))
        chase_due(session, now=now)
