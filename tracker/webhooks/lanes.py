"""Lanes: threads that send deliveries one after the other, and say what came of each."""

import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue
from random import SystemRandom
from threading import Lock
from typing import Any, Final

import orjson

from tracker.kernel.clock import Watch
from tracker.kernel.points import reached
from tracker.kernel.secrets import Undecipherable
from tracker.webhooks.choosing import LANES, Key, Standing
from tracker.webhooks.claiming import Taken
from tracker.webhooks.endpoints import Endpoint, open_endpoint
from tracker.webhooks.event_rights import may_be_told
from tracker.webhooks.pacing import MOST_CRASHES, Answer, ending
from tracker.webhooks.recording import Done
from tracker.webhooks.sending import send
from tracker.webhooks.speaking import public_id, speak
from tracker.webhooks.words import Ended, Outcome, State

_SLOW: Final = 1000  # milliseconds
_share: Final = SystemRandom().random
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Run:
    """A lane of one endpoint: deliveries to be sent one after the other, as long as there are any.

    ``given`` have been put in, ``told`` are dealt with.
    """

    webhook: Key
    standing: Standing
    row: Any  # the endpoint as it is stored
    queue: deque[Taken] = field(default_factory=deque)
    lock: Lock = field(default_factory=Lock)
    given: int = 0
    told: int = 0
    is_over: bool = False

    def take_in(self, more: Sequence[Taken]) -> bool:
        """Send these, too, after the others; whether it is not over yet."""
        with self.lock:
            if not self.is_over:
                self.queue.extend(more)
                self.given += len(more)
            return not self.is_over

    def next(self) -> Taken | None:
        """The next one; None once it is over."""
        with self.lock:
            self.is_over = not self.queue
            return None if self.is_over else self.queue.popleft()


@dataclass(frozen=True, slots=True)
class Left:
    """A delivery that was not sent after all: to be sent later or, with a reason, never."""

    taken: Taken
    reason: Ended | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """A run has ended; where something broke that nobody foresaw, not all of it was told."""

    run: Run


Word = Done | Left | Over | None
"""What a lane says; None is from outside: there may be something new."""


class Lanes:
    """As many threads as there is work for. What they say is heard in ``words``."""

    def __init__(self, watch: Watch, seconds: float) -> None:
        self.words: SimpleQueue[Word] = SimpleQueue()
        self._watch, self._seconds = watch, seconds
        self._safety = timedelta(seconds=seconds + 1)
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="webhooks")
        self._opened: dict[tuple[Key, int], Endpoint] = {}

    def begin(self, run: Run) -> None:
        """Have it sent by the next thread that is free."""

        def end(future: "Future[None]") -> None:
            if error := future.exception():
                run.is_over = True
                _log.error("a lane broke: %s", type(error).__qualname__)
            self.words.put(Over(run))

        self._pool.submit(self._carry, run).add_done_callback(end)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    def _carry(self, run: Run) -> None:
        """One after the other, as long as it goes well; the others are left to a later turn."""
        is_well = True
        while (taken := run.next()) is not None:
            is_late = self._watch.now() > taken.until - self._safety
            word = self._said(run, taken) if is_well and not is_late else Left(taken)
            self.words.put(word)
            run.told += 1
            is_well = is_well and _goes_on(word)

    def _said(self, run: Run, taken: Taken) -> Done | Left:
        if reason := _never(run, taken):
            return Left(taken, reason)
        assert taken.event is not None, "it would never be sent"
        body = orjson.dumps(speak(taken.event))
        answer = self._answer(run, public_id(taken.event), body)
        reached("carried")
        now = self._watch.now()
        end = ending(answer, tries=taken.tries, share=_share(), now=now)
        return Done(taken=taken, answer=answer, ending=end, version=run.standing.version)

    def _answer(self, run: Run, message_id: str, body: bytes) -> Answer:
        key = (run.webhook, run.standing.version)
        try:
            endpoint = self._opened.get(key) or open_endpoint(run.row)
        except Undecipherable as error:
            return Answer(outcome=Outcome.UNREACHABLE, detail=error.type)
        self._opened[key] = endpoint
        return send(endpoint, message_id, body, now=self._watch.now(), seconds=self._seconds)


def _goes_on(word: Done | Left) -> bool:
    """Whether the next may follow at once: one that fails, or is slow now, is not to be trusted."""
    if isinstance(word, Left):
        return True
    return word.ending.state == State.SENT and word.answer.milliseconds < _SLOW


def _never(run: Run, taken: Taken) -> Ended | None:
    """Why it is never to be sent, if so."""
    if taken.claim.crashes > 2 * MOST_CRASHES:
        return Ended.CRASHED
    if taken.event is None:
        return Ended.FORGOTTEN
    owner = run.standing.owner
    return None if owner and may_be_told(owner, taken.event) else Ended.NOT_ALLOWED
