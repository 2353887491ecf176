"""Delivering what is owed: claim and write the attempt down, send, record what came of it.

One thread speaks to the database, others to endpoints (``lanes.py``). It records what was answered
and takes what goes next in one transaction, so that no lane waits for the others: a slow endpoint
keeps its own lanes busy and nobody else's. Whatever dies on the way leaves rows that become ready
by themselves when the lease ends, and are sent again under the same id.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.kernel.claims import BATCH, Claim
from tracker.kernel.clock import Watch
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import Unavailable
from tracker.kernel.points import reached
from tracker.webhooks import claiming
from tracker.webhooks.choosing import LANES, Choice, InHand, Key, Standing, choose
from tracker.webhooks.claiming import Found, Taken
from tracker.webhooks.disabling import hold_what_is_off
from tracker.webhooks.lanes import Lanes, Left, Over, Run, Word
from tracker.webhooks.pacing import Ending
from tracker.webhooks.recording import NOTED_EVERY, Done, drop, record
from tracker.webhooks.sending import SECONDS
from tracker.webhooks.words import Ended, State

_ENOUGH: Final = 10  # answers to write down at once
_GATHER: Final = 0.002  # seconds in which other lanes may say something, too
_GATHERS: Final = 8  # at most, while no lane waits for more
_LOOK: Final = 1.0
_ASK_AGAIN: Final = timedelta(seconds=5)  # who is passed by may be back sooner than was said
_PAUSE: Final = 0.5
_PATIENCE: Final = 100  # pauses: by then no lease holds any more


def _never() -> bool:
    return False


@dataclass(slots=True)
class _Told:
    """What lanes have said and is not written down."""

    done: list[Done] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.done or self.left)


class Courier:
    """Delivers. ``wake`` may be called from anywhere; all else belongs to one thread."""

    def __init__(
        self,
        *,
        now: datetime,
        is_over: Callable[[], bool] = _never,
        seconds: float = SECONDS,
    ) -> None:
        self._watch, self._is_over = Watch(now), is_over
        self._lanes = Lanes(self._watch, seconds)
        self._in_hand = InHand()
        self._told = _Told()
        self._passed: dict[Key, datetime] = {}
        self._paces: dict[Key, float] = {}
        self._rows: dict[Key, Any] = {}
        self._standings: dict[Key, Standing] = {}
        self._runs: dict[Key, list[Run]] = {}
        self._well: dict[Key, datetime] = {}  # it is known to answer, and needs no word till then
        self._begun = 0  # lanes, when it was looked last
        self.tried = 0
        self.turned_at = monotonic()  # when it last did something

    def wake(self) -> None:
        """There may be something new."""
        self._lanes.words.put(None)

    def run(self) -> int:
        """Until nothing is ready and nothing under way; how many attempts that was.

        Once ``is_over`` says so nothing more is taken, and what is under way is waited for.
        """
        try:
            while True:
                has_news = bool(self._told)  # after which others may go that had to wait for it
                self._begin(self._persist())
                if not self._in_hand.lanes.total() and not has_news:
                    return self.tried
                self._listen()
        finally:
            self._lanes.close()

    def _begin(self, taken: Sequence[Sequence[Taken]]) -> None:
        """Deal what was taken out to the lanes of its endpoint, and to fresh ones."""
        for more in taken:
            webhook = more[0].webhook
            self._in_hand.deliveries[webhook] += len(more)
            runs = self._runs.setdefault(webhook, [])
            fresh = min(self._standings[webhook].lanes - len(runs), len(more))
            opened = [self._opened(webhook) for _ in range(fresh)]
            left = _dealt(more, opened or sorted(runs, key=lambda run: len(run.queue)))
            if left:  # the lanes that it was meant for have just ended
                opened.append(self._opened(webhook))
                opened[-1].take_in(left)
            for run in opened:
                self._start(run)
        self._begun = self._in_hand.lanes.total()

    def _opened(self, webhook: Key) -> Run:
        return Run(webhook=webhook, standing=self._standings[webhook], row=self._rows[webhook])

    def _start(self, run: Run) -> None:
        self._runs[run.webhook].append(run)
        self._in_hand.lanes[run.webhook] += 1
        self._lanes.begin(run)

    # What is heard of lanes.

    def _listen(self) -> None:
        """Wait for a word, a second at most, and for what others say in the same moment."""
        if not self._in_hand.lanes.total():
            return
        try:
            self._hear(self._lanes.words.get(timeout=_LOOK))
        except Empty:
            return
        for _ in range(_GATHERS):
            sleep(_GATHER)
            while not self._lanes.words.empty():
                self._hear(self._lanes.words.get())
            if self._is_lane_free or len(self._told.done) >= _ENOUGH:
                return

    @property
    def _is_lane_free(self) -> bool:
        """Whether one has ended, and others have no more than what they are at."""
        lanes = self._in_hand.lanes.total()
        return lanes < self._begun or self._in_hand.deliveries.total() <= lanes

    def _hear(self, word: Word) -> None:
        if isinstance(word, Over):
            self._end(word.run)
        elif isinstance(word, Done):
            self._in_hand.deliveries[word.taken.webhook] -= 1
            self._told.done.append(word)
            self.tried += 1
            self._judge(word)
        elif isinstance(word, Left):
            self._in_hand.deliveries[word.taken.webhook] -= 1
            self._told.left.append(word)

    def _judge(self, done: Done) -> None:
        webhook = done.taken.webhook
        if done.ending.state == State.SENT:
            self._paces[webhook] = done.answer.milliseconds / 1000
        else:
            self._paces.pop(webhook, None)

    def _end(self, run: Run) -> None:
        lanes = self._in_hand.lanes
        lanes[run.webhook] -= 1
        self._runs[run.webhook].remove(run)
        self._in_hand.deliveries[run.webhook] -= run.given - run.told
        if not lanes[run.webhook]:
            del lanes[run.webhook], self._in_hand.deliveries[run.webhook], self._runs[run.webhook]
            self._in_hand.troubled.discard(run.webhook)
        if not lanes:
            self._in_hand.is_alone = False

    # What is written down, and taken.

    def _persist(self) -> Sequence[Sequence[Taken]]:
        """A turn, however long the database is away: what has arrived is to be known as such."""
        for _ in range(_PATIENCE):
            try:
                return self._turn()
            except Unavailable:
                if not self._told and not self._in_hand.lanes.total():
                    raise
                sleep(_PAUSE)
        return self._turn()

    def _turn(self) -> Sequence[Sequence[Taken]]:
        """Record what was said, and take what goes next: in one transaction."""
        self.turned_at = monotonic()
        now = self._watch.now()
        self._well = {key: until for key, until in self._well.items() if until > now}
        found, choice = Found(), Choice()
        if not (self._is_over() or self._in_hand.is_full):
            self._plan(found, choice, now)
        if not (self._told or choice.more or choice.not_active):
            return []
        with unit_of_work() as session:
            claiming.lock(session, self._concerned(choice))
            claiming.win_probes(session, choice, now=now)
            for webhook in sorted(choice.not_active):
                hold_what_is_off(session, webhook, now=now)
            waiting = self._write(session, now)
            taken = claiming.take(session, choice, found.events, now=now)
            if self._told:
                reached("noting")
            if taken:
                reached("taking")
        if self._told:
            reached("noted")
        if taken:
            reached("taken")
        self._learn({**choice.waiting, **waiting}, now)
        self._in_hand.is_alone = self._in_hand.is_alone or (choice.is_alone and bool(taken))
        for more in taken:
            webhook = more[0].webhook
            self._standings[webhook] = found.standings[webhook]
            if found.standings[webhook].is_troubled:
                self._in_hand.troubled.add(webhook)
        return taken

    def _learn(self, waiting: Mapping[Key, datetime], now: datetime) -> None:
        """What was written down is known of endpoints from now on."""
        done = self._told.done
        worked = {one.taken.webhook for one in done if one.ending.state == State.SENT}
        for webhook in {one.taken.webhook for one in done}:
            if webhook not in worked:
                self._note_well(webhook, None, now)
            elif webhook not in self._well:
                self._note_well(webhook, now + NOTED_EVERY, now)
        self._told = _Told()
        self._pass_by(waiting, worked, now)

    def _concerned(self, choice: Choice) -> set[Key]:
        """Endpoints of which something is to be written down."""
        done = self._told.done
        news = {
            one.taken.webhook
            for one in done
            if one.ending.state != State.SENT or one.taken.webhook not in self._well
        }
        return news | choice.probes | choice.not_active

    def _write(self, session: Session, now: datetime) -> Mapping[Key, datetime]:
        waiting = record(session, self._told.done, self._well, now=now) if self._told.done else {}
        dropped: dict[Ended, list[Claim]] = defaultdict(list)
        back = []
        for left in self._told.left:
            if left.reason is None:
                back.append(left.taken.claim)
            else:
                dropped[left.reason].append(left.taken.claim)
        claiming.release(session, back, at=now)
        for reason, held in dropped.items():
            drop(session, held, _end_of(reason), now=now)
        return waiting

    def _pass_by(
        self, waiting: Mapping[Key, datetime], worked: Container[Key], now: datetime
    ) -> None:
        """Whoever ``worked`` was waiting for that word alone."""
        until = {key: min(at, now + _ASK_AGAIN) for key, at in waiting.items()}
        passed = {**self._passed, **until}
        self._passed = {k: at for k, at in passed.items() if at > now and k not in worked}

    def _plan(self, found: Found, choice: Choice, now: datetime) -> None:
        """Share out what is ready, page by page, past the backlogs of those who have enough."""
        passed = {key for key, until in self._passed.items() if until > now}
        busy = self._in_hand.has_enough
        passed |= {key for key in self._in_hand.lanes if busy(key, self._paces.get(key))}
        passed |= {one.taken.webhook for one in self._told.done if one.ending.state != State.SENT}
        in_hand = self._in_hand.copy()
        with reading() as session:
            while not (in_hand.is_full or choice.is_alone):
                most = min(BATCH, in_hand.room)
                page = claiming.ready(session, passed, self._paces, most=most, now=now)
                found.add(page)
                choice.add(choose(page.candidates, page.standings, in_hand, now), in_hand)
                passed |= page.standings.keys()
                is_taken = in_hand.lanes.total() >= LANES  # and others would have to wait
                if is_taken or len(page.candidates) < most:
                    break
            self._open(session, found, choice)
        for key, one in found.standings.items():
            self._note_well(key, _well_until(one), now)

    def _note_well(self, webhook: Key, until: datetime | None, now: datetime) -> None:
        if until is not None and until > now:
            self._well[webhook] = until
        else:
            self._well.pop(webhook, None)

    def _open(self, session: Session, found: Found, choice: Choice) -> None:
        """Read endpoints that are not known, or that were changed since."""
        missing = {
            webhook
            for webhook, _more in choice.more
            if webhook not in self._rows
            or self._rows[webhook].version != found.standings[webhook].version
        }
        if missing:
            self._rows.update(claiming.endpoint_rows(session, missing))


def _dealt(more: Sequence[Taken], runs: Sequence[Run]) -> Sequence[Taken]:
    """Give them out to lanes in turns; what those did not take in any more."""
    left: list[Taken] = []
    for number, run in enumerate(runs):
        share = more[number :: len(runs)]
        if not run.take_in(share):
            left += share
    return left


def _well_until(standing: Standing) -> datetime | None:
    """How long what is known of it is good enough."""
    at = standing.delivered_at
    return at + NOTED_EVERY if at is not None and not standing.is_troubled else None


def _end_of(reason: Ended) -> Ending:
    """What brought others down may be replayed by whoever knows why; what is forgotten may not."""
    return Ending(State.FAILED if reason == Ended.CRASHED else State.DROPPED, reason)


def deliver_due(*, now: datetime, seconds: float = SECONDS) -> int:
    """Deliver until nothing is ready; how many attempts that was. Any number may do so at once."""
    return Courier(now=now, seconds=seconds).run()
