"""Playbooks: the product's, and a workspace's own."""

import re

import pytest

from tests.api.playbooks import a_source, brings
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, a_wish, answer, next_monday

pytestmark = pytest.mark.long_on("postgresql")  # what is refused or read is the same

LINE = re.compile(r"playbook\.yaml:\d+: \S.+")


def test_the_products_playbook_is_listed_and_read(vera: Persona) -> None:
    rows = answer(vera.get("/playbooks"))["items"]
    assert [(row["slug"], row["version"], row["origin"]) for row in rows] == [
        *(("community-launch", version, "product") for version in (1, 2, 3, 4)),
        ("empty-plan", 1, "product"),
    ]
    row, whole = rows[-2], answer(vera.get("/playbooks/community-launch"))
    assert whole == answer(vera.get("/playbooks/community-launch/versions/4"))
    assert len(whole["tasks"]) == row["tasks"]
    assert len(whole["phases"]) == 4
    assert len(whole["gates"]) == 5


def test_a_playbook_is_read_in_the_readers_language(vera: Persona) -> None:
    path = "/playbooks/community-launch"
    french = answer(vera.get(path, headers=FRENCH))
    assert french["title"] != answer(vera.get(path))["title"]
    assert "é" in str(french["tasks"])


def test_an_own_playbook_is_planned_from_like_ours(mona: Persona, vera: Persona) -> None:
    made = brings(mona, a_source(tasks=5))
    assert (made["slug"], made["version"]) == ("mine", 1)
    rows = answer(vera.get("/playbooks"))["items"]
    assert [(row["slug"], row["origin"], row["tasks"]) for row in rows[5:]] == [
        ("mine", "workspace", 5)
    ]
    project = answer(mona.post("/projects", {**a_wish(), "playbook": "mine"}), 201)
    assert (project["playbook"], project["version"]) == ("mine", 1)
    assert len(mona.tasks_of(project)) == 5
    wish = {"playbook": "mine", "parameters": {"launch_on": next_monday(30).isoformat()}}
    assert len(answer(vera.post("/playbooks/preview", wish))["tasks"]) == 5


def test_every_fault_is_told_with_its_line(mona: Persona) -> None:
    source = a_source().replace("days: 1", "days: soon").replace("role: content", "roll: content")
    before = everything()
    body = problem(mona.post("/playbooks", {"source": source}), 422, "faulty-playbook")
    assert len(body["problems"]) >= 4
    assert all(LINE.match(line) for line in body["problems"])
    lines = source.splitlines()
    for line in body["problems"]:
        number = int(line.split(":")[1])
        assert (
            "task" in lines[number - 1]
            or "days" in lines[number - 1]
            or "roll" in lines[number - 1]
        )
    french = problem(
        mona.post("/playbooks", {"source": source}, headers=FRENCH), 422, "faulty-playbook"
    )
    assert french["detail"] != body["detail"]
    assert everything() == before


NO_PLAYBOOKS = (
    "playbook: [",
    "",
    "just a text",
    "- a list",
    "&a [*a]",
    "playbook: !!python/object:os.system x",
    "a: " + "[" * 50 + "]" * 50,
    "\t",
    "playbook: mine\nplaybook: mine",
    "%YAML 9.9\n---\n",
    "---\na: 1\n---\nb: 2\n",
)


def test_what_is_no_playbook_is_told_where(mona: Persona, subtests: pytest.Subtests) -> None:
    before = everything()
    for source in NO_PLAYBOOKS:
        with subtests.test(source[:40]):
            response = mona.post("/playbooks", {"source": source})
            found = problem(response, 422, "faulty-playbook")["problems"]
            assert all(LINE.match(line) for line in found), found
            assert everything() == before


def test_a_source_of_more_than_2_mb_is_refused(mona: Persona) -> None:
    before = everything()
    response = mona.post("/playbooks", {"source": "#" * (2 * 1024 * 1024 + 1)})
    assert "source" in problem(response, 422, "invalid-values")["errors"]
    assert everything() == before


def test_a_version_is_never_edited_and_the_next_one_is_named(mona: Persona) -> None:
    brings(mona, a_source())
    before = everything()
    for source in (a_source(), a_source(tasks=3)):
        body = problem(mona.post("/playbooks", {"source": source}), 409, "conflict")
        assert "2" in body["detail"]
    assert everything() == before


def test_a_project_keeps_the_version_that_it_was_planned_from(mona: Persona) -> None:
    brings(mona, a_source(tasks=2))
    old = answer(mona.post("/projects", {**a_wish(), "playbook": "mine"}), 201)
    brings(mona, a_source(version=2, tasks=3))
    new = answer(mona.post("/projects", {**a_wish(), "playbook": "mine"}), 201)
    first = answer(mona.post("/projects", {**a_wish(), "playbook": "mine", "version": 1}), 201)
    assert [project["version"] for project in (old, new, first)] == [1, 2, 1]
    assert [len(mona.tasks_of(project)) for project in (old, new, first)] == [2, 3, 2]
    assert answer(mona.get("/playbooks/mine"))["version"] == 2
    problem(mona.get("/playbooks/mine/versions/3"), 404, "not-found")
    problem(mona.get("/playbooks/mine/versions/0"), 404, "not-found")
    assert answer(mona.get(f"/projects/{old['id']}"))["version"] == 1


def test_our_names_are_taken(mona: Persona) -> None:
    before = everything()
    response = mona.post("/playbooks", {"source": a_source("community-launch", 3)})
    problem(response, 409, "conflict")
    assert everything() == before


def test_an_own_playbook_is_unknown_elsewhere_and_its_name_is_free(
    mona: Persona, charlie: Persona
) -> None:
    brings(mona, a_source(title="Secret sauce"))
    assert "Secret sauce" not in charlie.get("/playbooks").text
    for path in ("/playbooks/mine", "/playbooks/mine/versions/1"):
        problem(charlie.get(path), 404, "not-found")
    problem(charlie.post("/projects", {**a_wish(), "playbook": "mine"}), 404, "not-found")
    brings(charlie, a_source(tasks=4, title="Other sauce"))
    assert answer(mona.get("/playbooks/mine"))["title"] == "Secret sauce"
    assert len(answer(charlie.get("/playbooks/mine"))["tasks"]) == 4


def test_the_largest_playbook_is_taken(mona: Persona) -> None:
    assert len(brings(mona, a_source(tasks=2000))["tasks"]) == 2000
    body = {"source": a_source("larger", tasks=2001)}
    problem(mona.post("/playbooks", body), 422, "faulty-playbook")
