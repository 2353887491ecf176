"""``tracker roster``: people imported, listed and exported, for the team alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import a_file, printed, refused, run
from tests.conftest import app_on
from tests.personas import a_world

FANS = "--workspace alice-and-co --project Fans"
FRENCH = "fr_FR.UTF-8"
PEOPLE = "nom;rôle;e-mail;responsable;stratégique\nÈve;expert;eve@example.net;bob@example.org;oui\n"


@pytest.fixture
def project(desk: str) -> dict[str, Any]:
    return a_world(app_on(desk)).mona.creates_a_project(name="Fans")


def people() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(printed(f"roster list {FANS} --format json"))
    return found


def test_people_are_previewed_imported_listed_and_exported(
    project: dict[str, Any], folder: Path
) -> None:
    path = str(a_file(folder, "\ufeff" + PEOPLE, "fans.csv"))
    preview = printed(f"roster import {FANS} --dry-run", path)
    assert preview.splitlines() == [
        "line 2: Ève is added",
        "1 added, 0 changed, 0 left as they were.",
        "Nothing was written: this was a preview.",
    ]
    assert people() == []
    assert printed(f"roster import {FANS}", path) == "1 added, 0 changed, 0 left as they were.\n"
    (eve,) = people()
    assert (eve["name"], eve["owner"], eve["strategic"]) == ("Ève", "bob@example.org", True)
    header, row = run(f"roster list {FANS}", lang=FRENCH).stdout.splitlines()
    assert header.split()[:3] == ["nom", "rôle", "étape"]
    assert row.split()[:4] == ["Ève", "expert", "candidat", "inconnu"]
    assert printed(f"roster list {FANS} --role seed") == ""
    exported = printed(f"roster export {FANS} --as bob@example.org")
    again = str(a_file(folder, exported, "again.csv"))
    assert "1 left as they were" in printed(f"roster import {FANS}", again)


def test_bad_lines_are_told_one_by_one_and_keep_all_out(
    project: dict[str, Any], folder: Path
) -> None:
    path = str(a_file(folder, "name,stage,role\nAbe,,\nBea,active,\nCyd,,boss\n", "bad.csv"))
    said = refused(f"roster import {FANS}", path).splitlines()
    assert said[0].startswith("2 rows cannot be taken, so nothing was imported")
    assert said[1].startswith("line 3: stage: Beyond “contacted” their consent is needed")
    assert said[2].startswith("line 4: role: ")
    assert refused(f"roster import {FANS}", path, lang=FRENCH).startswith("2 lignes ne conviennent")
    assert people() == []
    path = str(a_file(folder, "colour\nred\n", "bad.csv"))
    assert "There is no column “colour”" in refused(f"roster import {FANS}", path)
    (folder / "latin.csv").write_bytes("nom\nÈve\n".encode("latin-1"))
    assert "is not a text in UTF-8" in refused(f"roster import {FANS}", str(folder / "latin.csv"))


def test_who_is_not_on_the_team_sees_nobody(project: dict[str, Any], folder: Path) -> None:
    path = str(a_file(folder, PEOPLE, "fans.csv"))
    for command in ("list", "export"):
        said = refused(f"roster {command} {FANS} --as vera@example.org")
        assert said.startswith("The roster is for the project's team")
    printed(f"roster import {FANS}", path)
    said = refused(f"roster import {FANS} --as bob@example.org", path)
    assert "This needs the role manager" in said
