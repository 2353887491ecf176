"""Counting the SQL statements that one request costs, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.benchmarks.stock import World
from tests.conftest import a_setting
from tests.personas import Persona
from tracker.app import create_app
from tracker.kernel.db import current_database


@contextmanager
def somebody(world: World) -> Iterator[Persona]:
    """The owner of ``world``, calling the application in this process."""
    app = create_app(a_setting(database_url=world.url))
    yield Persona(app, "", str(world.owner_id), world.token)
    current_database().close()


def count_statements(caller: Persona, method: str, path: str, json: Any = None) -> int:
    """Statements of one request; BEGIN is the transaction's."""
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN IMMEDIATE":
            counted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        response = caller.call(method, path, json)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert response.status_code < 300, response.text
    return len(counted)
