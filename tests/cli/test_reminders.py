"""``tracker reminders``: who will be reminded of what."""

import json
from typing import Any

import pytest

from tests.cli.terminal import printed, refused, run
from tests.conftest import app_on
from tests.personas import a_world, answer
from tests.service.test_chasing import a_project_of, workday

OURS = "--workspace alice-and-co"
FRENCH = "fr_FR.UTF-8"


@pytest.fixture
def project(desk: str) -> dict[str, Any]:
    """A task of Bob's is due in a fortnight."""
    world = a_world(app_on(desk))
    project = a_project_of(world.mona, world.bob, tasks=1)
    (task,) = world.mona.tasks_of(project)
    day = workday(9).isoformat()
    answer(world.mona.patch(f"/tasks/{task['id']}", {"start_on": day, "due_on": day}))
    return project


def test_what_is_to_come_is_shown_in_all_forms(project: dict[str, Any]) -> None:
    rows = json.loads(printed(f"reminders preview {OURS} --days 20 --format json"))
    assert {(row["rule"], row["step"]) for row in rows} >= {
        ("before_due", "7"),
        ("before_due", "2"),
        ("before_due", "0"),
        ("overdue", "+1"),
    }
    table = printed(f"reminders preview {OURS} --days 20").splitlines()
    assert len(table) == len(rows) + 1
    assert "7 working days before it is due" in table[1]
    assert "bob" in table[1]
    sheet = printed(f"reminders preview {OURS} --days 20 --format csv").splitlines()
    assert sheet[0].startswith("due_at,member,")
    assert len(sheet) == len(rows) + 1
    ours = f"reminders preview {OURS} --project {project['id']}"
    assert "jours ouvrés avant l'échéance" in run(ours, lang=FRENCH).stdout


def test_whoever_is_no_manager_sees_their_own(project: dict[str, Any]) -> None:
    assert project["id"]
    for name, count in (("bob", 1), ("vera", 0)):
        text = printed(f"reminders preview {OURS} --days 5 --as {name}@example.org --format json")
        assert len(json.loads(text)) == count
    nobody = printed(f"reminders preview {OURS} --days 5 --as vera@example.org")
    assert nobody == "Nobody is reminded of anything in the next 5 days.\n"


def test_with_several_workspaces_one_is_to_be_named(project: dict[str, Any]) -> None:
    assert project["id"]
    english = refused("reminders preview")
    assert "alice-and-co, charlie-inc" in english
    assert refused("reminders preview", lang=FRENCH) != english
