"""``tracker board import``: a board out of a file, or from its platform."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import misused, printed, refused, run
from tests.fakes.exported import a_card, a_list, a_member, an_export, an_id, at
from tests.fakes.serving import a_server
from tests.fakes.trello import KEY, TOKEN, FakeTrello
from tests.fakes.trello.state import Hand
from tests.personas import next_monday

TODO, SITE = a_list(1, "To do"), a_list(2, "Site")
LAUNCH = next_monday(12)
IMPORT = "board import --workspace acme"


@pytest.fixture
def board(desk: str, folder: Path) -> Path:
    """A file in a desk with the workspace acme."""
    printed("workspace create acme --owner ana@example.org")
    cards = [
        a_card(1, "Go live", TODO, due=at(LAUNCH)),
        a_card(2, "Write = everything", TODO, idMembers=[an_id("m", 1)]),
        a_card(3, "Put it online", SITE, due=at(next_monday(3))),
    ]
    export = an_export([TODO, SITE], cards, members=[a_member(1, "Ada Example", "ada")])
    path = folder / "board.json"
    path.write_text(json.dumps(export), "utf-8")
    return path


def test_a_file_is_looked_at_and_becomes_a_project(board: Path) -> None:
    line = f"{IMPORT} {board} --into project --member ada=ana@example.org --list Site=launch"
    seen = printed(f"{line} --dry-run")
    assert seen.startswith("“Our community” would have 3 tasks.")
    assert f"Launch day is {LAUNCH}" in seen
    assert "List “Site”, 1 card: launch" in seen
    assert "It has no date; by its place in the list" in seen
    assert printed("project list --workspace acme") == ""
    made = printed(line)
    assert made.startswith("“Our community” is there, with 3 tasks. Its id is ")
    assert "Our community" in printed("project list --workspace acme")
    assert "“Our community”. Give --again" in refused(line)
    assert "déjà été apporté" in run(f"{line} --dry-run", lang="fr_FR.UTF-8").stdout
    told = json.loads(printed(f"{line} --again --format json --name Twice"))
    assert (told["name"], told["counts"]["tasks"], told["dry_run"]) == ("Twice", 3, False)


def test_a_file_becomes_a_playbook_that_is_planned_from(board: Path, folder: Path) -> None:
    line = f"{IMPORT} {board} --into playbook"
    draft = folder / "draft.yaml"
    draft.write_text(printed(f"{line} --dry-run --format yaml"), "utf-8")
    assert "no fault" in printed(f"catalog check {draft}")
    assert "Put it online" in printed(f"plan preview --playbook {draft} --launch {LAUNCH}")
    assert "our-community v1 is there, with 3 tasks" in printed(line)
    assert "gates" in run(line + " --again").stdout


def test_a_board_is_read_live_with_credentials_from_a_file(
    board: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeTrello()
    hand = Hand(fake.ada)
    there = fake.state.new_board("There", hand)["id"]
    todo = fake.state.new_list(there, "To do", hand)["id"]
    fake.state.new_card(todo, {"name": "Card"}, hand)
    secrets = folder / "secrets.json"
    secrets.write_text(json.dumps({"api_key": KEY, "token": TOKEN}), "utf-8")
    with a_server(fake) as port:
        monkeypatch.setenv("TRACKER_EGRESS_ALLOW", f"127.0.0.1:{port}")
        line = f"{IMPORT} --trello {there} --credentials {secrets} --into project"
        line += f" --base-url http://127.0.0.1:{port} --launch {LAUNCH}"
        assert "“There” is there, with 1 task." in printed(line)


def test_what_is_no_board_is_refused(board: Path, folder: Path) -> None:
    odd = folder / "odd.json"
    for content, said in (("[1]", "no JSON object"), ("{}", "no Trello board"), ("{", "not JSON")):
        odd.write_text(content, "utf-8")
        assert said in refused(f"{IMPORT} {odd} --into project")
    assert "launch_on" in refused(f"{IMPORT} {board} --into project --list", "To do=leave_out")
    assert "lists" in refused(f"{IMPORT} {board} --into project --list Nowhere=done")
    assert "exactly one" in misused(f"{IMPORT} --into project")
    assert "exactly one" in misused(f"{IMPORT} {board} --trello x --into project")
    assert "--credentials" in misused(f"{IMPORT} --trello x --into project")
    assert "THERE=HERE" in misused(f"{IMPORT} {board} --into project --member ada")
    assert "--into playbook" in misused(f"{IMPORT} {board} --into project --format yaml")
