"""``tracker project``: projects listed, shown, and led from one state to the next."""

import json
from typing import Any

import pytest

from tests.cli.terminal import printed, refused, run
from tests.conftest import app_on
from tests.personas import a_world

OURS = "--workspace alice-and-co"
FRENCH = "fr_FR.UTF-8"


@pytest.fixture
def project(desk: str) -> dict[str, Any]:
    """Our fans; the commands find it by this name."""
    world = a_world(app_on(desk))
    return world.mona.creates_a_project(name="Fans", people={"content": world.bob.email})


def state() -> str:
    (row,) = json.loads(printed(f"project list {OURS} --format json"))
    return str(row["state"])


def test_projects_are_listed_and_shown(project: dict[str, Any]) -> None:
    (row,) = json.loads(printed(f"project list {OURS} --format json"))
    assert row == {
        "name": "Fans",
        "state": "active",
        "phase": None,
        "launch_on": project["launch_on"],
        "id": project["id"],
    }
    assert printed(f"project list {OURS} --state paused") == ""
    shown = printed(f"project show {OURS} --project {project['id']}")
    assert "possible:           pause, cancel, archive\n" in shown
    assert "content:            bob@example.org\n" in shown
    told = json.loads(printed(f"project show {OURS} --project Fans --format json"))
    assert told["id"] == project["id"]


def test_a_project_is_led_through_its_life(project: dict[str, Any]) -> None:
    one = f"{OURS} --project Fans"
    assert printed(f"project pause {one} --reason Summer").startswith("“Fans” is paused")
    assert refused(f"project pause {one}").startswith("This project is paused already")
    assert run(f"project resume {one}", lang=FRENCH).stdout == "« Fans » est en cours.\n"
    assert run(f"project cancel {one}", typed="n\n").exit_code == 1
    assert state() == "active"
    asked = run(f"project cancel {one}", typed="y\n")
    assert asked.stdout.startswith("Cancel “Fans”? It cannot be resumed.")
    assert state() == "cancelled"
    printed(f"project archive {one} --yes")
    assert state() == "archived"
    assert run(f"project delete {one}", typed="\n").exit_code == 1
    assert printed(f"project delete {one} --yes") == "“Fans” is deleted.\n"
    assert printed(f"project list {OURS}") == ""


def test_who_may_not_is_refused_before_being_asked(project: dict[str, Any]) -> None:
    for act in ("pause", "cancel", "archive", "delete"):
        said = refused(f"project {act} {OURS} --project Fans --as bob@example.org")
        assert "This needs the role manager; yours is contributor" in said
    assert state() == "active"
    assert "There is no project" in refused(f"project show {OURS} --project Friends")
    assert "reason: " in refused(f"project pause {OURS} --project Fans --reason", "x" * 2001)
