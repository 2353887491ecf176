"""``tracker db``: migrations, and copies that can be trusted."""

import shlex
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from tests.cli.terminal import printed, refused, run
from tracker.kernel.revisions import newest_revision


def file_of(url: str) -> Path:
    return Path(str(make_url(url).database))


def slugs(path: Path) -> list[str]:
    """The workspaces in a database file."""
    with closing(sqlite3.connect(path)) as database:
        return [slug for (slug,) in database.execute("SELECT slug FROM workspaces ORDER BY slug")]


def revision(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as database:
        row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


# Migrations.


def test_upgrade_makes_the_database_and_says_where_it_is(folder: Path) -> None:
    told = f"sqlite:///var/tracker.sqlite3 is at revision {newest_revision()}.\n"
    assert printed("db upgrade") == told
    assert printed("db upgrade") == told, "again is harmless"
    assert [path.name for path in (folder / "var").iterdir()] == ["tracker.sqlite3"]


def test_upgrade_never_shows_a_password(office: str) -> None:
    told = printed("db upgrade")
    assert str(newest_revision()) in told
    password = make_url(office).password
    assert password is None or str(password) not in told


def test_downgrade_asks_first(office: str) -> None:
    result = run("db downgrade base", typed="n\n")
    assert result.exit_code == 1
    assert "What newer tables hold is lost." in result.output
    assert str(newest_revision()) in printed("db upgrade")
    assert run("db downgrade base", typed="y\n").stdout.endswith("(empty).\n")


def test_downgrade_can_be_told_not_to_ask(office: str) -> None:
    assert printed("db downgrade base --yes").endswith("is at revision (empty).\n")
    assert "is behind its migrations. Run `tracker db upgrade` first." in refused("workspace list")
    assert str(newest_revision()) in printed("db upgrade")
    assert printed("workspace list --format json") == "[]\n"


@pytest.mark.parametrize("line", ["db upgrade nope", "db downgrade nope --yes"])
def test_an_unknown_revision_is_refused(desk: str, line: str) -> None:
    assert "does not know the revision “nope”" in refused(line)
    assert revision(file_of(desk)) == newest_revision()


def test_a_database_of_a_newer_version_is_refused_by_every_command(desk: str) -> None:
    with closing(sqlite3.connect(file_of(desk))) as database:
        database.execute("UPDATE alembic_version SET version_num = '20991231_2359'")
        database.commit()
    for line in ("workspace list", "db upgrade"):
        assert "does not know the revision “20991231_2359”" in refused(line)


# Copies.


def test_a_backup_holds_what_is_committed_while_the_database_is_in_use(
    desk: str, folder: Path
) -> None:
    printed("workspace create acme")
    with closing(sqlite3.connect(file_of(desk), isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        busy.execute("UPDATE workspaces SET slug = 'half-done'")
        assert printed("db backup copy.sqlite3") == "Saved to copy.sqlite3.\n"
        busy.execute("ROLLBACK")
    assert slugs(folder / "copy.sqlite3") == ["acme"]


def test_a_backup_is_one_file_for_its_owner_alone(desk: str, folder: Path) -> None:
    printed("db backup copy.sqlite3")
    assert [path.name for path in folder.iterdir()] == ["copy.sqlite3"]
    assert stat.S_IMODE((folder / "copy.sqlite3").stat().st_mode) == 0o600
    assert slugs(folder / "copy.sqlite3") == []
    assert [path.name for path in folder.iterdir()] == ["copy.sqlite3"], "reading adds none"


def test_a_backup_replaces_nothing(desk: str, folder: Path) -> None:
    printed("db backup copy.sqlite3")
    before = (folder / "copy.sqlite3").read_bytes()
    assert refused("db backup copy.sqlite3").startswith("copy.sqlite3 exists already.")
    assert (folder / "copy.sqlite3").read_bytes() == before


def test_a_backup_that_cannot_be_written_says_so_and_leaves_nothing(
    desk: str, folder: Path
) -> None:
    (folder / "file").touch()
    assert "No such file or directory. Nothing was saved." in refused("db backup nowhere/copy")
    assert "Nothing was saved." in refused("db backup file/copy")
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_there_is_no_backup_of_a_database_that_is_not_there(folder: Path) -> None:
    assert refused("db backup copy.sqlite3").startswith("There is no database")
    assert list(folder.iterdir()) == []


def test_a_copy_is_restored_over_what_came_after_it(desk: str) -> None:
    printed("workspace create acme")
    printed("db backup copy.sqlite3")
    printed("workspace create beta")
    assert printed("db restore copy.sqlite3 --yes").startswith("Restored from copy.sqlite3.")
    assert slugs(file_of(desk)) == ["acme"]
    printed("workspace create gamma")
    assert slugs(file_of(desk)) == ["acme", "gamma"]
    assert slugs(Path("copy.sqlite3")) == ["acme"]


def test_a_restored_copy_is_up_to_date_and_muted_and_the_backup_stays_as_it_was(
    desk: str, folder: Path
) -> None:
    printed("workspace create acme")
    printed("db downgrade 20261126_0100 --yes")
    printed("db backup old.sqlite3")
    before = (folder / "old.sqlite3").read_bytes()
    told = printed("db restore old.sqlite3 --yes")
    assert told.startswith("Restored from old.sqlite3.\nMuted since 20")
    assert told.endswith("`tracker db unmute` lifts it.\n")
    assert revision(file_of(desk)) == newest_revision()
    assert (folder / "old.sqlite3").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["old.sqlite3"]
    assert [path.name for path in file_of(desk).parent.glob("tracker*")] == ["tracker.sqlite3"]
    assert slugs(file_of(desk)) == ["acme"]


def test_a_copy_is_restored_on_a_machine_that_has_no_database(
    desk: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed("workspace create acme")
    printed("db backup copy.sqlite3")
    monkeypatch.delenv("TRACKER_DATABASE_URL")
    printed("db restore copy.sqlite3 --yes")
    assert slugs(folder / "var" / "tracker.sqlite3") == ["acme"]
    assert "acme" in printed("workspace list")


def test_restore_asks_first(desk: str) -> None:
    printed("db backup copy.sqlite3")
    printed("workspace create acme")
    result = run("db restore copy.sqlite3", typed="n\n")
    assert result.exit_code == 1
    assert "Replace everything in sqlite:///" in result.output
    assert slugs(file_of(desk)) == ["acme"]


def strangers(folder: Path) -> list[str]:
    """Files that are no backups of ours."""
    (folder / "text").write_text("Dear all, " * 1000)
    (folder / "nothing").touch()
    for name, statement in (
        ("other", "CREATE TABLE notes (text)"),
        ("unfinished", "CREATE TABLE alembic_version (version_num)"),
    ):
        with closing(sqlite3.connect(folder / name)) as database:
            database.execute(statement)
    return ["text", "nothing", "other", "unfinished"]


def test_what_is_no_backup_is_refused_and_changes_nothing(desk: str, folder: Path) -> None:
    printed("workspace create acme")
    for name in strangers(folder):
        assert refused(f"db restore {name} --yes") == (
            f"{name} is not a backup of the tracker; nothing was changed."
        )
    assert slugs(file_of(desk)) == ["acme"]


def test_a_backup_of_a_newer_version_is_refused_and_changes_nothing(
    desk: str, folder: Path
) -> None:
    printed("db backup copy.sqlite3")
    with closing(sqlite3.connect(folder / "copy.sqlite3")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '20991231_2359'")
        copy.commit()
    assert "“20991231_2359”" in refused("db restore copy.sqlite3 --yes")
    assert revision(file_of(desk)) == newest_revision()


# PostgreSQL.


@pytest.fixture
def on_postgres(folder: Path, fresh_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> URL:
    """The commands work on PostgreSQL, with a password in the address."""
    url = make_url(fresh_postgres_url).set(password="hush-hush")
    monkeypatch.setenv("TRACKER_DATABASE_URL", url.render_as_string(hide_password=False))
    return url


@pytest.mark.parametrize(("line", "tool"), [("db backup", "pg_dump"), ("db restore", "pg_restore")])
def test_postgresql_has_tools_of_its_own_and_they_are_told_without_the_password(
    on_postgres: URL, folder: Path, line: str, tool: str
) -> None:
    (folder / "a copy").touch()
    told = printed(line, "a copy")
    assert "hush" not in told
    assert "***" not in told, "such a line could not be used"
    words = shlex.split(told.splitlines()[1])
    assert ("  tracker db mute" in told.splitlines()) == (tool == "pg_restore")
    assert words[0] == tool
    (address,) = (word.removeprefix("--dbname=") for word in words if "postgresql://" in word)
    assert make_url(address) == on_postgres.set(drivername="postgresql")._replace(password=None)
    assert any("a copy" in word for word in words)
    assert [path.name for path in folder.iterdir()] == ["a copy"]
