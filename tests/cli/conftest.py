"""Commands run in an empty folder, without the settings of whoever runs the tests."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.home import NoServer
from tests.servers.valkey import start_valkey
from tracker.kernel.clock import set_offset


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to stand in; no setting is set."""
    for name in [name for name in os.environ if name.startswith("TRACKER_")]:
        monkeypatch.delenv(name)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    yield empty
    set_offset(timedelta())


@pytest.fixture
def desk(folder: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a migrated SQLite database that the commands work on."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", sqlite_url)
    return sqlite_url


@pytest.fixture
def office(folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a migrated database that the commands work on, on each kind in turn."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", database_url)
    return database_url


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A real Valkey. Without one the tests say so, and fail where CI asks for everything."""
    try:
        with start_valkey() as url:
            yield url
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Valkey for the tests: {reason}")
        pytest.skip(f"NO VALKEY, the processes that need a broker are not tested here: {reason}")


@pytest.fixture
def distant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of processes that share two servers, which are away; they are set."""
    settings = {
        "TRACKER_DATABASE_URL": "postgresql+psycopg://tracker:hush@127.0.0.1:1/tracker",
        "TRACKER_REDIS_URL": "redis://127.0.0.1:1/0",
        "TRACKER_SECRET_KEY": "a-key-of-forty-letters-that-nobody-knows",
        "TRACKER_ENCRYPTION_KEYS": "another-key-of-letters-that-nobody-knows",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture
def production(
    distant: dict[str, str],
    fresh_postgres_url: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """The same beside a real PostgreSQL and a real Valkey."""
    servers = {"TRACKER_DATABASE_URL": fresh_postgres_url, "TRACKER_REDIS_URL": redis_url}
    for name, value in servers.items():
        monkeypatch.setenv(name, value)
    return {**distant, **servers}
