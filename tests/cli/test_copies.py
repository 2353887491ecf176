"""``tracker project export`` and ``import``."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.terminal import printed, refused, run
from tests.personas import next_monday
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people import queries, service
from tracker.playbooks.parameters import Parameters
from tracker.projects import service as projects
from tracker.projects.service import Wish

EXPORT = "project export --workspace acme --project Ours"


@pytest.fixture
def ours(desk: str) -> str:
    """A launch “Ours” in the workspace acme, where Mo is a manager."""
    printed("workspace create acme --owner ana@example.org")
    printed("member add mo@example.org --role manager --workspace acme")
    with unit_of_work() as session:
        ana = queries.first_owner(session, queries.workspace_by_slug(session, "acme").id)
        assert ana is not None
        parameters = Parameters(launch_on=next_monday(30), people={"sponsor": "ana@example.org"})
        wish = Wish("Ours", "community-launch", None, parameters)
        projects.create(session, service.actor_of(ana), wish, now=utcnow())
    return desk


def test_a_project_goes_into_a_file_and_comes_back(ours: str, folder: Path) -> None:
    path = folder / "ours.json"
    printed(f"{EXPORT} --output {path}")
    document = json.loads(path.read_text("utf-8"))
    said = printed(f"project import {path} --workspace acme")
    assert said.startswith(f"“Ours” is there, with {len(document['tasks'])} tasks.")
    assert "gates" not in said, "an owner brought a sealed copy"
    assert "owner" in printed(f"project import {path} --workspace acme --as mo@example.org")
    assert printed("project list --workspace acme").count("Ours") == 3


def test_who_is_not_here_is_told(ours: str, folder: Path) -> None:
    path = folder / "ours.json"
    path.write_text(printed(EXPORT), "utf-8")
    printed("workspace create other")
    said = printed(f"project import {path} --workspace other")
    assert "Not a member here: ana@example.org (" in said


def test_spreadsheets_get_the_tasks(ours: str) -> None:
    rows = list(csv.DictReader(StringIO(printed(f"{EXPORT} --format csv"))))
    assert {row["assignees"] for row in rows if row["role"] == "sponsor"} == {"ana@example.org"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not JSON"),
        ("[]", "no copy of a project"),
        ("{}", "format"),
        ("[" * 5000, "nested"),
        ('{"colour": "red"}', "colour"),
        ('{"format": "x", "version": 1, "project": {}}', "format"),
        ('{"format": "community-tracker.project", "version": 9, "project": {}}', "version"),
    ],
)
def test_what_is_no_copy_is_refused(ours: str, folder: Path, content: str, said: str) -> None:
    path = folder / "odd.json"
    path.write_text(content)
    assert said in refused(f"project import {path} --workspace acme")
    assert run(f"project import {path} --workspace acme", lang="fr_FR.UTF-8").exit_code == 1
