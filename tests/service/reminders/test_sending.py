"""What is due goes out once, on the reader's ways, whatever the other side makes of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.api.gates.traces import topics
from tests.personas import World
from tests.servers.smtp import TAKE_AND_CLOSE, Fault, Mailbox
from tests.service.reminders.owing import (
    LEASE_OVER,
    Killed,
    changes,
    dying_at,
    every,
    kept,
    mails_of,
    owes,
    sends_all,
)
from tracker.kernel.breakers import OPENS_AFTER, Breaker
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.reminders.sending_rules import MOST_TRIES


def test_each_is_sent_once_and_announced(world: World, mailbox: Mailbox) -> None:
    due = [*owes(world.bob, 4), *owes(world.charlie, 3)]
    (later,) = owes(world.bob, ready_at=utcnow() + timedelta(hours=1))
    assert sends_all() == 7
    assert sends_all() == 0
    assert [mails_of(mailbox, one) for one in due] == [1] * 7
    assert all(kept(one).outcomes == ["accepted"] for one in due)
    assert kept(due[0]).row.sent_at is not None
    assert kept(later).state == "owed"
    assert topics().count("reminder.sent") == 7


def open_again(now: datetime) -> datetime:
    """When the breaker of e-mail lets one through."""
    with reading() as session:
        until = session.scalar(select(Breaker.open_until).where(Breaker.name == "email"))
    return max(now, until or now)


def test_what_is_put_off_is_tried_again_after_a_pause_until_it_is_given_up(
    world: World, mailbox: Mailbox
) -> None:
    (one,) = owes(world.bob)
    mailbox.always = Fault("rcpt", "450 4.7.1 greylisted")
    now = utcnow()
    for tries in range(1, MOST_TRIES + 1):
        assert sends_all(now) == 1
        left = kept(one)
        assert left.outcomes == ["deferred"] * tries
        assert sends_all(now) == 0, "not before its time"
        if tries < MOST_TRIES:
            assert (left.state, left.row.crashes) == ("owed", 0)
            assert timedelta(seconds=60) <= left.row.ready_at - now <= timedelta(hours=1, minutes=1)
            now = max(left.row.ready_at, open_again(now))
            changes(one, due_at=now, ready_at=now)
    assert kept(one).end == ("failed", "unreachable")
    assert topics().count("reminder.failed") == 1
    assert not mailbox.mails


def test_what_is_refused_is_not_tried_again(world: World, mailbox: Mailbox) -> None:
    refused, gone, fine = (owes(one)[0] for one in (world.bob, world.mona, world.vera))
    mailbox.by_recipient = {
        world.bob.email: Fault("end", "554 5.7.1 looks like spam"),
        world.mona.email: Fault("rcpt", "550 5.1.1 no such user"),
    }
    sends_all()
    assert kept(refused).end == ("failed", "refused")
    assert kept(gone).end == ("failed", "gone")
    assert kept(fine).end == ("sent", None)


def test_what_may_have_arrived_is_sent_again_under_the_same_id(
    world: World, mailbox: Mailbox
) -> None:
    (one,) = owes(world.bob)
    mailbox.faults.append(Fault("end", TAKE_AND_CLOSE))
    now = utcnow()
    sends_all(now)
    left = kept(one)
    assert (left.state, left.outcomes) == ("owed", ["unknown"])
    sends_all(left.row.ready_at)
    assert kept(one).outcomes == ["unknown", "accepted"]
    assert mails_of(mailbox, one) == 2


def test_what_kills_those_who_send_it_is_given_up_after_three_and_nothing_else_is(
    world: World, mailbox: Mailbox
) -> None:
    (poison,) = owes(world.bob)
    now = utcnow()
    for crashes in range(1, 4):
        with dying_at("attempted"), pytest.raises(Killed):
            sends_all(now)
        assert kept(poison).row.crashes == crashes
        now += LEASE_OVER
    innocent = owes(world.charlie, 3)
    sends_all(now)
    assert kept(poison).end == ("failed", "poison")
    assert kept(poison).outcomes == ["unknown"] * 3
    assert [kept(one).state for one in innocent] == ["sent"] * 3


def test_those_who_only_waited_beside_it_are_not_given_up(world: World, mailbox: Mailbox) -> None:
    """Whoever dies with fifty claims says little of any of them."""
    due = owes(world.bob, 8)
    now = utcnow()
    for _ in range(5):
        with dying_at("claimed"), pytest.raises(Killed):
            sends_all(now)
        now += LEASE_OVER
    assert len(every("sending")) < 8, "suspects are handled one by one, and the others let go"
    sends_all(now)
    sends_all(now + LEASE_OVER)
    assert [kept(one).state for one in due] == ["sent"] * 8


def test_with_the_rest_of_a_batch_it_is_known_who_was_in_hand(
    world: World, mailbox: Mailbox
) -> None:
    first, second = owes(world.bob, 10), owes(world.charlie, 10)
    now = utcnow()
    with dying_at("delivered"), pytest.raises(Killed):
        sends_all(now)
    sends_all(now + LEASE_OVER)
    outcomes = [kept(one).outcomes for one in (*first, *second)]
    assert sorted(map(len, outcomes)) == [1] * 10 + [2] * 10
    repeated = sum(mails_of(mailbox, one) == 2 for one in (*first, *second))
    assert repeated == sum("unknown" in one for one in outcomes) == 10


def test_what_was_put_off_comes_back_under_an_id_that_no_mail_program_knows(
    world: World, mailbox: Mailbox
) -> None:
    (one,) = owes(world.bob)
    sends_all()
    later = utcnow() + timedelta(minutes=1)
    changes(one, state="owed", ready_at=later, due_at=later, snoozed_until=later)
    mailbox.faults.append(Fault("end", TAKE_AND_CLOSE))
    sends_all(later)
    sends_all(kept(one).row.ready_at)
    first, second, again = [mail.message_id for mail in mailbox.mails]
    assert str(one) in first
    assert second == again != first


def test_a_channel_that_answers_nobody_is_left_alone_and_its_reminders_wait(
    world: World, mailbox: Mailbox
) -> None:
    mailbox.always = Fault("mail", "421 4.3.2 going down")
    owes(world.bob, 10)
    now = utcnow()
    sends_all(now)
    opens_at = open_again(now)
    assert opens_at > now
    spoken = len(mailbox.commands)
    (later,) = owes(world.vera)
    sends_all()
    assert len(mailbox.commands) == spoken, "nobody asks while it is shut"
    assert (kept(later).state, kept(later).row.ready_at) == ("owed", opens_at)
    assert (kept(later).row.tries, kept(later).row.crashes) == (0, 0), "that was no try"
    mailbox.always = None
    sends_all(opens_at)
    sends_all(opens_at + timedelta(hours=1))
    assert len(mailbox.mails) == 11


def test_one_who_cannot_be_reached_now_keeps_nobody_else_from_being_told(
    world: World, mailbox: Mailbox
) -> None:
    """The mail server works: it is one mailbox that takes nothing for the moment."""
    owes(world.bob, 2 * OPENS_AFTER)
    mailbox.by_recipient = {world.bob.email: Fault("rcpt", "452 4.2.2 mailbox full")}
    now = utcnow()
    sends_all(now)
    (hers,) = owes(world.mona, now=now)
    sends_all(now)
    assert kept(hers).state == "sent"


def test_a_mail_server_that_takes_nothing_is_left_alone(world: World, mailbox: Mailbox) -> None:
    owes(world.bob, 2 * OPENS_AFTER)
    mailbox.always = Fault("mail", "451 4.3.0 out of order")
    now = utcnow()
    sends_all(now)
    assert open_again(now) > now
