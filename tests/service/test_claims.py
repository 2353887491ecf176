"""A claim takes as many rows as it asks for, however the database looks for them."""

from sqlalchemy import select, text

from tests.personas import World
from tests.service.reminders.owing import owes
from tracker.kernel.claims import Claims
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.muting import MAY_SEND
from tracker.reminders.models import Reminder

CLAIMS = Claims(Reminder.__table__, in_hand={"state": "sending"})


def test_no_plan_claims_more_than_was_asked_for(world: World) -> None:
    owes(world.bob, 5)
    with unit_of_work() as session:
        if session.connection().dialect.name == "postgresql":
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert len(CLAIMS.take(session, now=utcnow(), most=2)) == 2


def test_whether_it_may_leave_is_asked_in_a_statement_that_is_compiled_once() -> None:
    assert select(MAY_SEND)._generate_cache_key() is not None
