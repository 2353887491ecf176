"""``tracker gate``: the same as over HTTP, by hand."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.api.gates.acts import DECISION, sets_tasks
from tests.cli.terminal import misused, printed, refused, run
from tests.conftest import app_on
from tests.personas import a_world
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.projects.models import Gate

OURS = "--workspace alice-and-co --project Fans"
FIRST = f"go_for_preparation {OURS}"
MONA, BOB, VERA = (f"--as {name}@example.org" for name in ("mona", "bob", "vera"))
FRENCH = "fr_FR.UTF-8"


@pytest.fixture
def project(desk: str) -> dict[str, Any]:
    """Our fans, whose sponsor is Bob."""
    world = a_world(app_on(desk))
    return world.mona.creates_a_project(name="Fans", people={"sponsor": world.bob.email})


def shown(key: str = "go_for_preparation") -> dict[str, Any]:
    gate: dict[str, Any] = json.loads(printed(f"gate show {key} {OURS} --format json"))
    return gate


def test_gates_are_listed_and_shown(project: dict[str, Any]) -> None:
    rows = json.loads(printed(f"gate list {OURS} --format json"))
    assert [row["key"] for row in rows][:2] == ["go_for_preparation", "ready_to_launch"]
    table = printed(f"gate list {OURS}").splitlines()
    assert table[0].split() == ["key", "state", "on", "met", "waits_for", "flags", "id"]
    assert table[2].split()[:5] == [
        "ready_to_launch",
        "pending",
        rows[1]["on"],
        "0/7",
        rows[0]["key"],
    ]
    page = printed(f"gate show {rows[0]['id']} {OURS}")
    assert "✘ The decision to prepare has been taken" in page
    assert "? The readiness quiz scores 10 or more (informs)" in page
    french = run(f"gate show {FIRST}", lang=FRENCH).stdout
    assert "en attente" in french
    assert "n'est pas atteint : à faire" in french


def test_a_gate_is_approved_and_passed(project: dict[str, Any]) -> None:
    for line in refused(f"gate decide {FIRST} pass --yes {MONA}").splitlines()[1:3]:
        assert line.strip()
    sets_tasks(project, key=DECISION)
    printed(f"gate request {FIRST} {MONA} --comment Please")
    assert "nobody approves their own" in refused_own()
    assert printed(f"gate approve {FIRST} {BOB}") == "“sponsor_agrees” is approved.\n"
    assert run(f"gate decide {FIRST} pass {MONA}", typed="n\n").exit_code == 1
    assert shown()["state"] == "ready"
    asked = run(f"gate decide {FIRST} pass {MONA}", typed="y\n")
    assert "ready to be decided" in asked.stdout
    assert "“Go for preparation”: Passed." in asked.stdout
    assert "The phase prepare is entered." in asked.stdout
    assert shown()["state"] == "passed"


def refused_own() -> str:
    printed(f"gate request ready_to_launch {OURS} {BOB}")
    return refused(f"gate approve ready_to_launch {OURS} {BOB}")


def test_what_is_missing_is_listed(project: dict[str, Any]) -> None:
    said = refused(f"gate decide {FIRST} pass --yes {MONA}")
    assert said.startswith("The gate “Go for preparation” is not ready")
    assert "✘ The decision to prepare has been taken" in said
    assert "✘ The sponsor agrees" in said
    assert "readiness quiz" not in said
    french = refused(f"gate decide {FIRST} pass --yes {MONA}", lang=FRENCH)
    assert "n'est pas prêt" in french


def test_conditions_are_typed_with_day_and_member(project: dict[str, Any]) -> None:
    sets_tasks(project, key=DECISION)
    printed(f"gate approve {FIRST} {BOB}")
    until = (utcnow().date() + timedelta(days=30)).isoformat()
    printed(
        f"gate decide {FIRST} conditional --yes {MONA} --reason Nearly",
        "--condition",
        f"Sign the contract | {until} | vera@example.org",
        "--condition",
        "Find a name",
    )
    frozen = json.loads(printed(f"gate dossier {FIRST} --format json"))
    assert frozen[0]["decision"]["conditions"] == [
        {"title": "Sign the contract", "due_on": until, "assignee": "vera@example.org"},
        {"title": "Find a name", "due_on": None, "assignee": None},
    ]


def test_a_waiver_is_an_owners_and_ends_with_a_day(project: dict[str, Any]) -> None:
    until = (utcnow().date() + timedelta(days=9)).isoformat()
    line = f"gate waive {FIRST} --until {until} --yes --reason"
    assert "needs the role owner" in refused(f"{line} Hurry {MONA}")
    assert "reason:" in refused(line, " ")
    past = (utcnow().date() - timedelta(days=2)).isoformat()
    assert "expires_at:" in refused(f"gate waive {FIRST} --until {past} --yes --reason Hurry")
    assert "“Go for preparation”: Waived." in printed(f"{line} Hurry")
    assert shown()["waived_until"][:10] == (utcnow().date() + timedelta(days=10)).isoformat()
    assert "**Waived** by alice" in printed(f"gate dossier {FIRST}")
    assert "**Dérogation** par alice" in run(f"gate dossier {FIRST}", lang=FRENCH).stdout
    assert refused(f"gate dossier {FIRST} --number 2").startswith("This gate has no decision")


def test_a_decision_is_on_what_was_shown(
    project: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_args: Any, **_more: Any) -> bool:
        with unit_of_work() as session:
            session.execute(update(Gate).values(version=Gate.version + 1))
        return True

    monkeypatch.setattr("click.confirm", meanwhile)
    result = run(f"gate decide {FIRST} hold --reason Wait {MONA}")
    assert (result.exit_code, result.stderr.split(".")[0]) == (
        1,
        "The gate has changed while you were deciding",
    )
    assert shown()["state"] == "pending"


def test_who_may_not_is_refused_before_being_asked(project: dict[str, Any]) -> None:
    assert "needs the role manager" in refused(f"gate decide {FIRST} pass {BOB}")
    assert "bob approves or declines" in refused(f"gate decline {FIRST} {MONA}")
    assert "needs the role contributor" in refused(f"gate request {FIRST} {VERA}")
    assert "The project has no gate “nope”" in refused(f"gate show nope {OURS}")
    assert "reason:" in refused(f"gate decide {FIRST} hold --yes {MONA}")
    assert "'jump'" in misused(f"gate decide {FIRST} jump")
