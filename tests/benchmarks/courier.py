"""Delivers webhooks by the engine, and posts the same by a bare loop, in a process of its own.

`python -m tests.benchmarks.courier DATABASE_URL PORT`: `ours WORD ENDPOINTS COUNT`, `bare WORD
ENDPOINTS COUNT`, where WORD is the sink's; each is answered with seconds and seconds of CPU. `late
ENDPOINTS EACH DEAD` is answered with the seconds after which 99 of 100 have arrived, with as many
owed to an endpoint that never answers.
"""

import gc
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from time import perf_counter, process_time
from typing import Final, NamedTuple
from uuid import UUID

import requests
from sqlalchemy import delete, select, update

from tests.benchmarks.serving import ROOT
from tests.benchmarks.stock import World, make_world
from tests.conftest import a_setting
from tests.servers.home import LOOPBACK, free_port
from tests.service.webhooks.owed import Owes, an_endpoint, events, owed
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, current_database, reading, unit_of_work
from tracker.webhooks.choosing import LANES_EACH
from tracker.webhooks.delivering import Courier as Engine
from tracker.webhooks.delivering import deliver_due
from tracker.webhooks.models import Delivery, DeliveryAttempt, Webhook
from tracker.wiring import wire

_BODY: Final = b'{"id":"evt_0","type":"task.changed","data":{"title":"' + b"x" * 200 + b'"}}'
_SECONDS: Final = 3.0  # by then all have arrived that are not owed to the dead
_HEADERS: Final = {
    "Content-Type": "application/json",
    "webhook-id": "evt_0197f0a2-0000-7000-8000-000000000000",
    "webhook-timestamp": "1793611920",
    "webhook-signature": "v1,M0fMRC0cd14VrFhnL5PzJXw4bR2RFXeuiIYzDE4/qpU=",
}


class Taken(NamedTuple):
    """What a piece of work took."""

    seconds: float
    cpu: float


class _Rig:
    def __init__(self, world: World, port: int) -> None:
        wire(a_setting(database_url=world.url, egress_allow=(f"{LOOPBACK}:{port}",)))
        self._world, self._port = world, port
        self._sessions = [requests.Session() for _ in range(64)]

    @cache  # noqa: B019 - it lives as long as the process
    def _endpoints(self, word: str, count: int) -> Sequence[Owes]:
        owner = (self._world.workspace_id, self._world.owner_id)
        return [an_endpoint(*owner, self._url(word, number)) for number in range(count)]

    def _url(self, word: str, number: int) -> str:
        return f"http://{LOOPBACK}:{self._port}/{word}/{number}"

    def ours(self, word: str, endpoints: int, count: int) -> Taken:
        """Deliveries that are owed, in turns to all of them."""
        targets = self._endpoints(word, endpoints)
        ids = events(self._world.workspace_id, count)
        for place, target in enumerate(targets):
            owed(target, ids[place::endpoints])
        started, cpu = perf_counter(), process_time()
        tried = deliver_due(now=utcnow())
        taken = Taken(perf_counter() - started, process_time() - cpu)
        assert tried == count
        self._forget()
        return taken

    def bare(self, word: str, endpoints: int, count: int) -> Taken:
        """One session and one loop for each request that we would have under way."""
        lanes = min(16, endpoints * LANES_EACH)
        started, cpu = perf_counter(), process_time()
        with ThreadPoolExecutor(lanes) as pool:
            each = [
                (self._sessions[lane], self._url(word, lane), len(range(lane, count, lanes)))
                for lane in range(lanes)
            ]
            list(pool.map(_post, each))
        return Taken(perf_counter() - started, process_time() - cpu)

    def late(self, endpoints: str, each: int, dead: int) -> Taken:
        """All are ready now; those of the dead have been for an hour."""
        targets = self._endpoints("0", int(endpoints))
        ids = events(self._world.workspace_id, max(each, dead))
        now = utcnow()
        if dead:
            (hopeless,) = self._endpoints("hang", 1)
            owed(hopeless, ids[:dead], now=now - timedelta(hours=1))
        for target in targets:
            owed(target, ids[:each])
        began = utcnow()
        started, cpu = perf_counter(), process_time()
        Engine(now=began, is_over=lambda: perf_counter() - started > _SECONDS).run()
        taken = process_time() - cpu
        ends = self._ends([target.id for target in targets])
        assert len(ends) == each * len(targets)
        self._forget()
        return Taken((ends[len(ends) * 99 // 100] - began).total_seconds(), taken)

    def _ends(self, webhooks: Sequence[UUID]) -> list[datetime]:
        wanted = select(Delivery.ended_at).where(
            Delivery.webhook_id.in_(webhooks), Delivery.state == "sent"
        )
        with reading() as session:
            return sorted(at for at in session.scalars(wanted) if at is not None)

    def _forget(self) -> None:
        with unit_of_work() as session:
            core(session).execute(delete(DeliveryAttempt.__table__))
            core(session).execute(delete(Delivery.__table__))
            well = {"failures": 0, "failing_since": None, "blocked_until": None}
            session.execute(update(Webhook).values(**well))


def _post(work: tuple[requests.Session, str, int]) -> None:
    session, url, count = work
    for _ in range(count):
        session.post(url, data=_BODY, headers=_HEADERS, timeout=15).raise_for_status()


def main() -> None:
    """Until there are no more lines."""
    url, port = sys.argv[1:]
    rig = _Rig(make_world(url), int(port))
    gc.freeze()  # as whatever delivers in production has done
    print("ready", flush=True)
    for line in sys.stdin:
        work, word, endpoints, count = line.split()
        does = {"ours": rig.ours, "bare": rig.bare, "late": rig.late}[work]
        print(*does(word, int(endpoints), int(count)), flush=True)
    current_database().close()


class Courier:
    """The other end of the lines."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def does(self, work: str) -> Taken:
        """Have it work."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{work}\n")
        self._process.stdin.flush()
        seconds, cpu = self._process.stdout.readline().split()
        return Taken(float(seconds), float(cpu))


@contextmanager
def a_courier(url: str, port: int) -> Iterator[Courier]:
    """One, on an empty database at ``url``, and a sink on ``port``."""
    command = [sys.executable, "-m", "tests.benchmarks.courier", url, str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout.readline() == "ready\n"
            yield Courier(process)
        finally:
            process.kill()


@contextmanager
def a_web_sink() -> Iterator[int]:
    """A web server that takes everything; its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.web_sink", str(port)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield port
        finally:
            process.kill()


if __name__ == "__main__":
    main()
