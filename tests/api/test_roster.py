"""The roster: people by name, for the project's team alone, and gone when they say so."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.api.document import operations_of
from tests.api.problems import FRENCH, problem
from tests.api.realms import a_realm
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, World, answer
from tracker.kernel.activity import Activity
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading
from tracker.kernel.outbox import OutboxMessage
from tracker.projects.models import Project
from tracker.roster.counting import counts

ADA = {
    "name": "Ada Quirke",
    "email": "ada.quirke@example.net",
    "contact": "+33 6 00 00 00 01",
    "why": "Knows every fan of the north.",
    "notes": "Prefers mornings.",
}
TELLING = ("Quirke", "quirke", "+33 6", "every fan", "mornings")


def roster_of(project: dict[str, Any], more: str = "") -> str:
    return f"/projects/{project['id']}/roster{more}"


def adds(persona: Persona, project: dict[str, Any], **wish: Any) -> dict[str, Any]:
    return answer(persona.post(roster_of(project), {**ADA, **wish}), 201)


def path_of(one: dict[str, Any]) -> str:
    return f"/roster/{one['id']}"


def names(persona: Persona, project: dict[str, Any], query: str = "") -> list[str]:
    return [one["name"] for one in answer(persona.get(roster_of(project, query)))["items"]]


def told_elsewhere() -> str:
    """All that the history and the events say."""
    with reading() as session:
        rows = [
            *core(session).execute(select(Activity.__table__)),
            *core(session).execute(select(OutboxMessage.__table__)),
        ]
    return repr(rows)


def test_somebody_is_put_on_the_roster_read_changed_and_erased(mona: Persona) -> None:
    project = mona.creates_a_project()
    made = mona.post(roster_of(project), {**ADA, "owner": mona.email})
    one = answer(made, 201)
    assert (one["role"], one["stage"], one["consent"]) == ("seed", "candidate", "unknown")
    assert (one["owner_id"], one["strategic"], one["task_id"]) == (mona.member_id, False, None)
    read = mona.get(made.headers["Location"])
    assert (answer(read), read.headers["ETag"]) == (one, made.headers["ETag"])
    assert names(mona, project) == ["Ada Quirke"]
    change = {"stage": "agreed", "consent": "given", "owner": None, "role": "ambassador"}
    changed = mona.patch(path_of(one), change, headers={"If-Match": read.headers["ETag"]})
    assert answer(changed)["consent_at"] is not None
    assert answer(mona.patch(path_of(one), change)) == answer(changed)  # nothing to change
    stale = {"If-Match": read.headers["ETag"]}
    problem(mona.patch(path_of(one), {"name": "Ada"}, headers=stale), 412, "stale")
    problem(mona.delete(path_of(one), headers=stale), 412, "stale")
    assert mona.delete(path_of(one)).status_code == 204
    problem(mona.get(path_of(one)), 404, "not-found")
    assert names(mona, project) == []


def test_history_and_events_tell_ids_roles_and_stages_alone(mona: Persona) -> None:
    project = mona.creates_a_project()
    one = adds(mona, project)
    answer(mona.patch(path_of(one), {"name": "Ada Q.", "notes": "Prefers mornings!"}))
    answer(mona.patch(path_of(one), {"stage": "contacted"}))
    mona.delete(path_of(one))
    with reading() as session:
        table = Activity.__table__
        wanted = select(table).where(table.c.subject == "roster_contact").order_by(table.c.id)
        rows = [(row.action, row.changes) for row in core(session).execute(wanted)]
    assert rows == [
        (
            "created",
            {
                "role": [None, "seed"],
                "stage": [None, "candidate"],
                "consent": [None, "unknown"],
            },
        ),
        ("changed", {}),
        ("changed", {"stage": ["candidate", "contacted"]}),
        (
            "deleted",
            {"role": ["seed", None], "stage": ["contacted", None], "consent": ["unknown", None]},
        ),
    ]
    told = told_elsewhere()
    assert one["id"] in told.replace("-", "") or one["id"] in told
    assert [word for word in (*TELLING, "Ada") if word in told] == []
    with reading() as session:
        topics = set(core(session).execute(select(OutboxMessage.__table__.c.topic)).scalars())
    assert {"roster.added", "roster.changed", "roster.erased"} <= topics


def test_no_other_route_names_anybody(world: World) -> None:
    realm = a_realm(world.alice.app, slug="violet", version=1)
    (project,) = answer(realm.owner.get("/projects"))["items"]
    adds(realm.owner, project, strategic=True)
    for operation in operations_of(world.alice.app):
        if operation.method != "GET" or "roster" in operation.path:
            continue
        path = operation.path
        for word in operation.in_path:
            path = path.replace(f"{{{word.name}}}", str(realm.value_of(word, operation)))
        if operation.id == "exportProject":
            continue  # the team's copy of a whole project has its roster; see below
        text = realm.owner.get(path).text
        assert [word for word in TELLING if word in text] == [], operation


def test_a_copy_of_the_project_names_people_to_the_team_alone(world: World) -> None:
    project = world.mona.creates_a_project()
    adds(world.mona, project)
    path = f"/projects/{project['id']}/export"
    assert "Quirke" in world.mona.get(path).text
    for outsider in (world.bob, world.vera):
        text = outsider.get(path).text
        assert [word for word in TELLING if word in text] == []


# Who is on the team.


def test_the_roster_is_for_the_project_s_team(world: World) -> None:
    mona, alice, bob, vera = world.mona, world.alice, world.bob, world.vera
    project = mona.creates_a_project()
    one = adds(mona, project)
    paths = [roster_of(project), roster_of(project, "/summary"), roster_of(project, ".csv")]
    for path in (*paths, path_of(one)):
        assert mona.get(path).status_code == alice.get(path).status_code == 200
        for outsider in (bob, vera):
            english = problem(outsider.get(path), 403, "forbidden")
            french = problem(outsider.get(path, headers=FRENCH), 403, "forbidden")
            assert english["detail"].startswith("The roster is for the project's team")
            assert french["detail"].startswith("Le carnet est réservé à l'équipe")
        problem(world.charlie.get(path), 404, "not-found")
    before = everything()
    problem(bob.post(roster_of(project), ADA), 403, "forbidden")
    problem(bob.patch(path_of(one), {"name": "Ada"}), 403, "forbidden")
    assert everything() == before


def test_a_role_a_task_or_somebody_to_look_after_lets_in(world: World) -> None:
    mona, bob, vera = world.mona, world.bob, world.vera
    named = mona.creates_a_project(people={"expert": bob.email.upper(), "data": vera.member_id})
    tasked, looking = mona.creates_a_project(), mona.creates_a_project()
    task = mona.tasks_of(tasked)[0]
    answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [bob.email, vera.email]}))
    adds(mona, looking, owner=bob.email)
    adds(mona, looking, email=None, owner=vera.email)
    for project in (named, tasked, looking):
        for member in (bob, vera):
            answer(member.get(roster_of(project)))
            answer(member.get(roster_of(project, "/summary")))
        one = adds(bob, project, email="new@example.net")
        answer(bob.patch(path_of(one), {"stage": "contacted"}))
        problem(bob.delete(path_of(one)), 403, "forbidden")
        problem(vera.patch(path_of(one), {"stage": "contacted"}), 403, "forbidden")


# Stages and consent.


def test_nothing_goes_beyond_contacted_without_consent(
    mona: Persona, subtests: pytest.Subtests
) -> None:
    project = mona.creates_a_project()
    one = adds(mona, project)
    before = everything()
    for stage in ("agreed", "joined", "introduced", "active"):
        with subtests.test(stage):
            for consent in ({}, {"consent": "asked"}, {"consent": "unknown"}):
                wish = {"stage": stage, **consent}
                refused = problem(mona.patch(path_of(one), wish), 422, "invalid-values")
                assert list(refused["errors"]) == ["stage"]
            body = {**ADA, "email": None, "stage": stage}
            problem(mona.post(roster_of(project), body), 422, "invalid-values")
    body = {**ADA, "email": None, "consent": "refused"}
    assert (
        "consent" in problem(mona.post(roster_of(project), body), 422, "invalid-values")["errors"]
    )
    assert everything() == before
    answer(mona.patch(path_of(one), {"stage": "active", "consent": "given"}))
    wish = {"consent": "unknown"}
    assert "consent" in problem(mona.patch(path_of(one), wish), 422, "invalid-values")["errors"]


def test_stepping_back_needs_a_word_that_stays_on_the_roster(mona: Persona) -> None:
    one = adds(mona, mona.creates_a_project(), stage="joined", consent="given")
    before = everything()
    refused = problem(mona.patch(path_of(one), {"stage": "contacted"}), 422, "invalid-values")
    assert list(refused["errors"]) == ["note"]
    assert everything() == before
    back = answer(mona.patch(path_of(one), {"stage": "contacted", "note": "Left again."}))
    assert back["stage"] == "contacted"
    assert back["notes"].startswith("Prefers mornings.\n")
    assert back["notes"].endswith(", joined → contacted: Left again.")
    assert "Left again" not in told_elsewhere()


def test_who_refuses_is_a_role_and_a_stage_from_then_on(mona: Persona) -> None:
    project = mona.creates_a_project()
    day = "2027-03-01"
    one = adds(mona, project, stage="agreed", consent="given", next_contact_on=day)
    gone = answer(mona.patch(path_of(one), {"consent": "refused"}))
    for name in ("name", "why", "email", "contact", "notes", "next_contact_on"):
        assert gone[name] is None
    assert (gone["stage"], gone["role"], gone["consent"]) == ("agreed", "seed", "refused")
    assert gone["consent_at"] > one["consent_at"]
    rows = everything()
    assert [word for word in TELLING if word in repr(rows["roster_contacts"])] == []
    for wish in ({"name": "Ada"}, {"notes": "x"}, {"email": "a@example.net"}, {"stage": "active"}):
        errors = problem(mona.patch(path_of(one), wish), 422, "invalid-values")["errors"]
        assert list(errors) == list(wish)
    wish = {"consent": "given"}
    assert "name" in problem(mona.patch(path_of(one), wish), 422, "invalid-values")["errors"]
    assert everything() == rows
    again = answer(mona.patch(path_of(one), {"consent": "given", "name": "Ada Quirke"}))
    assert (again["name"], again["stage"]) == ("Ada Quirke", "agreed")


# The call with a strategic member.


def call_of(persona: Persona, one: dict[str, Any]) -> dict[str, Any]:
    return answer(persona.get(f"/tasks/{one['task_id']}"))


def test_a_strategic_member_gets_one_call_that_does_not_name_them(world: World) -> None:
    mona, bob = world.mona, world.bob
    project = mona.creates_a_project(people={"community_manager": bob.email})
    plain, first = adds(mona, project, email=None), adds(mona, project, strategic=True)
    second = answer(mona.patch(path_of(plain), {"strategic": True}))
    assert answer(mona.patch(path_of(plain), {"strategic": False}))["task_id"] is not None
    assert answer(mona.patch(path_of(plain), {"strategic": True}))["task_id"] == second["task_id"]
    calls = [call_of(mona, one) for one in (first, second)]
    assert [call["title"] for call in calls] == [
        "Fifteen-minute call with a strategic member (#1)",
        "Fifteen-minute call with a strategic member (#2)",
    ]
    for call in calls:
        assert (call["phase"], call["role"], call["status"]) == (
            "recruit",
            "community_manager",
            "todo",
        )
        assert (call["early"], call["duration_days"]) == (True, 1)
        assert call["assignees"] == [bob.member_id]
        assert call["start_on"] == call["due_on"]
        due = utcnow().date() + timedelta(days=7)
        assert call["due_on"] in {(due + timedelta(days=n)).isoformat() for n in (0, 1, 2)}
        assert call["why"].startswith("Within five working days of")
    assert len([task for task in mona.tasks_of(project) if task["checklist"] == "roster"]) == 2


def test_a_call_speaks_the_project_s_language_and_falls_to_who_looks_after_them(
    world: World,
) -> None:
    project = world.mona.creates_a_project(language="fr")
    one = adds(world.mona, project, strategic=True, owner=world.bob.email)
    call = call_of(world.mona, one)
    assert call["title"] == "Appel de quinze minutes avec un membre stratégique (n° 1)"
    assert call["assignees"] == [world.bob.member_id]
    assert answer(world.mona.get(f"/projects/{project['id']}/timeline"))["tasks"]


def test_a_call_after_launch_day_waits_for_its_gate_like_any_task(mona: Persona) -> None:
    launch_on = (utcnow().date() - timedelta(days=30)).isoformat()
    project = mona.creates_a_project(launch_on=launch_on, already_launched=True)
    assert call_of(mona, adds(mona, project, strategic=True))["early"] is False


@pytest.mark.parametrize("way", ["erased", "refuses"])
def test_the_call_does_not_apply_once_they_are_gone(mona: Persona, way: str) -> None:
    project = mona.creates_a_project()
    one = adds(mona, project, strategic=True)
    if way == "erased":
        assert mona.delete(path_of(one)).status_code == 204
    else:
        answer(mona.patch(path_of(one), {"consent": "refused"}))
    call = call_of(mona, one)
    assert (call["status"], call["version"]) == ("not_applicable", 2)
    assert [word for word in TELLING if word in told_elsewhere()] == []


# Numbers.


def test_counts_feed_the_milestones(mona: Persona) -> None:
    project = mona.creates_a_project(seed_members=10)
    stages = ("candidate", "contacted", "agreed", "joined", "introduced", "active")
    for n, stage in enumerate(stages):
        consent = "given" if stage not in ("candidate", "contacted") else "asked"
        for role in ("seed", "expert"):
            email = f"{role}{n}@example.net"
            adds(mona, project, email=email, role=role, stage=stage, consent=consent)
    summary = answer(mona.get(roster_of(project, "/summary")))
    assert summary["people"] == 12
    assert summary["stages"]["joined"] == 2
    assert summary["roles"]["seed"] == dict.fromkeys(stages, 1)
    assert summary["milestones"] == {
        "seeds_confirmed": {"value": 4, "target": 10, "reached": False},
        "seeds_engaged": {"value": 2, "target": 10, "reached": False},
    }
    for key, value in (("seeds_confirmed", 4), ("seeds_engaged", 2), ("plan_approved", None)):
        found = next(t for t in mona.tasks_of(project) if t["key"].endswith(f".{key}"))
        told = answer(mona.get(f"/tasks/{found['id']}"))["counted"]
        assert (told and told["value"]) == value
        assert found["status"] == "todo"
    with reading() as session:
        row = core(session).execute(select(Project.__table__.c.workspace_id, Project.id)).first()
        assert row is not None
        numbers = counts(session, *row)
    assert numbers.reached("prepare.milestones.seeds_confirmed") == 4
    assert numbers.reached("prepare.milestones.plan_approved") is None


# Lists.


def test_a_roster_is_filtered_sorted_and_paged(world: World) -> None:
    mona, bob = world.mona, world.bob
    project = mona.creates_a_project()
    today = utcnow().date()
    yesterday, later = (
        (today - timedelta(days=1)).isoformat(),
        (today + timedelta(days=9)).isoformat(),
    )
    people: list[dict[str, Any]] = [
        {"name": "Bea", "role": "expert", "next_contact_on": later, "owner": bob.email},
        {"name": "Cyd", "stage": "active", "consent": "given", "next_contact_on": yesterday},
        {"name": "Abe", "stage": "contacted", "consent": "asked", "strategic": True},
    ]
    for person in people:
        answer(mona.post(roster_of(project), person), 201)
    for query, wanted in (
        ("", ["Bea", "Cyd", "Abe"]),
        ("?sort=-added", ["Abe", "Cyd", "Bea"]),
        ("?sort=name", ["Abe", "Bea", "Cyd"]),
        ("?sort=-name", ["Cyd", "Bea", "Abe"]),
        ("?sort=stage", ["Bea", "Abe", "Cyd"]),
        ("?sort=next_contact_on", ["Cyd", "Bea", "Abe"]),
        ("?role=expert", ["Bea"]),
        ("?stage=contacted", ["Abe"]),
        ("?consent=given", ["Cyd"]),
        (f"?owner={bob.member_id}", ["Bea"]),
        ("?strategic=true", ["Abe"]),
        ("?due=true", ["Cyd"]),
        ("?due=false", ["Bea", "Abe"]),
    ):
        assert names(mona, project, query) == wanted, query
    for sort in ("added", "-name", "stage", "-next_contact_on"):
        found, cursor = [], ""
        while True:
            page = answer(mona.get(roster_of(project, f"?limit=1&sort={sort}{cursor}")))
            found += [one["name"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert found == names(mona, project, f"?sort={sort}")


def test_the_list_costs_the_same_for_one_person_and_for_many(world: World) -> None:
    bob = world.bob
    project = world.mona.creates_a_project(people={"expert": bob.email})
    adds(world.mona, project)
    answer(bob.get(roster_of(project)))  # the first call of a token notes its use
    sizes = []
    for _ in range(2):
        for path in ("", "/summary", ".csv"):
            with counted() as statements:
                assert bob.get(roster_of(project, path)).status_code == 200
            sizes.append(len(statements))
        text = "name\n" + "\n".join(f"Person {n}" for n in range(50))
        answer(world.mona.post(roster_of(project, "/import"), {"csv": text}))
    assert sizes[:3] == sizes[3:]
    assert max(sizes) <= 5, sizes


# What is refused.


def test_wrong_values_change_nothing(world: World, subtests: pytest.Subtests) -> None:
    mona = world.mona
    project = mona.creates_a_project()
    one, other = adds(mona, project), adds(mona, project, email="other@example.net")
    before = everything()
    for field, value in (
        ("name", ""),
        ("name", None),
        ("name", "A\nB"),
        ("name", "x" * 201),
        ("role", "boss"),
        ("stage", "gone"),
        ("consent", True),
        ("email", "nobody"),
        ("email", "ADA.quirke@example.net"),
        ("owner", "nobody@example.org"),
        ("owner", world.charlie.email),
        ("owner", world.charlie.member_id),
        ("strategic", "yes"),
        ("next_contact_on", "tomorrow"),
        ("notes", "\x00"),
        ("colour", "red"),
    ):
        with subtests.test(field, value=value):
            body = {**ADA, "email": None, field: value}
            for response in (
                mona.post(roster_of(project), body),
                mona.patch(path_of(other), {field: value}),
            ):
                assert field in problem(response, 422, "invalid-values")["errors"]
    assert everything() == before
    assert one["email"] == ADA["email"]


def test_a_closed_project_s_roster_can_be_read_and_erased_only(mona: Persona) -> None:
    project = mona.creates_a_project()
    one = adds(mona, project)
    answer(mona.post(f"/projects/{project['id']}/archive", {}))
    before = everything()
    for response in (
        mona.post(roster_of(project), {"name": "Bea"}),
        mona.patch(path_of(one), {"name": "Bea"}),
        mona.post(roster_of(project, "/import"), {"csv": "name\nBea"}),
    ):
        problem(response, 409, "project-closed")
    assert everything() == before
    assert names(mona, project) == ["Ada Quirke"]
    assert mona.delete(path_of(one)).status_code == 204


def test_a_roster_goes_with_its_project(mona: Persona) -> None:
    project = mona.creates_a_project()
    adds(mona, project, strategic=True)
    assert mona.delete(f"/projects/{project['id']}").status_code == 204
    assert everything()["roster_contacts"] == []
