"""Sending what is due: claim, judge, attempt, send, record.

The database is the timer. A reminder is claimed with a lease and a token; before it is sent an
attempt is written down, and what came of it afterwards, under that token. Whatever dies on the way
leaves rows that become ready by themselves when the lease ends. At most ten sends are unrecorded at
any moment: only those can be repeated, under the same id.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from random import SystemRandom
from time import sleep
from typing import Final

from tracker.channels.routes import deliver
from tracker.connectors.letter import Answer
from tracker.kernel.clock import Watch
from tracker.kernel.db import unit_of_work
from tracker.kernel.errors import Unavailable
from tracker.kernel.points import reached
from tracker.reminders.claiming import CLAIMS, take
from tracker.reminders.errands import errands_of
from tracker.reminders.heart import beating
from tracker.reminders.recording import Done, Errand, Try, begin, open_ways, record
from tracker.reminders.sending_rules import MOST_TRIES, ending
from tracker.reminders.words import State

UNRECORDED: Final = 10
_PATIENCE: Final = 10
_PAUSE_SECONDS: Final = 0.5
_share: Final = SystemRandom().random


def _never() -> bool:
    return False


def send_due(*, now: datetime, is_over: Callable[[], bool] = _never) -> int:
    """Send up to fifty reminders that are due. Any number may look at once, anywhere.

    ``is_over`` is asked before each batch, of ten at most; what is left then is let go. Returns how
    many were due, as far as one look goes.
    """
    watch = Watch(now)
    taken = take(now=now)
    if taken.held:
        with beating(taken.held, watch):
            _Round(errands_of(taken, now=now), watch, is_over).run()
    return taken.found


class _Round:
    """The errands of one claim, in batches."""

    def __init__(
        self,
        errands: Iterable[Errand],
        watch: Watch,
        is_over: Callable[[], bool],
    ) -> None:
        # One kind of channel after another; what was in hand when a process died goes alone.
        in_order = sorted(errands, key=lambda each: (not each.was_in_hand, each.routes[0].kind))
        self._queue = deque(in_order)
        self._watch, self._is_over = watch, is_over

    def run(self) -> None:
        """Send all of them, or leave the rest to others where it takes too long."""
        done: list[Done] = []
        while self._queue or done:
            if self._queue and self._is_over():
                self._leave()
            done = self._send(self._turn(done, self._batch()))

    def _batch(self) -> list[Errand]:
        """Those that go next: of one kind, for two that hang would outlast the limit of a job."""
        batch: list[Errand] = []
        while self._queue and len(batch) < UNRECORDED and self._goes_with(batch):
            batch.append(self._queue.popleft())
        return batch

    def _goes_with(self, batch: Sequence[Errand]) -> bool:
        if not batch:
            return True
        first, one = batch[0], self._queue[0]
        return not first.was_in_hand and one.routes[0].kind == first.routes[0].kind

    def _turn(self, done: Sequence[Done], batch: Sequence[Errand]) -> list[Try]:
        """Record what was sent, and that the next are about to be: in one transaction.

        Where the database goes away what was sent is to be known as sent, at least.
        """
        try:
            return self._write(done, batch)
        except Unavailable:
            if done:
                self._insist(done)
            raise

    def _write(self, done: Sequence[Done], batch: Sequence[Errand]) -> list[Try]:
        now = self._watch.now()
        with unit_of_work() as session:
            if done:
                record(session, done, now)
                reached("recording")
            tries = begin(session, open_ways(session, batch, now), now) if batch else []
            if tries:
                reached("attempting")
        if done:
            reached("recorded")
        if tries:
            reached("attempted")
        return tries

    def _insist(self, done: Sequence[Done]) -> None:
        """Done twice it does no harm: what has been recorded is not in hand any more."""
        for _ in range(_PATIENCE):
            sleep(_PAUSE_SECONDS)
            with suppress(Unavailable):
                self._write(done, ())
                return

    def _send(self, tries: Sequence[Try]) -> list[Done]:
        done: list[Done] = []
        for kind, group in groupby(tries, key=lambda each: each.route.kind):
            together = list(group)
            answers = deliver(kind, [each.errand.parcel for each in together])
            reached("delivered")
            done += map(self._done, together, answers)
        if done:
            reached("answered")
        return done

    def _done(self, each: Try, answer: Answer) -> Done:
        errand = each.errand
        left = errand.row.most_tries - each.tries
        end = ending(
            answer,
            tries=MOST_TRIES - left,
            left=left,
            has_other=len(errand.routes) > 1,
            share=_share(),
            now=self._watch.now(),
        )
        if end is None:
            errand.routes.pop(0)
            self._queue.appendleft(errand)
        return Done(attempt=each, answer=answer, ending=end)

    def _leave(self) -> None:
        """Let go of what has not been begun."""
        held = [errand.claim for errand in self._queue]
        self._queue.clear()
        with unit_of_work() as session:
            CLAIMS.release(session, held, {"state": State.OWED}, now=self._watch.now())
