"""ETags: a version to build on, and an answer that need not be sent twice."""

from collections.abc import Callable

import pytest

from tests.api.problems import problem
from tests.api.tables import everything
from tests.fakes.connectors import Brought, also_use
from tests.personas import Persona, World, a_wish, answer

QUIZ = {"answers": "AABBCCDDAA"}


@pytest.fixture
def singles(world: World) -> dict[str, str]:
    """The address of one thing of each kind, by its name."""
    alice, project = world.alice, world.mona.creates_a_project()
    token = answer(alice.post("/tokens", {"name": "reader", "scopes": ["read"]}), 201)
    quiz = answer(alice.post("/assessments", QUIZ), 201)
    first_gate = answer(alice.get(f"/projects/{project['id']}/gates"))["items"][0]
    kept = answer(alice.post(f"/projects/{project['id']}/baselines", {"name": "Kept"}), 201)
    also_use(Brought())
    place = f"/projects/{project['id']}/connections"
    connection = answer(alice.post(place, {"kind": "brought"}), 201)
    return {
        "connection": f"/connections/{connection['id']}",
        "workspace": "/workspaces/me",
        "member": f"/members/{world.bob.member_id}",
        "token": f"/tokens/{token['id']}",
        "playbook": "/playbooks/community-launch",
        "version": "/playbooks/community-launch/versions/1",
        "assessment": f"/assessments/{quiz['id']}",
        "project": f"/projects/{project['id']}",
        "timeline": f"/projects/{project['id']}/timeline",
        "baseline": f"/baselines/{kept['id']}",
        "comparison": f"/baselines/{kept['id']}/comparison",
        "task": f"/tasks/{world.mona.tasks_of(project)[0]['id']}",
        "gate": f"/gates/{first_gate['id']}",
        "dossier": f"/gates/{first_gate['id']}/dossier",
    }


def test_every_single_resource_has_an_etag_that_spares_the_second_answer(
    alice: Persona, singles: dict[str, str]
) -> None:
    for path in singles.values():
        first = alice.get(path)
        tag = first.headers["ETag"]
        assert not tag.startswith("W/")
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = alice.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.data) == (304, b""), path
            assert again.headers["ETag"] == tag
        answer(alice.get(path, headers={"If-None-Match": '"other"'}))


def test_another_language_is_another_answer(alice: Persona, singles: dict[str, str]) -> None:
    for name in ("task", "timeline", "assessment", "playbook"):
        tag = alice.get(singles[name], headers={"Accept-Language": "en"}).headers["ETag"]
        wanted = {"If-None-Match": tag, "Accept-Language": "fr"}
        answer(alice.get(singles[name], headers=wanted))


def test_creation_and_reading_agree_on_the_version(alice: Persona, mona: Persona) -> None:
    created = mona.post("/projects", a_wish())
    read = mona.get(created.headers["Location"])
    assert created.headers["ETag"] == read.headers["ETag"]
    for path, body in (
        ("/members", {"email": "new@example.org", "role": "viewer"}),
        ("/assessments", QUIZ),
    ):
        created = alice.post(path, body)
        assert alice.get(created.headers["Location"]).headers["ETag"] == created.headers["ETag"]
    created = alice.post("/tokens", {"name": "new"})
    stale_free = {"If-Match": created.headers["ETag"]}
    assert alice.delete(created.headers["Location"], headers=stale_free).status_code == 204


Change = Callable[[Persona, str, str], int]


def renames(persona: Persona, path: str, tag: str) -> int:
    return persona.patch(path, {"name": "Another name"}, headers={"If-Match": tag}).status_code


def retitles(persona: Persona, path: str, tag: str, title: str = "Another title") -> int:
    return persona.patch(path, {"title": title}, headers={"If-Match": tag}).status_code


def removes(persona: Persona, path: str, tag: str) -> int:
    return persona.delete(path, headers={"If-Match": tag}).status_code


CHANGES: list[tuple[str, Change, int]] = [
    ("workspace", renames, 200),
    ("member", renames, 200),
    ("project", renames, 200),
    ("task", retitles, 200),
    ("baseline", renames, 200),
    ("baseline", removes, 204),
    ("token", removes, 204),
    ("member", removes, 204),
    ("project", removes, 204),
]


def test_a_change_on_top_of_another_version_is_refused(
    alice: Persona, singles: dict[str, str], subtests: pytest.Subtests
) -> None:
    for name, change, status in CHANGES:
        with subtests.test(f"{change.__name__} the {name}"):
            path, before = singles[name], everything()
            tag = alice.get(path).headers["ETag"]
            stale = f'"9{tag[1:]}'
            for wrong in (stale, f"W/{stale}", '"nonsense"', '""', "", f"{stale}, W/{stale}"):
                assert change(alice, path, wrong) == 412, wrong
            assert everything() == before
            assert change(alice, path, f"W/{stale}, W/{tag}") == status


def test_a_change_on_top_of_this_version_is_made(alice: Persona, singles: dict[str, str]) -> None:
    path = singles["task"]
    for number, spelt in enumerate(("{}", "W/{}", '"9-0", {}', "*")):
        tag = alice.get(path).headers["ETag"]
        assert retitles(alice, path, spelt.format(tag), f"Title {number}") == 200
        assert retitles(alice, path, tag, "Too late") == 412


def test_a_refusal_for_another_version_says_what_to_do(
    alice: Persona, singles: dict[str, str]
) -> None:
    for language, word in (("en", "Read it again"), ("fr", "Le relire")):
        headers = {"If-Match": '"9-0"', "Accept-Language": language}
        body = problem(alice.patch(singles["task"], {"title": "x"}, headers=headers), 412, "stale")
        assert word in body["detail"]


def test_who_read_in_one_language_may_change_in_another(
    alice: Persona, singles: dict[str, str]
) -> None:
    tag = alice.get(singles["task"], headers={"Accept-Language": "fr"}).headers["ETag"]
    assert retitles(alice, singles["task"], tag) == 200


def test_nothing_changed_is_no_new_version(alice: Persona, singles: dict[str, str]) -> None:
    for name, field in (("task", "title"), ("project", "name"), ("member", "name")):
        read = alice.get(singles[name])
        same = alice.patch(singles[name], {field: answer(read)[field]})
        assert same.headers["ETag"] == read.headers["ETag"]
        assert same.headers["ETag"] == alice.patch(singles[name], {}).headers["ETag"]


def test_an_answer_that_tells_of_others_changes_with_them(alice: Persona, mona: Persona) -> None:
    tasks = mona.tasks_of(mona.creates_a_project())
    waiting = next(
        read for task in tasks if (read := answer(mona.get(f"/tasks/{task['id']}")))["after"]
    )
    tag = mona.get(f"/tasks/{waiting['id']}").headers["ETag"]
    mona.patch(f"/tasks/{waiting['after'][0]['task_id']}", {"title": "Called anew"})
    again = answer(mona.get(f"/tasks/{waiting['id']}", headers={"If-None-Match": tag}))
    assert again["after"][0]["title"] == "Called anew"
