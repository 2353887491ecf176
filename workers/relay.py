"""From what was announced to those who listen: into the log, to our own, and to other programs."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from tracker.boards.waking import wake
from tracker.kernel.claims import BATCH, LEASE, Claim
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.event_log import NUMBERED_AT_ONCE, number_new
from tracker.kernel.hearing import (
    CRASHES,
    Heard,
    begin,
    end,
    finish_unheard,
    hand_out,
    park,
    try_later,
)
from tracker.webhooks.owing import owe
from workers.job import attempt, job
from workers.schedule import LOOKS_EXPIRE
from workers.stopping import is_stopping
from workers.subscriptions import SUBSCRIPTIONS, Listener
from workers.webhooks import look_for_deliveries

_BATCHES: Final = 40  # the rest waits for the next look
_log = logging.getLogger(__name__)


@job("outbox.relay", limit=20, is_look=True)
def relay() -> None:
    """Hand out what is ready. Any number may run at once: each gets other announcements."""
    attempt(_repeat, _number)  # who listens here need not wait for the log
    _repeat(_hand_out)


def _repeat(step: Callable[[], bool]) -> None:
    """While there may be more, and for as long as a look may take."""
    for _ in range(_BATCHES):
        if is_stopping() or not step():
            break


def _number() -> bool:
    """Whether there may be more."""
    now = utcnow()
    with unit_of_work() as session:
        numbered = number_new(session)
        owed = owe(session, numbered, now=now)
        wake(session, numbered, now=now)
    if owed:
        look_for_deliveries.apply_async(expires=LOOKS_EXPIRE)
    return len(numbered) == NUMBERED_AT_ONCE


def _hand_out() -> bool:
    """Whether there may be more."""
    now = utcnow()
    with unit_of_work() as session:
        has_more = finish_unheard(session, SUBSCRIPTIONS.keys(), now=now)
        handed = hand_out(session, now=now)
    for claim in handed:
        named = (str(claim.workspace_id), str(claim.id), claim.token)
        handle.apply_async(named, expires=LEASE.total_seconds())
    return has_more or len(handed) == BATCH


@job("events.handle", limit=20)
def handle(workspace_id: str, message_id: str, token: int) -> None:
    """Tell all who listen, and keep it for later where one of them could not."""
    handed = Claim(UUID(workspace_id), UUID(message_id), token, crashes=0)
    with unit_of_work() as session:
        begun = begin(session, handed, now=utcnow())
    if begun is None:
        return
    claim, heard = begun
    if claim.crashes > CRASHES:
        _log.error("left alone after %s crashes: event %s, %s", CRASHES, claim.id, heard.topic)
        settle = partial(park, claim=claim)
    elif _tell_all(heard):
        settle = partial(end, claim=claim, now=utcnow())
    else:
        settle = partial(try_later, claim=claim, heard=heard, now=utcnow())
    with unit_of_work() as session:
        settle(session)


def _tell_all(heard: Heard) -> bool:
    """Whether all could listen; one that could not keeps nobody else from hearing."""
    listeners = SUBSCRIPTIONS.get(heard.topic, ())
    have_heard = [attempt(_tell, listener, heard) for listener in listeners]
    return all(have_heard)


def _tell(listener: Listener, heard: Heard) -> None:
    with unit_of_work() as session:
        listener(session, heard, now=utcnow())
