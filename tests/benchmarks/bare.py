"""The yardstick server: Flask, SQLAlchemy Core, orjson, and nothing that the product adds.

No token, no roles, no strict parsing, no events, no history. Run by `serving`, in its own process.
"""

import sys
from typing import Any
from uuid import UUID

import orjson
from flask import Flask, Response, request
from sqlalchemy import Engine, Table, create_engine, event, select, update
from waitress import serve

from tracker.cli.server import THREADS
from tracker.kernel.db import Database
from tracker.projects.models import Task
from tracker.projects.queries import LISTED

TASKS: Table = Task.__table__


def make_app(engine: Engine) -> Flask:
    """Two routes on the tables of the product."""
    app = Flask(__name__)
    is_sqlite = engine.dialect.name == "sqlite"  # which begins no transaction to read
    reading = engine if is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")

    @app.get("/projects/<uuid:project_id>/tasks")
    def list_tasks(project_id: UUID) -> Response:
        wanted = select(*LISTED).where(TASKS.c.project_id == project_id)
        mine = wanted.where(TASKS.c.workspace_id == workspace_of(request.args))
        with reading.connect() as connection:
            rows = connection.execute(mine.order_by(TASKS.c.due_on, TASKS.c.id)).mappings()
            items = [{str(name): value for name, value in row.items()} for row in rows]
        return Response(orjson.dumps({"items": items}), content_type="application/json")

    @app.patch("/tasks/<uuid:task_id>")
    def change_task(task_id: UUID) -> Response:
        values = orjson.loads(request.get_data())
        mine = (TASKS.c.workspace_id == workspace_of(request.args), TASKS.c.id == task_id)
        with engine.begin() as connection:
            connection.execute(update(TASKS).where(*mine).values(title=values["title"]))
        return Response(orjson.dumps({"id": task_id, **values}), content_type="application/json")

    return app


def workspace_of(query: Any) -> UUID:
    return UUID(query["workspace"])


def bare_engine(url: str) -> Engine:
    """A plain engine: no ping, no listener to BEGIN; on SQLite what makes it fast in WAL."""
    database_url = Database(url).url
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _use_wal)
    return engine


def _use_wal(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


if __name__ == "__main__":
    url, port = sys.argv[1:]
    app = make_app(bare_engine(url))
    serve(app, host="127.0.0.1", port=int(port), threads=THREADS, ident=None, _quiet=True)
