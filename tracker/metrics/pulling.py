"""Pulling what is due: claim, fetch, keep, go on; the database is the timer.

One claim covers a connection with all its streams, so it is never pulled twice at once. Pages are
kept in transactions that save the cursor with the rows it covers, under the claim's token: whatever
dies leaves a connection that becomes ready by itself when the lease ends, and goes on where it was.
Nobody waits here for a platform that wants to be left alone: it is looked at again later.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty
from random import SystemRandom
from typing import Any, Final

from tracker.connectors.figures import MemberState, Page, Sample
from tracker.connectors.trouble import PlatformError
from tracker.kernel.clock import Watch
from tracker.kernel.db import unit_of_work
from tracker.kernel.points import reached
from tracker.metrics.fetching import Ahead, Fetched, reading_ahead
from tracker.metrics.keeping import Row, event_rows
from tracker.metrics.pacing import Setback, setback
from tracker.metrics.pull_errand import CLAIMS, LEASE, Due, Errand, take_errand
from tracker.metrics.pull_recording import (
    Lost,
    catch_up_after_loss,
    end_round,
    keep_batch,
    note_done,
    note_setback,
)

BOX: Final = timedelta(seconds=8)  # then others have their turn
_MOST_PAGES, _MOST_ROWS = 50, 5_000
_LONGEST: Final = timedelta(seconds=1)  # that a page waits to be kept
_BEAT_SECONDS: Final = LEASE.total_seconds() / 4
_share: Final = SystemRandom().random
_log = logging.getLogger(__name__)


def _never() -> bool:
    return False


def pull_due(*, now: datetime, is_over: Callable[[], bool] = _never) -> bool:
    """Pull the connection that has been due for longest, for some seconds at most.

    Any number may look at once, anywhere. Whether there was one.
    """
    watch = Watch(now)
    with unit_of_work() as session:
        taken = CLAIMS.take(session, now=now, most=1)
        if not taken:
            return False
        errand = take_errand(session, taken[0], share=_share(), now=now)
    if errand is not None:
        try:
            _Round(errand, watch, is_over).run()
        except Lost:  # somebody has changed, paused or removed it: theirs is the last word
            _log.info("connection %s: taken away while it was pulled", errand.id)
            with unit_of_work() as session:
                catch_up_after_loss(session, errand)
    return True


@dataclass(slots=True)
class Batch:
    """Pages that are kept together."""

    since: timedelta
    pages: int = 0
    calls: int = 0
    rows: list[Row] = field(default_factory=list)
    members: list[MemberState] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    cursor: Any = None
    is_last: bool = False
    whole_list: bool = False

    def add(self, fetched: Fetched) -> None:
        """One more page, which is where the next pull goes on."""
        page = fetched.page
        self.pages, self.calls = self.pages + 1, self.calls + page.calls
        self.rows += fetched.rows
        self.members += page.members
        self.samples += page.samples
        self.cursor, self.is_last, self.whole_list = page.cursor, page.is_last, page.whole_list

    @property
    def size(self) -> int:
        """How many rows they hold."""
        return len(self.rows) + len(self.members) + len(self.samples)

    def page(self) -> Page:
        """All of them as one, but for what is in rows already."""
        return Page(
            cursor=self.cursor,
            is_last=self.is_last,
            samples=self.samples,
            members=self.members,
            whole_list=self.whole_list,
            calls=self.calls,
        )


class _Round:
    """What is due of one connection, one stream after another."""

    def __init__(self, errand: Errand, watch: Watch, is_over: Callable[[], bool]) -> None:
        self._errand, self._watch, self._is_over = errand, watch, is_over
        self._stop: Setback | None = None  # trouble with all of the connection

    def run(self) -> None:
        """Until all is through, time is up, or the platform does not want to."""
        for one in self._errand.due:
            if self._stop is not None or self._is_up():
                break
            if self._errand.calls_for(one, self._watch.now()) > 0:
                self._pull(one)
        with unit_of_work() as session:
            state = end_round(
                session, self._errand, self._stop, share=_share(), now=self._watch.now()
            )
        _log.info("connection %s: pulled, %s", self._errand.id, state)

    def _is_up(self) -> bool:
        return self._watch.passed > BOX or self._is_over()

    def _pull(self, one: Due) -> None:
        calls = self._errand.calls_for(one, self._watch.now())
        try:
            with reading_ahead(self._fetcher(one), one.row.cursor, calls=calls) as ahead:
                self._keep_all(one, ahead)
        except PlatformError as error:
            self._note(one, error)

    def _fetcher(self, one: Due) -> Callable[[Any], Fetched]:
        errand, name = self._errand, one.row.name

        def fetch(cursor: Any) -> Fetched:
            page = errand.source.fetch(errand.account, name, cursor, now=self._watch.now())
            return Fetched(page, event_rows(page.events, errand.veil, self._watch.now()))

        return fetch

    def _keep_all(self, one: Due, ahead: Ahead) -> None:
        """Keep pages as they come. What came before trouble is kept, too."""
        batch = Batch(self._watch.passed)
        try:
            while (fetched := self._next(ahead)) is not None:
                batch.add(fetched)
                reached("page fetched")
                if self._is_full(batch):
                    self._keep(one, batch)
                    batch = Batch(self._watch.passed)
                if self._is_up():
                    ahead.stop()
        finally:
            if batch.pages:
                self._keep(one, batch)

    def _is_full(self, batch: Batch) -> bool:
        is_much = batch.pages >= _MOST_PAGES or batch.size >= _MOST_ROWS
        return is_much or self._watch.passed - batch.since > _LONGEST

    def _next(self, ahead: Ahead) -> Fetched | None:
        """The next page; the claim is kept while it takes long."""
        while True:
            try:
                return ahead.take(_BEAT_SECONDS)
            except Empty:
                with unit_of_work() as session:
                    if not CLAIMS.extend(session, [self._errand.claim], now=self._watch.now()):
                        raise Lost from None

    def _keep(self, one: Due, batch: Batch) -> None:
        now = self._watch.now()
        with unit_of_work() as session:
            keep_batch(
                session,
                self._errand,
                one,
                batch.page(),
                rows=batch.rows,
                pages=batch.pages,
                now=now,
            )
            if batch.is_last:
                note_done(session, self._errand, one, share=_share(), now=now)
            reached("pages keeping")
        reached("pages kept")

    def _note(self, one: Due, error: PlatformError) -> None:
        now = self._watch.now()
        failed = setback(error, one.row.failures, share=_share(), now=now)
        if error.trouble == "our_fault":
            _log.error("connection %s: asked for %s wrongly: %s", *self._named(one), error.detail)
        else:
            _log.info("connection %s: %s, %s", *self._named(one), error.trouble)
        with unit_of_work() as session:
            if failed.is_skipped:
                note_done(session, self._errand, one, share=_share(), now=now)
            else:
                note_setback(session, self._errand, one, failed, detail=error.detail, now=now)
        if failed.state is not None:
            self._stop = failed

    def _named(self, one: Due) -> tuple[object, str]:
        return self._errand.id, one.row.name
