"""What the database holds, all of it: to prove what a request wrote, and what it did not."""

from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, exists, literal_column, select, union_all

from tracker.kernel.db import Base, core, current_database

Rows = list[dict[str, Any]]

# Every request may note when its token was used; that is no change of anybody's things.
_NOTED: Final = ("last_used_at",)


def everything() -> dict[str, Rows]:
    """The rows of every table, in the order of their keys."""
    found: dict[str, Rows] = {name: [] for name in _selects()}
    with current_database().reader() as session:
        run = core(session).execute
        for name in run(_filled()).scalars().all():
            rows = found[name] = [dict(row) for row in run(_selects()[name]).mappings()]
            for row in rows:
                for noted in _NOTED:
                    row.pop(noted, None)
    return found


@cache
def _selects() -> dict[str, Select[Any]]:
    tables = Base.metadata.sorted_tables
    return {table.name: select(table).order_by(*table.primary_key) for table in tables}


@cache
def _filled() -> CompoundSelect[Any]:
    """The names of tables that have rows: most have none, and reading them all takes long."""
    return union_all(
        *(
            select(literal_column(f"'{table.name}'")).where(exists(select(1).select_from(table)))
            for table in Base.metadata.sorted_tables
        )
    )


def counts() -> dict[str, int]:
    """How many rows every table has."""
    return {name: len(rows) for name, rows in everything().items()}


def rows_of_workspace(workspace_id: UUID) -> dict[str, Rows]:
    """What one workspace owns in every table."""
    return {
        name: [row for row in rows if workspace_id in (row.get("workspace_id"), row.get("id"))]
        for name, rows in everything().items()
    }


def dump() -> bytes:
    """Every value of every table, as one text to search."""
    return b"\n".join(
        value if isinstance(value, bytes) else repr(value).encode()
        for rows in everything().values()
        for row in rows
        for value in row.values()
    )
