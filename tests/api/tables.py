"""What the database holds, all of it: to prove what a request wrote, and what it did not."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, select

from tracker.kernel.db import Base, current_database

Rows = list[dict[str, Any]]

# Every request may note when its token was used; that is no change of anybody's things.
_NOTED: Final = ("last_used_at",)


def everything() -> dict[str, Rows]:
    """The rows of every table, in the order of their keys."""
    with current_database().reader() as session:
        return {
            table.name: [
                {name: value for name, value in row.items() if name not in _NOTED}
                for row in session.execute(_ordered(table)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def _ordered(table: Table) -> Any:
    return select(table).order_by(*table.primary_key)


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
