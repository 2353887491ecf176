"""What may have arrived is told again under its own id only, and says the same as before."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.personas import World
from tests.servers.smtp import TAKE_AND_CLOSE, Fault, Mailbox
from tests.service.reminders.owing import (
    LEASE_OVER,
    Killed,
    dying_at,
    every,
    kept,
    mails_of,
    owes,
    sends_all,
)
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.reminders.models import Reminder

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def noon() -> datetime:
    """On a day of work, in the future: within everybody's hours."""
    day = utcnow() + timedelta(days=8 - utcnow().isoweekday())
    return day.replace(hour=12, minute=0, second=0, microsecond=0)


def dies_in_the_middle(now: datetime) -> None:
    with dying_at("delivered"), pytest.raises(Killed):
        sends_all(now)


def catch_ups() -> list[Reminder]:
    with reading() as session:
        wanted = select(Reminder).where(Reminder.rule == "catch_up").order_by(Reminder.step)
        return list(session.scalars(wanted))


def test_what_may_have_arrived_is_not_told_again_with_others(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    (one,) = owes(world.bob, now=noon)
    dies_in_the_middle(noon)
    crowd = owes(world.bob, 11, now=noon)
    sends_all(noon + LEASE_OVER)
    assert kept(one).end == ("sent", None)
    assert kept(one).outcomes == ["unknown", "accepted"]
    assert mails_of(mailbox, one) == 2
    assert {kept(each).state for each in crowd} == {"folded"}


def test_what_was_only_put_off_is_told_with_others(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    mailbox.always = Fault("rcpt", "450 4.7.1 greylisted")
    due = owes(world.bob, 6, now=noon)
    sends_all(noon)
    mailbox.always = None
    due += owes(world.bob, 6, now=noon + HOUR)
    sends_all(noon + HOUR)
    assert {kept(each).state for each in due} == {"folded"}
    assert len(mailbox.mails) == 1


def test_what_may_have_arrived_is_not_kept_for_a_digest_when_it_is_late(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    world.bob.patch("/me/preferences", {"digest": "daily"})
    (one,) = owes(world.bob, now=noon)
    dies_in_the_middle(noon)
    sends_all(noon + timedelta(days=4))
    assert kept(one).end == ("expired", "late")
    assert (kept(one).outcomes, kept(one).row.way) == (["unknown"], "single")


def test_a_catch_up_that_may_have_arrived_takes_nothing_more_in(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    first = owes(world.bob, 11, now=noon)
    mailbox.faults.append(Fault("end", TAKE_AND_CLOSE))
    sends_all(noon)
    second = owes(world.bob, 11, now=noon)
    sends_all(noon)
    sends_all(noon + MINUTE)
    tried, fresh = catch_ups()
    assert kept(tried.id).outcomes == ["unknown", "accepted"]
    assert {kept(each).row.folded_into for each in first} == {tried.id}
    assert {kept(each).row.folded_into for each in second} == {fresh.id}
    assert len(mailbox.mails) == 3


def test_a_digest_that_may_have_arrived_tells_the_same_again(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    early = owes(world.bob, 2, now=noon, way="digest", ready_at=None)
    (digest,) = owes(world.bob, now=noon, rule="digest", occurrence="2027-03-01")
    dies_in_the_middle(noon)
    (later,) = owes(world.bob, now=noon + MINUTE, way="digest", ready_at=None)
    sends_all(noon + HOUR)
    assert kept(digest).outcomes == ["unknown", "accepted"]
    assert {kept(each).row.folded_into for each in early} == {digest}
    assert kept(later).state == "owed"
    (next_one,) = owes(world.bob, now=noon + HOUR, rule="digest", occurrence="2027-03-02")
    sends_all(noon + HOUR)
    assert kept(later).row.folded_into == next_one
    assert every("owed") == []
