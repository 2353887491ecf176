"""``tracker audit``: the history checked, and where it ends exported."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.cli.terminal import a_file, printed, refused, run
from tests.conftest import app_on
from tests.personas import World, a_world, answer
from tracker.kernel.activity import Entry, record
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, unit_of_work
from workers.history import seal_history

FRENCH = "fr_FR.UTF-8"


@dataclass(frozen=True)
class Kept:
    """A project with a sealed history, and the head that was exported of it."""

    world: World
    workspace_id: str
    project_id: str
    seq: int
    heads: Path


@pytest.fixture
def kept(office: str, folder: Path) -> Kept:
    world = a_world(app_on(office))
    project = world.mona.creates_a_project(name="Our fans")
    workspace = answer(world.mona.get("/workspaces/me"))["id"]
    things_happen(workspace, project["id"], 5)
    seal_history()
    head = answer(world.vera.get(f"/projects/{project['id']}/activity/head"))
    heads = a_file(folder, printed("audit head --workspace alice-and-co"), "heads.json")
    return Kept(world, workspace, project["id"], head["seq"], heads)


def things_happen(workspace_id: str, project_id: str, count: int) -> None:
    with unit_of_work() as session:
        entries = (
            Entry(
                workspace_id=UUID(workspace_id),
                project_id=UUID(project_id),
                at=utcnow(),
                member_id=None,
                door="rule",
                subject="project",
                subject_id=UUID(project_id),
                action="changed",
                changes={"n": (number, number + 1)},
            )
            for number in range(count)
        )
        record(session, *entries)


def tampers(statement: str, **values: Any) -> None:
    with unit_of_work() as session:
        session.execute(text(statement), values)


def test_a_whole_history_is_told_with_its_unsealed_tail(kept: Kept) -> None:
    things_happen(kept.workspace_id, kept.project_id, 2)
    assert printed("audit verify") == (
        f"Our fans: {kept.seq} rows sealed, all as they were; 2 not sealed yet.\n"
    )
    assert printed("audit verify --project", "Our fans").startswith("Our fans: ")
    line = f"audit verify --workspace alice-and-co --project {kept.project_id} --format json --head"
    told = json.loads(printed(line, str(kept.heads)))
    (project,) = told["projects"]
    assert (told["whole"], told["compared"]) == (True, 1)
    assert (project["sealed"], project["unsealed"], project["fault"]) == (kept.seq, 2, None)
    assert run("audit verify", lang=FRENCH).stdout.startswith(f"Our fans : {kept.seq} lignes")


def test_the_head_is_the_same_over_http(kept: Kept) -> None:
    over_http = answer(kept.world.bob.get(f"/projects/{kept.project_id}/activity/head"))
    (exported,) = json.loads(kept.heads.read_text("utf-8"))["heads"]
    for name in ("workspace_id", "project_id", "seq", "seal"):
        assert exported[name] == over_http[name]
    kept.heads.write_text(json.dumps(over_http), "utf-8")
    assert "Exported heads compared: 1." in printed("audit verify --head", str(kept.heads))


def test_the_first_bad_row_is_named_and_the_exit_code_is_1(kept: Kept) -> None:
    tampers("UPDATE activities SET door = 'api' WHERE seq = :seq", seq=kept.seq - 1)
    for lang, words in (("en_GB.UTF-8", "is not the one"), (FRENCH, "n'est pas celle")):
        result = run("audit verify", lang=lang)
        assert result.exit_code == 1
        assert words in result.stdout
        assert f" {kept.seq - 1} (" in result.stdout
    (project,) = json.loads(run("audit verify --format json").stdout)["projects"]
    assert (project["fault"], project["bad_seq"]) == ("changed", kept.seq - 1)


def test_a_cut_end_and_a_project_gone_are_told_by_the_exported_head(kept: Kept) -> None:
    tampers("DELETE FROM activities WHERE seq = :seq", seq=kept.seq)
    assert "all as they were" in printed("audit verify")
    cut = run("audit verify --head", str(kept.heads))
    assert (cut.exit_code, f"row {kept.seq} and all after it" in cut.stdout) == (1, True)
    tampers("DELETE FROM projects")
    gone = run("audit verify --head", str(kept.heads))
    assert (gone.exit_code, "the project is gone" in gone.stdout) == (1, True)
    assert printed("audit verify --workspace charlie-inc --head", str(kept.heads)) == (
        "Exported heads compared: 0.\n"
    )


@pytest.mark.parametrize(
    "content", ["", "[]", "7", "{", '{"heads": 3}', '{"heads": [3]}', "[" * 100_000]
)
def test_what_is_no_export_is_refused(desk: str, folder: Path, content: str) -> None:
    path = a_file(folder, content, "heads.json")
    assert "holds no heads" in refused("audit verify --head", str(path))


def test_a_broken_head_is_refused_field_by_field(desk: str, folder: Path) -> None:
    path = a_file(folder, json.dumps({"seq": -1, "seal": "xyz"}), "heads.json")
    said = refused("audit verify --head", str(path))
    for name in ("workspace_id", "project_id", "seq", "seal"):
        assert f"{name}: " in said


def test_what_is_not_there_is_refused(desk: str) -> None:
    assert "There is no project" in refused(f"audit verify --project {new_id()}")
    assert "There is no workspace" in refused("audit verify --workspace nobody")
    assert "There is no workspace" in refused("audit head --workspace nobody")
