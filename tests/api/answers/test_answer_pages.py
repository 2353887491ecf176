"""The pages behind the links: their language, their form, and that texts of users stay texts."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from tests.api.answers.acts import Tasks, changes, read, refuses
from tests.api.dom import page
from tests.api.messages import BASE, follows, is_reminded, presses
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.kernel.db import unit_of_work
from tracker.kernel.plain import line
from tracker.people.models import Member

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
        (field,) = again.all("input")
        assert (field["value"], field["aria-invalid"]) == (typed, "true")
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


def speaks(persona: Persona, language: str | None) -> None:
    with unit_of_work() as session:
        mine = Member.id == UUID(persona.member_id)
        session.execute(update(Member).where(mine).values(language=language))


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
