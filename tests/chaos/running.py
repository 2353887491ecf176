"""One run from an empty database to the verdict, replayed by its seed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tests.chaos.boards import Hands, Kept, judged, kept_boards, made, reconcile
from tests.chaos.calling import Caller
from tests.chaos.endpoint import Endpoint
from tests.chaos.house import KEY, SECRET, House, a_house
from tests.chaos.judging import Verdict, judge
from tests.chaos.judging_events import judge_events
from tests.chaos.killing import Killer, Program
from tests.chaos.ledger import arrivals_of, gaps_of, rows_of, waiting
from tests.chaos.ledger_events import deliveries_of, log_of
from tests.chaos.promises import calls_of
from tests.chaos.stock import (
    EACH,
    Stock,
    empty_stock,
    put_in,
    put_in_digests,
    spread,
)
from tests.conftest import a_setting
from tests.fakes.serving import a_server
from tests.personas import a_world, answer
from tests.servers.home import LOOPBACK
from tracker.app import create_app
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, current_database

CROWD = 25
HEAD_START, SOON, LATER = timedelta(seconds=2), timedelta(seconds=30), timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is to happen in one run."""

    seed: int
    owed: int
    program: Program
    processes: Sequence[str]
    lease: float
    due_within: float  # seconds
    calls: int = 0  # of each kind
    patience: float = 60  # seconds for what is left when the killing is over
    without: str | None = None
    hears: Sequence[str] | None = None  # types that an endpoint asks for, empty is all; or none is
    slowest: float = 0.05  # seconds that it takes to answer, at most
    edits: int = 0  # of each board's tasks, here; without any there are no boards


@dataclass(kw_only=True)
class Outcome:
    """What came of a run, of each thing that it was about."""

    run: Run
    verdicts: Mapping[str, Verdict]
    caller: Caller
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything that is promised held."""
        return all(verdict.is_clean for verdict in self.verdicts.values())


def run(wanted: Run, folder: Path) -> Outcome:
    """Put in, kill, wait until nothing is left to do or the patience is over, and judge."""
    endpoint = Endpoint(dice=Random(wanted.seed), slowest=wanted.slowest)
    with ExitStack() as stack:
        port = stack.enter_context(a_server(endpoint))
        boards = stack.enter_context(kept_boards(wanted.edits))
        ports = [port, *(one.port for one in boards)]
        house = stack.enter_context(_house(wanted, folder, ports))
        return _run_in(house, wanted, endpoint, boards)


def _house(wanted: Run, folder: Path, ports: Sequence[int]) -> AbstractContextManager[House]:
    return a_house(
        folder,
        lease=wanted.lease,
        without=wanted.without,
        is_embedded="up" in wanted.processes,
        openings=[f"{LOOPBACK}:{port}" for port in ports],
    )


def _run_in(house: House, wanted: Run, endpoint: Endpoint, boards: Sequence[Kept]) -> Outcome:
    dice = Random(wanted.seed)
    stock, caller, hands = _prepared(house, wanted, dice, endpoint=endpoint, boards=boards)
    for name in wanted.processes:
        house.start(name)
    began = monotonic()
    killer = Killer(house=house, dice=dice, program=wanted.program, made=partial(made, boards))
    caller.start()
    hands.start()
    killer.run()
    with closing(Database(house.database_url)) as database:
        engine = database.engine
        _wait(killer, engine, caller, wanted.patience)
        seconds = monotonic() - began
        if boards:
            reconcile(boards, hands, killer, engine=engine, patience=wanted.patience)
        caller.stop()
        hands.stop()
        house.end()
        verdicts = {"reminders": _judged(house, stock, engine)}
        verdicts["reminders"].lost += [f"refused: {what}" for what in caller.refused]
        if wanted.hears is not None:
            log, rows = log_of(engine, wanted.hears), deliveries_of(engine)
            verdicts["webhooks"] = judge_events(log, rows, endpoint.sent, stock.titles)
        verdicts |= judged(boards, engine, killer.moments)
    return Outcome(run=wanted, verdicts=verdicts, done=killer.done, caller=caller, seconds=seconds)


def _judged(house: House, stock: Stock, engine: Engine) -> Verdict:
    rows = rows_of(engine, stock.addresses, now=utcnow())
    verdict = judge(stock.intents, rows, arrivals_of(house.mails))
    verdict.lost += gaps_of(engine)
    return verdict


def _prepared(
    house: House, wanted: Run, dice: Random, *, endpoint: Endpoint, boards: Sequence[Kept]
) -> tuple[Stock, Caller, Hands]:
    settings = a_setting(
        database_url=house.database_url,
        secret_key=SECRET,
        encryption_keys=(KEY,),
        egress_allow=tuple(house.openings),
    )
    app = create_app(settings)
    try:
        world = a_world(app)
        project = world.mona.creates_a_project()
        for one in boards:
            one.connect(world.mona)
        if wanted.hears is not None:
            wish = {"name": "All", "url": f"http://{house.openings[0]}/", "types": wanted.hears}
            endpoint.secret = answer(world.alice.post("/webhooks", wish), 201)["secret"]
        start = utcnow() + HEAD_START
        stock = _stock(project["id"], wanted, dice, start)
        calls = calls_of(stock, wanted.calls, dice, later=start + LATER)
        calls += [call for one in boards for call in one.calls(wanted.edits, dice)]
        dice.shuffle(calls)
    finally:
        current_database().close()
    token = world.alice.token
    caller = Caller(house.address, token, calls, seconds=wanted.program.seconds)
    return stock, caller, Hands(boards, house.address, token, Random(wanted.seed))


def _stock(project_id: str, wanted: Run, dice: Random, start: datetime) -> Stock:
    """Most get a message each, some more than ten at once, some a digest."""
    stock = empty_stock(project_id)
    due = spread(dice, wanted.owed, start=start, seconds=wanted.due_within)
    crowded, digested = wanted.owed // 20, wanted.owed // 20
    put_in(stock, dice, "single", owed=due[crowded + digested :], each=EACH)
    bursts = [moment for moment in due[: crowded // CROWD] for _ in range(CROWD)]
    put_in(stock, dice, "crowd", owed=bursts, each=CROWD)
    put_in_digests(stock, dice, owed=due[crowded : crowded + digested], each=EACH)
    return stock


def _wait(killer: Killer, engine: Engine, caller: Caller, patience: float) -> None:
    """Until nothing is left to do, nor will be soon."""
    deadline = monotonic() + patience
    while monotonic() < deadline:
        killer.rest()
        with suppress(OperationalError):
            if not caller.is_alive() and not waiting(engine, now=utcnow() + SOON):
                return
