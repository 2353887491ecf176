"""What chasing asks is found by an index: it costs what is due, not what is kept."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from tracker.kernel.clock import utcnow
from tracker.kernel.db import current_database, unit_of_work
from tracker.projects.owed import look_again_at, look_behind
from tracker.reminders.chasing import chase_due, is_due
from tracker.reminders.restoring import taken_back
from tracker.reminders.starting import links_before
from tracker.reminders.taking_back import cancel_of, cancel_owed, cancel_within


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("app")
def test_every_question_of_the_chaser_is_answered_by_an_index() -> None:
    engine = current_database().engine
    told: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
            told.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    space, thing = UUID(int=1), UUID(int=2)
    with unit_of_work() as session:
        is_due(session, now=utcnow())
        chase_due(session, now=utcnow())
        look_behind(session, space, opened=[thing], now=utcnow())
        look_again_at(session, space, [("task", thing)], now=utcnow())
        links_before(session, [(space, thing)])
        for reason in ("done", "changed", "waits"):
            cancel_owed(session, space, [thing], reason=reason)
        assert taken_back(session, [(space, thing)], now=utcnow()) == {}
        cancel_within(session, space, thing)
        cancel_of(session, space, thing, now=utcnow())
    event.remove(engine, "before_cursor_execute", explain)
    asked = [line for line in told if line.startswith(("SCAN", "SEARCH"))]
    assert len(asked) >= 10
    of_values = ("SCAN CONSTANT", "SCAN (subquery")  # what was asked for, as a list
    assert [one for one in asked if one.startswith("SCAN") and not one.startswith(of_values)] == []
    of_reminders = {line.split(" INDEX ")[1].split(" ")[0] for line in asked if "reminders" in line}
    assert of_reminders == {
        "uq_reminders_effect",
        "ix_reminders_open",
        "ix_reminders_taken_back",
    }
