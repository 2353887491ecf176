"""Worlds that several tests of a module share, where making one each would take too long."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import BACKENDS, app_on
from tests.personas import World, a_world
from tests.servers.postgres import create_database, drop_database
from tracker.kernel.db import current_database


@pytest.fixture(scope="module")
def module_sqlite_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite database for a whole module."""
    path = tmp_path_factory.mktemp("shared") / "tracker.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def module_postgres_url(postgres_template: tuple[str, str]) -> Iterator[str]:
    """A migrated PostgreSQL database for a whole module."""
    server, template = postgres_template
    name = f"shared_{uuid4().hex}"
    yield create_database(server, name, template=template)
    drop_database(server, name)


@pytest.fixture(scope="module", params=BACKENDS)
def shared_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Alice's and Charlie's worlds, for tests that leave no trace in each other's way.

    The application in use is one for the process: a module takes this world or fresh ones.
    """
    wanted = "module_sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    app = app_on(request.getfixturevalue(wanted))
    yield a_world(app)
    current_database().close()
