"""The database: engine, base class, column types, and the only commit of the product."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from sqlite3 import OperationalError as SQLiteBusy
from time import sleep
from typing import Any, ClassVar, Final
from uuid import UUID

import orjson
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    Index,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session
from uuid_utils.compat import uuid7

from tracker.kernel.cursors import describe_briefly
from tracker.kernel.errors import Unavailable
from tracker.kernel.pings import ping_rested
from tracker.kernel.row_values import find_rows_by_index
from tracker.kernel.texts import Sentence

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_CONNECT_SECONDS: Final = 5
_CACHE: Final = "cache_size=-16000"
_TRIES: Final = 100
_PAUSE: Final = 0.05  # seconds
_BUSY: Final = Sentence(
    en="The database does not answer at the moment. Try again in a few seconds.",
    fr="La base de données ne répond pas pour le moment. Réessayer dans quelques secondes.",
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite alone would give it back without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: their zone would be guessed."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back where the database lost it."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Every table. Texts are unbounded here and bounded where they come in."""

    __table__: ClassVar[Table]  # narrower than SQLAlchemy's word: no class here maps a join

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: UTCDateTime(),
        UUID: Uuid(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


def waiting_index(name: str, column: str, *more: str) -> Index:
    """An index over the rows that still have a moment to wait for; what is over costs nothing."""
    where = text(f"{column} IS NOT NULL")
    return Index(name, column, *more, postgresql_where=where, sqlite_where=where)


def new_id() -> UUID:
    """A fresh id; ids grow with time, so that new rows lie beside each other (RFC 9562 §5.7)."""
    return uuid7()


class Database:
    """One database: where it is, and how sessions on it begin."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url, pool_size)
        # Reads need no transaction: on PostgreSQL that is one round trip less.
        autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = self.engine if self.is_sqlite else autocommit

    @contextmanager
    def writer(self) -> Iterator[Session]:
        """A session in a transaction, committed at the end unless there is an error."""
        with self.engine.connect() as connection, _session_on(connection) as session:
            take_write_lock(connection)
            yield session
            session.flush()  # the connection commits, and knows nothing of objects
            connection.commit()

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A session that changes nothing."""
        with self._reading.connect() as connection, _session_on(connection) as session:
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _driver_url(url: str) -> URL:
    """SQLAlchemy 2.0 and 2.1 differ in the driver behind ``postgresql://``; name it."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL, pool_size: int) -> Engine:
    options: dict[str, Any] = {
        "json_serializer": _to_json,
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # an error's text goes to the log; people's names must not
        "pool_use_lifo": True,  # the last one used still has in its cache what is asked again
    }
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=pool_size, max_overflow=0, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        find_rows_by_index(engine)
        return engine
    if "connect_timeout" not in url.query:
        options["connect_args"] = {"connect_timeout": _CONNECT_SECONDS}
    # A pool that is used up answers 503 within two seconds instead of queueing requests.
    engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=2, **options)
    ping_rested(engine)
    describe_briefly(engine)
    return engine


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """See https://simonwillison.net/2025/Feb/17/sqlite-busy/ for what each of these prevents."""
    connection.isolation_level = None  # BEGIN is ours to say: see take_write_lock
    for pragma in ("busy_timeout=15000", "synchronous=NORMAL", "foreign_keys=ON", _CACHE):
        connection.execute(f"PRAGMA {pragma}")
    _keep_a_log(connection)


def _keep_a_log(connection: Any) -> None:
    """Of two who change the mode of a new file at once SQLite turns one away without waiting."""
    for _ in range(_TRIES - 1):
        with suppress(SQLiteBusy):
            connection.execute("PRAGMA journal_mode=WAL")
            return
        sleep(_PAUSE)
    connection.execute("PRAGMA journal_mode=WAL")


@contextmanager
def _session_on(connection: Connection) -> Iterator[Session]:
    session = Session(connection, expire_on_commit=False, info={_CORE: connection})
    try:
        yield session
    finally:
        if session.in_transaction():  # one that nobody has used has nothing to let go of
            session.close()


def take_write_lock(connection: Connection) -> None:
    """Begin to write on SQLite: a lock taken late deadlocks with another reader that writes, too.

    Said here and not by a listener to SQLAlchemy's "begin": with one, an engine looks for listeners
    around each statement, which is a tenth of the work of a small request.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def core(session: Session) -> Connection:
    """The connection under ``session``, for statements of tables that touch no object of it.

    A session keeps books on objects with each statement, even where there are none; on the paths
    that are walked all day that would be a fifth of the work.
    """
    connection: Connection = session.info[_CORE]
    return connection


def lose_together(session: Session) -> None:
    """Have the commit not wait for the disk: for what can be had again where all of it is lost.

    Only a crash of the server loses it, with whatever else was committed after it and did not wait.
    """
    connection = core(session)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


_AWAY: Final = (OperationalError, PoolTimeoutError)
_CORE: Final = "core"
_listeners: Final[list[Callable[[Session], None]]] = []
_database: Database | None = None
_session: ContextVar[Session | None] = ContextVar("session", default=None)


def use_database(database: Database) -> None:
    """Make ``database`` the one of this process; only composition roots call this."""
    global _database  # noqa: PLW0603 - one database for the process is the point
    if _database is not None:
        _database.close()
    _database = database


def current_database() -> Database:
    """The database of this process."""
    if _database is None:
        raise RuntimeError("no database is in use: the composition root has not run")
    return _database


def after_commit(listen: Callable[[Session], None]) -> Callable[[Session], None]:
    """Have ``listen`` called with the session of each unit of work that has been committed."""
    _listeners.append(listen)
    return listen


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back on any error. Inner ones join it."""
    outer = _session.get()
    if outer is not None:
        yield outer
        return
    try:
        with current_database().writer() as session:
            mark = _session.set(session)
            try:
                yield session
            finally:
                _session.reset(mark)
    except _AWAY as error:
        raise Unavailable(_BUSY) from error
    for listen in _listeners:
        listen(session)


@contextmanager
def reading() -> Iterator[Session]:
    """A session to look only; inside a unit of work it sees what that has written."""
    outer = _session.get()
    if outer is not None:
        yield outer
        return
    try:
        with current_database().reader() as session:
            yield session
    except _AWAY as error:
        raise Unavailable(_BUSY) from error
