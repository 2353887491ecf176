"""Late and too many at once: caught up in one message, at an hour of the reader's, or expired."""

from datetime import datetime, timedelta

import pytest

from tests.personas import World
from tests.servers.smtp import Mailbox
from tests.service.reminders.owing import changes, every, kept, owes, sends_all
from tracker.kernel.clock import utcnow

HOUR = timedelta(hours=1)


@pytest.fixture
def noon() -> datetime:
    """On a day of work, in the future: within everybody's hours."""
    day = utcnow() + timedelta(days=8 - utcnow().isoweekday())
    return day.replace(hour=12, minute=0, second=0, microsecond=0)


def test_more_than_ten_at_once_become_one_message(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    many, few = owes(world.bob, 61, now=noon), owes(world.charlie, 10, now=noon)
    sends_all(noon)
    (one,) = [each for each in every("sent") if each not in few]
    catch_up = kept(one).row
    assert (catch_up.rule, str(catch_up.member_id)) == ("catch_up", world.bob.member_id)
    assert {kept(each).state for each in many} == {"folded"}
    assert {kept(each).row.folded_into for each in many} == {one}
    assert [kept(each).state for each in few] == ["sent"] * 10
    assert len(mailbox.mails) == 11


def test_a_second_crowd_of_a_day_is_told_in_a_second_message(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    for hours in (0, 2):
        owes(world.bob, 11, now=noon + hours * HOUR)
        sends_all(noon + hours * HOUR)
    assert [kept(one).row.step for one in every("sent")] == ["1", "2"]
    assert len(mailbox.mails) == 2


def test_what_is_late_waits_for_an_hour_of_its_reader(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    night = noon + timedelta(hours=11)
    (one,) = owes(world.bob, now=noon)
    (in_time,) = owes(world.bob, now=night - timedelta(minutes=5))
    sends_all(night)
    assert kept(one).state == "owed"
    assert kept(one).row.ready_at == noon + timedelta(hours=20), "when the quiet hours end"
    assert kept(in_time).state == "sent"
    sends_all(noon + timedelta(hours=20))
    assert kept(one).state == "sent"


def test_what_is_later_than_three_days_expires_or_is_told_with_others(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    long_ago = noon - timedelta(hours=73)
    (late,) = owes(world.bob, now=long_ago)
    (just,) = owes(world.bob, now=noon - timedelta(hours=71))
    crowd = [*owes(world.charlie, 6, now=long_ago), *owes(world.charlie, 6, now=noon)]
    sends_all(noon)
    assert kept(late).end == ("expired", "late")
    assert kept(just).state == "sent"
    assert {kept(one).state for one in crowd} == {"folded"}
    assert len(mailbox.mails) == 2


def test_a_catch_up_with_nothing_left_to_tell_is_not_sent(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    due = owes(world.bob, 11, now=noon)
    (one,) = owes(world.bob, now=noon, rule="catch_up", subject_id=due[0], ready_at=noon + HOUR)
    for each in due:
        changes(each, state="folded", folded_into=one, ready_at=None, subject="task")
    sends_all(noon + HOUR)
    assert kept(one).end == ("cancelled", "nothing_to_tell")
    assert {kept(each).end for each in due} == {("cancelled", "closed")}
    assert not mailbox.mails


def test_a_digest_tells_what_waits_for_it_and_what_it_has_told_is_done_with(
    world: World, mailbox: Mailbox, noon: datetime
) -> None:
    waiting = owes(world.bob, 3, now=noon, way="digest", ready_at=None)
    theirs = owes(world.charlie, 1, now=noon, way="digest", ready_at=None)
    later = owes(world.bob, now=noon, way="digest", ready_at=None, due_at=noon + HOUR)
    (void,) = owes(world.bob, now=noon, way="digest", ready_at=None, subject="task")
    (digest,) = owes(world.bob, now=noon, rule="digest", occurrence="2027-03-01")
    sends_all(noon)
    assert kept(digest).state == "sent"
    assert {(kept(one).state, kept(one).row.folded_into) for one in waiting} == {("folded", digest)}
    assert kept(void).end == ("cancelled", "closed")
    assert kept(theirs[0]).state == kept(later[0]).state == "owed"
    assert len(mailbox.mails) == 1
