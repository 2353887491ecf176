"""``tracker events replay``: what nobody could hear is told again, once that is set right."""

from sqlalchemy import func, select, update

from tests.cli.terminal import printed
from tests.conftest import a_setting, app_on
from tests.personas import a_world
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.hearing import hand_out, parked
from tracker.kernel.outbox import OutboxMessage
from tracker.wiring import wire


def test_what_was_left_alone_is_handed_on_again(desk: str) -> None:
    world = a_world(app_on(desk))
    world.mona.creates_a_project()
    with unit_of_work() as session:
        alone = {"ready_at": None, "relayed_at": None, "crashes": 4}
        session.execute(update(OutboxMessage).values(alone))
        count = session.scalar(select(func.count()).select_from(OutboxMessage))
    assert any(f"{count} events were left alone" in line for line in printed("doctor").splitlines())
    assert printed("events replay") == f"{count} events will be handed on again.\n"
    assert "left alone" not in printed("doctor")
    wire(a_setting(database_url=desk))
    with reading() as session:
        assert parked(session) == 0
    with unit_of_work() as session:
        assert hand_out(session, now=utcnow())
