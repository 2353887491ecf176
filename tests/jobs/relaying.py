"""What was announced, told to all who listen: without a broker."""

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.event_log import number_new
from tracker.kernel.hearing import finish_unheard, hand_out
from tracker.webhooks.owing import owe
from workers.relay import handle
from workers.subscriptions import SUBSCRIPTIONS


def told_to_all() -> None:
    """Until nothing is left to tell."""
    while True:
        now = utcnow()
        with unit_of_work() as session:
            finish_unheard(session, SUBSCRIPTIONS.keys(), now=now)
            handed = hand_out(session, now=now)
        if not handed:
            return
        for claim in handed:
            handle(str(claim.workspace_id), str(claim.id), claim.token)


def put_into_the_log() -> None:
    """Number what is new, and owe it to webhooks."""
    while True:
        now = utcnow()
        with unit_of_work() as session:
            numbered = number_new(session)
            owe(session, numbered, now=now)
        if not numbered:
            return
