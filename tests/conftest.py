"""Databases, the application and the people of the tests."""

import gc
import os
import shutil
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from flask import Flask

from tests.compiled import share_compiled
from tests.indoors import ESCAPED, watch_the_door
from tests.personas import Persona, World, a_world
from tests.servers.home import NoServer
from tests.servers.postgres import (
    create_database,
    drop_database,
    empty_database,
    shape_of,
    start_postgres,
)
from tracker.app import create_app
from tracker.config import Settings
from tracker.kernel import egress
from tracker.kernel.db import Database, current_database
from tracker.kernel.migrations import upgrade
from tracker.web.streams import end_streams
from tracker.wiring import wire

BACKENDS = ("sqlite", "postgresql")


def a_setting(**given: object) -> Settings:
    """Settings of an embedded tracker, with what a test wants different."""
    usual: dict[str, object] = {
        "database_url": "sqlite://",
        "redis_url": None,
        "secret_key": "of the tests, and long enough to be taken",
        "encryption_keys": ("another of the tests, and long enough, too",),
        "base_url": "http://127.0.0.1:8000",
        "smtp_url": None,
        "mail_from": "tracker@localhost",
        "log_format": "text",
        "rate_limit": 1_000_000,
        "egress_allow": (),
        "clock_offset": 0,
    }
    return Settings(**{**usual, **given})  # type: ignore[arg-type]  # a test's own spelling


def nobody(host: str, _port: int, _seconds: float) -> list[str]:
    """A resolver that knows no name, and reads addresses."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        raise OSError("no packet of a test leaves loopback") from None


@pytest.fixture(scope="session", autouse=True)
def _indoors() -> Iterator[None]:
    """Doors that nobody has given a resolver find nothing, and no packet leaves past them."""
    watch_the_door()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(egress, "resolve_name", nobody)
        yield
    assert ESCAPED == []


@pytest.fixture(scope="session", autouse=True)
def _streams_end() -> Iterator[None]:
    """An answer that goes on ends once it has told all that there is."""
    end_streams()
    yield
    end_streams(really=False)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL. Without one the tests say so, and fail where CI asks for everything."""
    try:
        with start_postgres() as url:
            yield url
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no PostgreSQL for the tests: {reason}")
        pytest.skip(f"NO POSTGRESQL, half of the promises are not tested here: {reason}")


def _migrated(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[tuple[str, str]]:
    """A migrated PostgreSQL database to copy: the server's URL and its name."""
    name = f"template_{uuid4().hex}"
    _migrated(create_database(postgres_url, name))
    yield postgres_url, name
    drop_database(postgres_url, name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "tracker.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


class Empty(NamedTuple):
    """A database without a row, and what it consists of."""

    name: str
    url: str
    shape: str


@pytest.fixture(scope="session")
def postgres_stock(postgres_template: tuple[str, str]) -> Iterator[list[Empty]]:
    """The database that tests hand on to each other, while nobody has altered its tables."""
    stock: list[Empty] = []
    yield stock
    for database in stock:
        drop_database(postgres_template[0], database.name)


@pytest.fixture
def fresh_postgres_url(
    postgres_template: tuple[str, str], postgres_stock: list[Empty]
) -> Iterator[str]:
    """A migrated PostgreSQL database without a row."""
    server, template = postgres_template
    database = postgres_stock.pop() if postgres_stock else _empty(server, template)
    yield database.url
    if empty_database(database.url, database.shape):
        postgres_stock.append(database)
    else:
        drop_database(server, database.name)


def _empty(server: str, template: str) -> Empty:
    name = f"test_{uuid4().hex}"
    url = create_database(server, name, template=template)
    return Empty(name, url, shape_of(url))


def pytest_configure() -> None:
    """Before the first engine is made."""
    share_compiled()


def pytest_collection_finish() -> None:
    """What is there by now stays, and need not be looked through for garbage ever again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks the same of both databases, and much, asks one of them in ``make long``."""
    for item in items:
        mark, call = item.get_closest_marker("long_on"), getattr(item, "callspec", None)
        if mark is not None and call is not None and mark.args[0] in call.params.values():
            item.add_marker(pytest.mark.long)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: the test runs once on each kind."""
    wanted = "sqlite_url" if request.param == "sqlite" else "fresh_postgres_url"
    return str(request.getfixturevalue(wanted))


@cache
def one_app() -> Flask:
    """The application. To make it takes as long as ten requests, so it is made once."""
    return create_app(a_setting(database_url="sqlite:///never-opened.sqlite3"))


def app_on(database_url: str, **given: object) -> Flask:
    """The application, from now on on this database."""
    app = one_app()  # before the wiring: whoever makes it opens a database, too
    wire(a_setting(database_url=database_url, **given))
    return app


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application on a fresh database."""
    app = app_on(database_url)
    as_it_was = dict(app.config)
    yield app
    app.config.update(as_it_was)
    current_database().close()


@pytest.fixture
def world(app: Flask) -> World:
    """Two workspaces: Alice owns one, with Mona, Bob and Vera; Charlie owns the other."""
    return a_world(app)


@pytest.fixture
def alice(world: World) -> Persona:
    """Owns her workspace."""
    return world.alice


@pytest.fixture
def mona(world: World) -> Persona:
    """Manages projects in Alice's workspace."""
    return world.mona


@pytest.fixture
def bob(world: World) -> Persona:
    """Contributes in Alice's workspace."""
    return world.bob


@pytest.fixture
def vera(world: World) -> Persona:
    """Only looks, in Alice's workspace."""
    return world.vera


@pytest.fixture
def charlie(world: World) -> Persona:
    """A stranger: owns another workspace."""
    return world.charlie
