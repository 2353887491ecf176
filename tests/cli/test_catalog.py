"""``tracker catalog``: list, show and check playbooks."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import a_file, a_playbook, misused, printed, refused, run
from tracker.kernel.resources import resource_dir


def test_the_list_names_each_version_in_the_readers_language() -> None:
    assert printed("catalog list").startswith("community-launch v1  ")
    assert "passages" in run("catalog list", lang="fr_FR.UTF-8").stdout
    assert "passages" in printed("catalog list --language fr")


def test_a_playbook_is_shown_with_its_checklists_in_a_hundred_columns() -> None:
    page = printed("catalog show community-launch --language fr")
    assert "── Préparer " in page
    assert "Dire pourquoi la communauté existe" in page


def test_a_playbook_is_shown_to_programs_in_one_language() -> None:
    document = json.loads(printed("catalog show community-launch --version 1 --format json"))
    assert (document["slug"], document["version"]) == ("community-launch", 1)
    assert isinstance(document["title"], str)
    assert [gate["key"] for gate in document["gates"]][-1] == "self_sustaining"
    assert len(document["quiz"]["questions"]) == 10
    assert {"en", "fr"} not in [set(task["title"]) for task in document["tasks"]]


@pytest.mark.parametrize("line", ["nope", "community-launch --version 99"])
def test_an_unknown_playbook_is_refused(line: str) -> None:
    assert refused(f"catalog show {line}").startswith("There is no playbook “")


def test_a_version_is_a_number_from_one_on() -> None:
    assert "--version" in misused("catalog show community-launch --version 0")


def test_our_whole_catalogue_is_sound() -> None:
    (line,) = printed("catalog check").splitlines()
    assert line.startswith("Checked, and found no fault: ")
    assert "community-launch/v1.yaml" in line


def test_the_catalogue_is_named_as_seen_from_where_one_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    catalogue = resource_dir("templates_catalog")
    monkeypatch.chdir(catalogue.parent)
    assert ": templates_catalog/community-launch/" in printed("catalog check")
    monkeypatch.chdir(tmp_path)
    assert str(catalogue) in printed("catalog check")


def test_every_fault_stands_with_file_and_line_and_the_exit_code_is_one(tmp_path: Path) -> None:
    faulty = a_playbook(more="\n            colour: red\n            after: [prepare.a.b]")
    path = a_file(tmp_path, faulty)
    result = run("catalog check", str(path))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{path}:15: unknown key “colour”")


def test_a_sound_file_is_named_and_a_faulty_one_beside_it_still_fails(tmp_path: Path) -> None:
    sound = a_file(tmp_path, a_playbook(), "sound.yaml")
    faulty = a_file(tmp_path, "playbook: [", "faulty.yaml")
    assert printed("catalog check", str(sound)).strip().endswith(f"{sound}.")
    result = run("catalog check", str(sound), str(faulty))
    assert (result.exit_code, f"{faulty}:" in result.stdout) == (1, True)


def test_an_alias_is_a_fault(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_playbook() + "more: &here {a: 1}\nagain: *here\n")
    said = run("catalog check", str(path)).stdout
    assert "the alias *here is not allowed" in said
    assert "the anchor &here is not allowed" in said


def test_a_released_version_that_was_edited_is_a_fault(tmp_path: Path) -> None:
    a_file(tmp_path, a_playbook(), "my-launch/v1.yaml")
    a_file(tmp_path, f"{'0' * 64}  my-launch/v1.yaml\n", "released.sha256")
    result = run("catalog check", str(tmp_path))
    assert (result.exit_code, "has been released and may not be edited" in result.stdout) == (
        1,
        True,
    )


def test_a_folder_without_playbooks_is_not_sound(tmp_path: Path) -> None:
    assert refused("catalog check", str(tmp_path)).startswith("There is no playbook below")


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert "does not exist" in misused("catalog check", str(tmp_path / "nowhere.yaml"))
