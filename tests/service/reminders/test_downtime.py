"""Nothing runs for a while: what fell due is caught up, or expires by the policy, and says so."""

from datetime import datetime, timedelta

import pytest

from tests.personas import World
from tests.servers.smtp import Mailbox
from tests.service.reminders.owing import Kept, every, kept, mails_of, owes, sends_all
from tracker.kernel.clock import utcnow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GAPS = {"a minute": HOUR / 60, "an hour": HOUR, "26 hours": 26 * HOUR, "8 days": 8 * DAY}
MOST_LATE = 72 * HOUR
WEEKDAYS = 5


def noon_before(gap: timedelta) -> datetime:
    """At noon on a day of work, in the future, so that it is a day of work after the gap, too."""
    noon = (utcnow() + DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    while noon.weekday() >= WEEKDAYS or (noon + gap).weekday() >= WEEKDAYS:
        noon += DAY
    return noon


def is_told(one: Kept) -> bool:
    """By itself, or by another."""
    by = kept(one.row.folded_into) if one.state == "folded" else one
    return by.state == "sent"


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
def test_what_fell_due_meanwhile_is_told_or_has_expired(
    world: World, mailbox: Mailbox, gap: timedelta
) -> None:
    noon = noon_before(gap)
    moments = [noon + gap * number / 40 for number in range(40)]
    single = [owes(world.bob, now=at)[0] for at in moments[::4]]
    crowd = [owes(world.charlie, now=at)[0] for at in moments]
    sends_all(noon + gap)
    assert every("owed") == every("sending") == []
    assert all(is_told(kept(one)) for one in crowd), "also what is older than three days"
    late = [one for one in single if noon + gap - kept(one).row.due_at > MOST_LATE]
    assert [kept(one).end for one in late] == [("expired", "late")] * len(late)
    told = [one for one in single if one not in late]
    assert [kept(one).state for one in told] == ["sent"] * len(told)
    in_order = [mail.message_id for mail in mailbox.mails if mail.recipient == world.bob.email]
    assert [one for said in in_order for one in told if str(one) in said] == told
    assert [mails_of(mailbox, one) for one in single] == [int(one in told) for one in single]
    to_charlie = [mail for mail in mailbox.mails if mail.recipient == world.charlie.email]
    assert len(to_charlie) == 1, "more than ten at once are one message"
