"""What is asked for all day goes by what waits, not by what is stored."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from tests.service.webhooks.owed import Owes, events, owed
from tracker.kernel.db import current_database, reading
from tracker.webhooks.queries import waiting


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_sent_is_not_gone_through_to_count_what_was_not(
    workspace_id: UUID, endpoint: Owes
) -> None:
    for state, ready_at, count in (("sent", None, 4), ("held", None, 3), ("failed", None, 2)):
        owed(endpoint, events(workspace_id, count), state=state, ready_at=ready_at)
    owed(endpoint, events(workspace_id))
    told: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
        told.extend(row[3] for row in rows if " deliveries " in row[3])

    event.listen(current_database().engine, "before_cursor_execute", explain)
    with reading() as session:
        found = waiting(session, workspace_id, [endpoint.id])
    assert found == {endpoint.id: {"owed": 1, "held": 3, "failed": 2}}
    indexes = [one.partition(" INDEX ")[2].split()[0] for one in told]
    assert indexes == ["ix_deliveries_ready", "ix_deliveries_troubled"]
