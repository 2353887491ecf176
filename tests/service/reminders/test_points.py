"""Whoever sends may be killed anywhere: at each point it is known what is left, what follows."""

import pytest

from tests.personas import World
from tests.servers.smtp import Mailbox
from tests.service.reminders.owing import (
    LEASE_OVER,
    kept,
    killed_at,
    mails_of,
    owes,
    sends_all,
)
from tracker.kernel.clock import utcnow
from tracker.kernel.points import SENDING

# Point → state and attempts that a death leaves behind, attempts in the end, mails in the end.
LEFT = {
    "claiming": ("owed", [], ["accepted"], 1),
    "claimed": ("sending", [], ["accepted"], 1),
    "loaded": ("sending", [], ["accepted"], 1),
    "composed": ("sending", [], ["accepted"], 1),
    "judging": ("sending", [], ["accepted"], 1),
    "judged": ("sending", [], ["accepted"], 1),
    "attempting": ("sending", [], ["accepted"], 1),
    "attempted": ("sending", [None], ["unknown", "accepted"], 1),
    "delivered": ("sending", [None], ["unknown", "accepted"], 2),
    "answered": ("sending", [None], ["unknown", "accepted"], 2),
    "recording": ("sending", [None], ["unknown", "accepted"], 2),
    "recorded": ("sent", ["accepted"], ["accepted"], 1),
}


def test_a_kill_at_any_point_loses_nothing_and_repeats_only_what_is_unknown(
    world: World, mailbox: Mailbox, subtests: pytest.Subtests
) -> None:
    assert tuple(LEFT) == SENDING
    for point, (state, attempts, in_the_end, mails) in LEFT.items():
        with subtests.test(point=point):
            (one,) = owes(world.bob)
            (void,) = owes(world.charlie, subject="task")  # of no task: there is nothing to tell
            started = utcnow()
            passed = killed_at(point, started)
            assert passed == list(SENDING[: SENDING.index(point) + 1])
            left = kept(one)
            assert (left.state, left.outcomes) == (state, attempts)
            sends_all(started)
            assert mails_of(mailbox, one) == mails - (state == "sending"), "the lease holds"
            sends_all(started, after=LEASE_OVER)
            ended = kept(one)
            assert (ended.state, ended.outcomes) == ("sent", in_the_end)
            assert ended.row.ready_at is None
            assert mails_of(mailbox, one) == mails
            assert kept(void).end == ("cancelled", "closed")
