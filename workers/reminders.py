"""The jobs of the chaser."""

import logging
from collections.abc import Collection
from datetime import datetime
from threading import Lock
from time import monotonic, sleep
from typing import Final

from tracker.kernel.breakers import note_look
from tracker.kernel.claims import BATCH
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.reminders import chasing, digests
from tracker.reminders.sending import send_due
from tracker.reminders.things import KINDS, Kind
from workers.job import job, survives
from workers.stopping import is_stopping

LOOK: Final = "reminders.look"
_BATCHES: Final = 20  # the rest waits for the next look
_SECONDS: Final = 5.0  # so that the last sends, slow as they may be, end within the limit
_sending: Final = Lock()
_log = logging.getLogger(__name__)


@job(LOOK, limit=26)
def send_reminders() -> None:
    """Send what is due. Any number may look at once, but one in each process: it drains alone."""
    if not _sending.acquire(blocking=False):
        return
    try:
        _drain()
    finally:
        _sending.release()


def _drain() -> None:
    """As long as much is due. Each look is noted, as proof that reminders are sent."""
    ends_at, found = monotonic() + _SECONDS, BATCH

    def is_over() -> bool:
        return is_stopping() or monotonic() > ends_at

    while found >= BATCH and not is_over():
        now = utcnow()
        found = send_due(now=now, is_over=is_over)
        with unit_of_work() as session:
            note_look(session, LOOK, now)


@job("reminders.chase", limit=20, is_look=True)
def chase() -> None:
    """Look at what is due to be looked at. Any number may look at once: each takes other things.

    Between two batches it rests three times as long as one took: after a large re-plan there is
    much to look at and no hurry, and requests want the database and, in ``tracker up``, a core.
    """
    now, ends_at, is_sound = utcnow(), monotonic() + _SECONDS, True
    while monotonic() < ends_at and not is_stopping():
        with reading() as session:
            if not chasing.is_due(session, now=now):
                break
        began_at = monotonic()
        is_sound = is_sound and survives(_chase, now, KINDS, chasing.BATCH)
        if not is_sound:
            _chase_one_by_one(now)
        sleep(3 * (monotonic() - began_at))


def _chase(now: datetime, kinds: Collection[Kind], most: int) -> None:
    with unit_of_work() as session:
        chasing.chase_due(session, now=now, kinds=kinds, most=most)


def _chase_one_by_one(now: datetime) -> None:
    """The next of each kind: who cannot be looked at is put off, so that all others can."""
    for kind in KINDS:
        if not survives(_chase, now, [kind], 1):
            with unit_of_work() as session:
                put_off = chasing.put_off(session, kind, now=now)
            _log.error("put off for an hour: %s %s", kind.table.name, put_off)


@job("reminders.digest", limit=20, is_look=True)
def owe_digests() -> None:
    """Owe the digests that are due. Any number may look at once: one each for a local day."""
    now, most = utcnow(), digests.BATCH
    for _ in range(_BATCHES):
        with reading() as session:
            if not digests.is_due(session, now=now):
                break
        if survives(_owe_digests, now, most):
            continue
        if most == 1:
            with unit_of_work() as session:
                put_off = digests.put_off(session, now=now)
            _log.error("put off for an hour: digest of %s", put_off)
        most = 1


def _owe_digests(now: datetime, most: int) -> None:
    with unit_of_work() as session:
        digests.digest_due(session, now=now, most=most)
