"""A roster read from CSV and written to it: previewed, all or nothing, never a formula."""

from typing import Any

import pytest

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer

pytestmark = pytest.mark.long_on("postgresql")  # what is refused or read is the same

ENGLISH = "name,role,stage,email,owner,strategic,consent,next contact\n"


def imports(
    persona: Persona, project: dict[str, Any], text: str, status: int = 200, **more: Any
) -> dict[str, Any]:
    path = f"/projects/{project['id']}/roster/import"
    return answer(persona.post(path, {"csv": text, **more}), status)


def roster(persona: Persona, project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = answer(persona.get(f"/projects/{project['id']}/roster?limit=500"))["items"]
    return {one["name"]: one for one in found}


def test_a_preview_writes_nothing_and_tells_what_the_import_will_do(world: World) -> None:
    mona = world.mona
    project = mona.creates_a_project()
    known = {"name": "Abe", "email": "abe@example.net", "notes": "Met in May."}
    answer(mona.post(f"/projects/{project['id']}/roster", known), 201)
    text = ENGLISH + (
        "Bea,expert,agreed,bea@example.net,bob@example.org,yes,given,2027-03-01\n"
        "Cyd,,,,,,,\n"
        ",,contacted,ABE@example.net,,,asked,\n"
        "Abe,,,,,,,\n"
        "\n"
    )
    before = everything()
    preview = imports(mona, project, text, dry_run=True)
    assert everything() == before
    assert [(row["line"], row["action"], row["name"]) for row in preview["rows"]] == [
        (2, "add", "Bea"),
        (3, "add", "Cyd"),
        (4, "change", "Abe"),
        (5, "add", "Abe"),
    ]
    assert preview["rows"][2]["fields"] == ["consent", "consent_at", "stage"]
    done = imports(mona, project, text)
    assert {**done, "dry_run": True} == preview
    assert (done["added"], done["changed"], done["left"], done["refused"]) == (3, 1, 0, 0)
    found = answer(mona.get(f"/projects/{project['id']}/roster?sort=added"))["items"]
    abe, bea, cyd, _other = found
    assert (abe["name"], abe["stage"], abe["notes"]) == ("Abe", "contacted", "Met in May.")
    assert (bea["role"], bea["owner_id"], bea["strategic"]) == ("expert", world.bob.member_id, True)
    assert bea["task_id"] is not None
    assert (cyd["role"], cyd["stage"], cyd["consent"]) == ("seed", "candidate", "unknown")
    again = imports(mona, project, ENGLISH + ",,contacted,abe@example.net,,,,\n")
    assert (again["left"], again["changed"]) == (1, 0)


def test_one_bad_row_keeps_all_out_and_every_bad_row_is_told(mona: Persona) -> None:
    project = mona.creates_a_project()
    known = {"name": "Abe", "email": "abe@example.net", "stage": "joined", "consent": "given"}
    answer(mona.post(f"/projects/{project['id']}/roster", known), 201)
    text = ENGLISH + (
        "Bea,expert,,bea@example.net,,,,\n"
        "Cyd,boss,,,,,,tomorrow\n"
        "Dan,,,bea@example.net,,,,\n"
        "Eve,,active,,,,asked,\n"
        "Fay,,,,nobody@example.org,,,\n"
        ",,,gil@example.net,,,,\n"
        "Abe,,contacted,abe@example.net,,,,\n"
        "Hal,,,,,maybe,refused,\n"
        "Ida,,,,,,,,,\n"
    )
    before = everything()
    path = f"/projects/{project['id']}/roster/import"
    refused = problem(mona.post(path, {"csv": text}), 422, "invalid-values")
    french = problem(mona.post(path, {"csv": text}, headers=FRENCH), 422, "invalid-values")
    assert everything() == before
    assert {row["line"]: sorted(row["errors"]) for row in refused["rows"]} == {
        3: ["next_contact_on", "role"],
        4: ["email"],
        5: ["stage"],
        6: ["owner"],
        7: ["name"],
        8: ["note"],
        9: ["strategic"],
        10: ["row"],
    }
    assert "line 2" in refused["rows"][1]["errors"]["email"][0]
    assert "ligne 2" in french["rows"][1]["errors"]["email"][0]
    preview = imports(mona, project, text, dry_run=True)
    assert (preview["added"], preview["refused"]) == (1, 8)
    assert preview["rows"][1]["errors"] == refused["rows"][0]["errors"]
    assert everything() == before


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_french_spreadsheet_is_read(mona: Persona, bom: str, end: str) -> None:
    project = mona.creates_a_project()
    lines = (
        "Nom;Rôle;Étape;Courriel;Stratégique;Accord;Prochain contact;Notes",
        '"Lopez ; Ève";Leader naturel;Contactée;eve@example.net;oui;Demandé;2027-03-01;"a',
        'b"',
        "Zoé;AMBASSADEUR;candidat;;non;;;",
    )
    text = bom + end.join(lines).replace("Contactée", "contacté")
    imports(mona, project, text)
    found = roster(mona, project)
    eve = found["Lopez ; Ève"]
    assert (eve["role"], eve["stage"], eve["consent"]) == ("natural_leader", "contacted", "asked")
    assert (eve["strategic"], eve["next_contact_on"]) == (True, "2027-03-01")
    assert eve["notes"].split() == ["a", "b"]
    assert found["Zoé"]["role"] == "ambassador"


def test_what_is_exported_is_imported_the_same_and_runs_nowhere(world: World) -> None:
    mona = world.mona
    first, second = mona.creates_a_project(), mona.creates_a_project()
    for n, text in enumerate(("=1+1", "+33 6", "-x", "@y", "'=z", "''-q", 'a\nb;c,"d"', "là")):
        wish = {"name": text.replace("\n", " "), "notes": text, "why": text, "contact": "=c"}
        more = {"email": f"n{n}@example.net", "owner": world.bob.email, "strategic": n == 1}
        answer(mona.post(f"/projects/{first['id']}/roster", {**wish, **more}), 201)
    for language in ("en", "fr"):
        wanted = {"Accept-Language": language}
        page = mona.get(f"/projects/{first['id']}/roster.csv", headers=wanted)
        assert page.content_type == "text/csv; charset=utf-8"
        assert page.text.startswith({"en": "name,role,", "fr": "nom,rôle,"}[language])
        cells = page.text.replace("\r\n", ",").split(",")
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
        imports(mona, second, page.text)
    told = ("name", "why", "email", "contact", "notes", "owner_id", "strategic", "stage", "role")
    copies = [
        {name: [one[field] for field in told] for name, one in roster(mona, project).items()}
        for project in (first, second)
    ]
    assert copies[0] == copies[1]


def test_what_is_no_roster_is_refused_as_a_whole(mona: Persona, subtests: pytest.Subtests) -> None:
    project = mona.creates_a_project()
    before = everything()
    path = f"/projects/{project['id']}/roster/import"
    for text in (
        "\n",
        "name",
        "name\n",
        "name\n\n  \n",
        "role\nseed",
        "name,colour\nBea,red",
        "name,nom\nBea,Bea",
        'name\n"Bea',
        'name\n"Bea"x',
        "name\n" + "x" * 200_000,
        "name\n" + "Bea\n" * 2001,
        "\x00\x01",
    ):
        with subtests.test(text=text[:20]):
            english = problem(mona.post(path, {"csv": text}), 422, "invalid-values")
            french = problem(mona.post(path, {"csv": text}, headers=FRENCH), 422, "invalid-values")
            assert list(english["errors"]) == ["csv"] or len(text) > 100_000
            assert english != french
    for body in ({}, {"csv": ""}, {"csv": 7}, {"csv": "name\nBea", "dry_run": "yes"}):
        with subtests.test(body=body):
            problem(mona.post(path, body), 422, "invalid-values")
    assert everything() == before


def test_many_are_imported_at_once(mona: Persona) -> None:
    project = mona.creates_a_project()
    text = "name,email,strategic\n" + "".join(
        f"Person {n},p{n}@example.net,{'x' if n % 20 == 0 else ''}\n" for n in range(300)
    )
    assert imports(mona, project, text)["added"] == 300
    assert imports(mona, project, text)["left"] == 300
    calls = [task for task in mona.tasks_of(project) if task["checklist"] == "roster"]
    assert len(calls) == 15
