"""Somebody who works over HTTP while the API is being killed: what is answered 2xx is promised."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from time import monotonic
from uuid import uuid4

import requests

from tests.personas import API
from tracker.kernel.clock import utcnow

RETRY_SECONDS = 0.05
TIMEOUT_SECONDS = 10
OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. Once it is accepted it is promised: ``kept`` is told when it was first made."""

    method: str
    path: str
    kept: Callable[[datetime], None]
    body: object = None
    is_done: frozenset[int] = frozenset()  # what a second one is answered where the first counted


class Caller(Thread):
    """Makes each call until it is accepted, as a careful program does: under one key."""

    def __init__(self, address: str, token: str, calls: Sequence[Call], *, seconds: float) -> None:
        super().__init__(name="caller", daemon=True)
        self._address, self._calls, self._seconds = f"{address}{API}", calls, seconds
        self._headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        self._stopped = Event()
        self.accepted = self.retried = 0
        self.refused: list[str] = []
        self.slowest = 0.0  # of those that were accepted at once

    @property
    def has_had_its_way(self) -> bool:
        """Whether everything was accepted."""
        return self.accepted == len(self._calls)

    def run(self) -> None:
        """All calls, spread over the while."""
        began = monotonic()
        for number, call in enumerate(self._calls):
            wait = began + number * self._seconds / len(self._calls) - monotonic()
            if self._stopped.wait(max(wait, 0)):
                return
            self._insist(call)

    def stop(self) -> None:
        """Leave the rest."""
        self._stopped.set()
        self.join()

    def _insist(self, call: Call) -> None:
        key = {"Idempotency-Key": uuid4().hex} if call.method == "POST" else {}
        is_first, first_at = True, utcnow()
        while not self._stopped.is_set():
            began = monotonic()
            status = self._once(call, key)
            if status // 100 == OK // 100 or (status in call.is_done and not is_first):
                self.accepted += 1
                self.slowest = max(self.slowest, monotonic() - began if is_first else 0)
                call.kept(first_at)
                return
            if 400 <= status < 500:
                self.refused.append(f"{call.method} {call.path}: {status}")
                return
            is_first = False
            self.retried += 1
            self._stopped.wait(RETRY_SECONDS)

    def _once(self, call: Call, key: dict[str, str]) -> int:
        """The status; 0 where nothing was answered."""
        try:
            return requests.request(
                call.method,
                f"{self._address}{call.path}",
                json=call.body,
                headers={**self._headers, **key},
                timeout=TIMEOUT_SECONDS,
            ).status_code
        except requests.RequestException:
            return 0
