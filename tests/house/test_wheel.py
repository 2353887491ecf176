"""The wheel: everything that the program needs travels inside it, and it works from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import ROOT

SHIPPED = ("templates_catalog", "migrations")
WHERE = "import tracker, workers; print(tracker.__file__, workers.__file__, sep='\\n')"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the working tree, with what is installed: nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", folder], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel holds; the rest comes from where the tests run."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--no-warn-script-location", "--target", target, wheel], check=True)
    return target


def python(installed: Path, *words: str | Path, cwd: Path) -> str:
    """What Python prints where the wheel is found before the working tree."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={"PATH": os.defpath, "LANG": "en_GB.UTF-8", "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tracker(installed: Path, line: str, cwd: Path) -> str:
    return python(installed, installed / "bin" / "tracker", *line.split(), cwd=cwd)


def test_its_packages_are_tracker_and_workers(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tracker", "workers"}
    assert [name for name in names if name.endswith((".pyc", ".sqlite3"))] == []


def test_it_holds_every_file_of_catalogue_and_migrations(wheel: Path) -> None:
    shipped = {
        name.removeprefix("tracker/_data/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("tracker/_data/")
    }
    here = {
        path.relative_to(ROOT).as_posix()
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == here


def test_it_is_the_wheel_that_runs_and_not_the_working_tree(
    installed: Path, tmp_path: Path
) -> None:
    found = python(installed, "-c", WHERE, cwd=tmp_path).splitlines()
    assert [Path(line).parents[1] for line in found] == [installed, installed]


def test_the_catalogue_is_checked_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    told = tracker(installed, "catalog check", tmp_path)
    assert str(installed / "tracker" / "_data" / "templates_catalog") in told


def test_a_plan_is_shown_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    told = tracker(installed, "plan preview --launch 2027-09-06 --today 2027-01-04", tmp_path)
    assert "Mon 6 Sep 2027" in told
    assert list(tmp_path.iterdir()) == []


def test_a_database_is_made_and_taken_down_from_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    assert "is at revision 2" in tracker(installed, "db upgrade", tmp_path)
    assert (tmp_path / "var" / "tracker.sqlite3").is_file()
    assert "(empty)" in tracker(installed, "db downgrade base --yes", tmp_path)
