"""Many look at once, some stop on the way: each effect once, and no word of who is too late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from tests.personas import World
from tests.servers.smtp import Mailbox
from tests.service.reminders.owing import (
    LEASE_OVER,
    at_points,
    every,
    everything,
    kept,
    mails_of,
    owes,
    sends_all,
    stopped_at,
)
from tracker.kernel.clock import Watch, utcnow
from tracker.kernel.db import unit_of_work
from tracker.reminders.claiming import CLAIMS
from tracker.reminders.heart import beating
from tracker.reminders.models import Reminder


def test_five_who_look_at_once_send_each_once(world: World, mailbox: Mailbox) -> None:
    due = [*owes(world.bob, 10), *owes(world.mona, 10), *owes(world.vera, 10)]
    many = owes(world.charlie, 40)
    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(lambda _: sends_all(), range(5))) >= 70
    sends_all(after=timedelta(seconds=2))
    assert [mails_of(mailbox, one) for one in due] == [1] * 30
    assert {kept(one).outcomes == ["accepted"] for one in due} == {True}
    assert {kept(one).state for one in many} <= {"folded", "sent"}
    assert all(kept(one).state == "folded" or mails_of(mailbox, one) == 1 for one in many)
    assert every("owed") == every("sending") == []


def test_who_was_stopped_past_its_lease_writes_nothing(world: World, mailbox: Mailbox) -> None:
    for point in ("claimed", "judged", "attempted", "answered"):
        due = owes(world.bob, 3)
        with stopped_at(point):
            sends_all(after=LEASE_OVER)
            assert {kept(one).state for one in due} == {"sent"}
            before, told = everything(), len(mailbox.mails)
        assert everything() == before, point
        is_repeated = point in ("attempted", "answered")
        assert len(mailbox.mails) - told == (3 if point == "attempted" else 0)
        assert {tuple(kept(one).outcomes) for one in due} == {
            ("unknown", "accepted") if is_repeated else ("accepted",)
        }


def test_what_is_cancelled_while_it_is_in_hand_is_not_sent(world: World, mailbox: Mailbox) -> None:
    (one,) = owes(world.bob)

    def cancel(point: str) -> None:
        if point == "loaded":
            with unit_of_work() as session:
                row = session.get_one(Reminder, (kept(one).row.workspace_id, one))
                row.state, row.reason, row.ready_at = "cancelled", "moved", None

    with at_points(cancel):
        sends_all()
    assert kept(one).end == ("cancelled", "moved")
    assert (kept(one).outcomes, mailbox.mails) == ([], [])


def test_a_beating_heart_keeps_what_is_in_hand_and_wakes_nothing_else(
    world: World, mailbox: Mailbox
) -> None:
    (done,) = owes(world.bob)
    owes(world.charlie, 2)
    now = utcnow()
    with unit_of_work() as session:
        held = CLAIMS.take(session, now=now)
    with unit_of_work() as session:
        ended = [claim for claim in held if claim.id == done]
        CLAIMS.settle(session, ended, {"state": "sent", "ready_at": None})
    beaten = Event()
    watch = Watch(now + timedelta(seconds=20))
    with beating(held, watch, every=timedelta(milliseconds=20)):
        while not beaten.wait(0.02):
            if all(
                kept(one).row.ready_at > now + timedelta(seconds=40) for one in every("sending")
            ):
                beaten.set()
    assert sends_all(now + LEASE_OVER) == 0
    assert kept(done).row.ready_at is None
