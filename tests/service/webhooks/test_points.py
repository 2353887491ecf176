"""Whoever delivers may be killed anywhere: it is known what is left, and what follows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import pytest

from tests.fakes.receiver import Receiver, answering
from tests.service.reminders.owing import at_points, killed_at, stopped_at
from tests.service.webhooks.owed import LEASE_OVER, Owes, events, everything, kept, owed
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.points import DELIVERING
from tracker.webhooks.delivering import deliver_due
from tracker.webhooks.disabling import hold

# Point → state and attempts that a death leaves behind, attempts in the end, requests in the end.
LEFT = {
    "taking": ("owed", [], ["delivered"], 1),
    "taken": ("owed", [None], ["unknown", "delivered"], 1),
    "carried": ("owed", [None], ["unknown", "delivered"], 2),
    "noting": ("owed", [None], ["unknown", "delivered"], 2),
    "noted": ("sent", ["delivered"], ["delivered"], 1),
}


def delivers(now: datetime) -> int:
    return deliver_due(now=now)


def test_a_kill_at_any_point_loses_nothing_and_repeats_only_what_is_unknown(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver, subtests: pytest.Subtests
) -> None:
    assert tuple(LEFT) == DELIVERING
    for point, (state, attempts, in_the_end, requests) in LEFT.items():
        with subtests.test(point=point):
            receiver.requests.clear()
            (event,) = events(workspace_id)
            (one,) = owed(endpoint, [event])
            started = utcnow()
            assert killed_at(point, started, delivers) == list(
                DELIVERING[: DELIVERING.index(point) + 1]
            )
            left = kept(one)
            assert (left.state, left.outcomes) == (state, attempts)
            deliver_due(now=started)
            is_free = point in ("taking", "noted")
            assert len(receiver.requests) == requests - (not is_free), "the lease holds"
            deliver_due(now=started + LEASE_OVER)
            ended = kept(one)
            assert (ended.state, ended.outcomes) == ("sent", in_the_end)
            assert (ended.row.ready_at, ended.row.crashes) == (None, 0)
            assert len(receiver.requests) == requests
            assert all(f"evt_{event}".encode() in request for request in receiver.requests)


def test_who_was_stopped_past_its_lease_writes_nothing(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    for point in ("taken", "carried"):
        ids = owed(endpoint, events(workspace_id))
        with stopped_at(point, delivers):
            deliver_due(now=utcnow() + LEASE_OVER)
            assert {kept(one).state for one in ids} == {"sent"}
            before = everything()
        assert everything() == before, point
        assert {tuple(kept(one).outcomes) for one in ids} == {("unknown", "delivered")}


def test_three_who_deliver_at_once_send_each_once(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    ids = owed(endpoint, events(workspace_id, 60))
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: deliver_due(now=utcnow()), range(3))) == 60
    assert len(receiver.requests) == 60
    assert {tuple(kept(one).outcomes) for one in ids} == {("delivered",)}


def test_of_what_was_under_way_when_it_was_paused_it_is_known_whether_it_arrived(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    def pause(point: str) -> None:
        if point == "carried":
            with unit_of_work() as session:
                hold(session, (workspace_id, endpoint.id))

    for status, state in ((200, "sent"), (500, "held")):
        receiver.script = answering(status)
        (one,) = owed(endpoint, events(workspace_id))
        with at_points(pause):
            deliver_due(now=utcnow())
        assert (kept(one).state, kept(one).row.ready_at) == (state, None)
        assert [attempt.status for attempt in kept(one).attempts] == [status]
