"""Migrations: up and down with data, interrupted, twice at once, and equal to the models."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import MetaData, Table, func, select

import tracker.app  # noqa: F401 - brings every model into Base.metadata
from tests.servers.postgres import create_database, drop_database
from tests.service.rows import a_value
from tracker.kernel import revisions
from tracker.kernel.db import Base, Database
from tracker.kernel.migrations import downgrade, upgrade
from tracker.kernel.resources import resource_dir
from tracker.kernel.revisions import UnknownRevision, is_current, revision_of

ROWS = 12
FOLDER = resource_dir("migrations")
Rows = Mapping[str, list[dict[str, Any]]]

DIES_AT = """
import os, signal, sys
from sqlalchemy import event
from tracker.kernel.db import Database
from tracker.kernel.migrations import upgrade

database = Database(sys.argv[1])

@event.listens_for(database.engine, "after_cursor_execute")
def _die(_connection, _cursor, statement, *_):
    if sys.argv[2] in " ".join(statement.split()):
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(database)
"""
UPGRADES = """
import sys
from tracker.kernel.db import Database
from tracker.kernel.migrations import upgrade

upgrade(Database(sys.argv[1]))
"""
ALTERS_PARENTS = '''
"""Give projects and members a column: SQLite copies both tables and drops the old ones."""

import sqlalchemy as sa
from alembic import op

revision: str = "next"
down_revision: str | None = "{head}"
branch_labels, depends_on = None, None

def upgrade():
    for name in ("projects", "members", "tasks"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("nickname", sa.Text(), nullable=True))
            table.alter_column("version", existing_type=sa.Integer(), type_=sa.BigInteger())

def downgrade():
    for name in ("projects", "members", "tasks"):
        with op.batch_alter_table(name) as table:
            table.drop_column("nickname")
            table.alter_column("version", existing_type=sa.BigInteger(), type_=sa.Integer())
'''


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgres_url")
    name = f"empty_{uuid4().hex}"
    database = Database(create_database(server, name))
    yield database
    database.close()
    drop_database(server, name)


@pytest.fixture
def migrated(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def text_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def scripts(folder: Path = FOLDER) -> list[Script]:
    """Every migration, the first one first."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    return list(reversed(list(ScriptDirectory.from_config(config).walk_revisions())))


def test_the_newest_revision_is_found_as_alembic_finds_it() -> None:
    assert revisions.newest_revision() == scripts()[-1].revision
    for script in scripts():
        revisions.check_known(script.revision)
    with pytest.raises(UnknownRevision):
        revisions.check_known("nobodys")


def tables(database: Database) -> dict[str, Table]:
    """What is in the database now, parents first, without Alembic's own table."""
    found = MetaData()
    found.reflect(database.engine)
    return {t.name: t for t in found.sorted_tables if t.name != "alembic_version"}


def seed(database: Database, found: Mapping[str, Table] | None = None) -> None:
    """Fill every table that is still empty."""
    with database.engine.begin() as connection:
        for table in (found or tables(database)).values():
            if not connection.scalar(select(func.count()).select_from(table)):
                rows = [{c.name: a_value(c, n) for c in table.c} for n in range(1, ROWS + 1)]
                connection.execute(table.insert(), rows)


def everything(database: Database, found: Mapping[str, Table] | None = None) -> Rows:
    found = found or tables(database)
    with database.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(by_key(table)).mappings()]
            for name, table in found.items()
        }


def by_key(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


def shared(rows: Rows, other: Rows) -> Rows:
    """``rows``, as far as their tables and columns live on in ``other``."""
    return {
        name: [{key: row[key] for key in row.keys() & other[name][0].keys()} for row in found]
        for name, found in rows.items()
        if other.get(name)
    }


def go_up_and_down_with_rows(database: Database, revisions: list[Script]) -> None:
    """What a revision has in common with the one below it must be the same in both."""
    for script in revisions:
        upgrade(database, script.revision)
        found = tables(database)  # reading them takes longer than all the rest
        seed(database, found)
        newer = everything(database, found)
        assert {len(rows) for rows in newer.values()} - {1} == {ROWS}, "a switch is one row"
        downgrade(database, str(script.down_revision or "base"))
        older = everything(database)
        assert shared(older, newer) == shared(newer, older)
        upgrade(database, script.revision)
        assert shared(everything(database, found), older) == shared(older, newer)


def test_every_revision_goes_up_and_down_with_rows_in_every_table(empty: Database) -> None:
    go_up_and_down_with_rows(empty, scripts())
    downgrade(empty, "base")
    assert tables(empty) == {}
    assert revision_of(empty) is None


def test_a_table_that_is_altered_keeps_its_rows_and_all_that_refer_to_them(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    source = ALTERS_PARENTS.format(head=revisions.newest_revision()).lstrip()
    (folder / "versions" / "20991231_2359_next.py").write_text(source)
    monkeypatch.setattr(revisions, "resource_dir", lambda _name: folder)
    go_up_and_down_with_rows(empty, scripts(folder)[-1:])
    assert revision_of(empty) == "next"
    assert len(everything(empty)["steps"]) == ROWS


def test_a_migration_that_would_leave_dangling_rows_is_undone(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    source = ALTERS_PARENTS.format(head=revisions.newest_revision()).lstrip()
    source = source.replace("def upgrade():", "def upgrade():\n    op.execute('DELETE FROM tasks')")
    (folder / "versions" / "20991231_2359_next.py").write_text(source)
    database = Database(sqlite_url)
    seed(database)
    before = everything(database)
    monkeypatch.setattr(revisions, "resource_dir", lambda _name: folder)
    with pytest.raises(RuntimeError, match="rows that refer to nothing"):
        upgrade(database)
    assert everything(database) == before
    database.close()


def test_the_models_are_what_the_migrations_make(migrated: Database) -> None:
    left_out = () if migrated.is_sqlite else ("fk_community_events_workspace_id_connection_id",)
    compared = {
        "compare_type": True,
        "compare_server_default": True,
        "include_object": lambda _thing, name, *_more: name not in left_out,  # a trigger stands in
    }
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, Base.metadata) == []
    assert tables(migrated).keys() == Base.metadata.tables.keys()


def test_the_migrations_are_one_line_with_one_head() -> None:
    found = scripts()
    assert [script.revision for script in found if script.is_head] == [found[-1].revision]
    before = [script.down_revision for script in found]
    assert before == [None, *(script.revision for script in found[:-1])]


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.revision)
def test_a_migration_is_named_by_its_day_and_says_why_it_is_there(script: Script) -> None:
    assert Path(script.path).name.startswith(f"{script.revision}_")
    assert len(script.doc) > 20


def test_a_second_upgrade_changes_nothing(migrated: Database) -> None:
    seed(migrated)
    before = everything(migrated)
    upgrade(migrated)
    assert everything(migrated) == before
    assert is_current(migrated)


@pytest.mark.parametrize("statement", ["CREATE TABLE members", "INSERT INTO alembic_version"])
def test_an_upgrade_that_was_killed_is_run_again(empty: Database, statement: str) -> None:
    killed = subprocess.run([sys.executable, "-c", DIES_AT, text_of(empty), statement], check=False)
    assert killed.returncode == -SIGKILL
    assert tables(empty) == {}, "all of it, or none"
    upgrade(empty)
    assert is_current(empty)
    assert tables(empty).keys() == Base.metadata.tables.keys()


def test_two_upgrades_at_once_wait_for_each_other(empty: Database) -> None:
    command = [sys.executable, "-c", UPGRADES, text_of(empty)]
    both = [subprocess.Popen(command), subprocess.Popen(command)]
    assert [process.wait() for process in both] == [0, 0]
    assert is_current(empty)


def test_an_unknown_revision_is_refused_with_a_sentence(migrated: Database) -> None:
    for move in (upgrade, downgrade):
        with pytest.raises(UnknownRevision, match="does not know the revision “nope”"):
            move(migrated, "nope")
    assert is_current(migrated)


def test_a_database_of_a_newer_version_is_left_alone(migrated: Database) -> None:
    with migrated.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '20991231_2359'")
    with pytest.raises(UnknownRevision, match="“20991231_2359”"):
        upgrade(migrated)


def test_foreign_keys_are_guarded_again_after_a_migration(sqlite_url: str) -> None:
    database = Database(sqlite_url, pool_size=1)
    upgrade(database)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()
