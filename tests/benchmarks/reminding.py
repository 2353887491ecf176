"""Looking for due reminders, and sending them: beside a bare smtplib loop, and by two workers."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Final

from sqlalchemy import text

from tests.benchmarks.bare_mail import BareMail
from tests.benchmarks.dues import Stage, a_stage, count_sent, forget, lateness, owe
from tests.benchmarks.measuring import PAIRS, Comparison, Spread, spread_of_inverse
from tests.benchmarks.postman import Postman, a_postman, a_sink
from tests.benchmarks.report import Line, at_most, spread
from tests.benchmarks.stock import NUMBERS
from tracker.connectors.letter import Letter
from tracker.kernel.claims import BATCH
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, core, current_database, reading, use_database
from tracker.people.time_queries import persons
from tracker.reminders.models import Reminder
from tracker.reminders.standing import ROWS
from tracker.reminders.writing import letters_of

STORED: Final = (10_000, 1_000_000)
A_CLAIM: Final = 200
A_RACE: Final = 1_000
RACES: Final = 15
A_BURST: Final = 5_000
RATE: Final = 50
SECONDS: Final = 20
_AGES_AGO: Final = timedelta(days=400)


# One look.


def looks(urls: Sequence[str]) -> Iterator[Line]:
    """With nothing due, and with fifty, at both sizes of the table."""
    stages = [a_stage(url) for url in urls]
    for stage, stored in zip(stages, STORED, strict=True):
        _store(stage, stored)
    small, large = (stage.world.url for stage in stages)
    with a_postman(small) as near, a_postman(large) as far:
        for what, due in (("nothing due", 0), (f"{BATCH} due", BATCH)):
            found = _compared(stages, (near, far), due)
            yield at_most(
                f"one look, {what}, {STORED[1]} stored",
                found,
                1.5,
                f"the same look, {STORED[0]} stored; mails go nowhere",
            )


def _store(stage: Stage, stored: int) -> None:
    """What was sent long ago, but for one in a hundred, which is due next year."""
    _use(stage)
    first = min(stored, STORED[0])
    ago, ahead = utcnow() - _AGES_AGO, utcnow() + _AGES_AGO
    past = first - first // 100
    owe(stage, [ago] * past, state="sent", ready_at=None, sent_at=ago)
    owe(stage, [ahead] * (first - past))
    database = current_database()
    with database.engine.begin() as connection:
        connection.execute(
            text(_copying(is_sqlite=database.is_sqlite)), {"copies": stored // first - 1}
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE reminders"))


def _copying(*, is_sqlite: bool) -> str:
    changed = {
        "id": "printf('%08x', n) || substr(id, 9)"
        if is_sqlite
        else "(lpad(to_hex(n), 8, '0') || substr(replace(id::text, '-', ''), 9))::uuid",
        "step": "step || n",
    }
    names = [column.name for column in Reminder.__table__.columns]
    numbers = NUMBERS.strip()
    shown = ", ".join(changed.get(name, name) for name in names)
    into = f"INSERT INTO reminders ({', '.join(names)})"
    some = f"SELECT {shown} FROM reminders CROSS JOIN copies WHERE n <= :copies"
    return f"{into} {numbers} {some}" if is_sqlite else f"{numbers} {into} {some}"


def _compared(stages: Sequence[Stage], postmen: Sequence[Postman], due: int) -> Comparison:
    measured = []
    for n in range(PAIRS + 1):
        taken = {}
        for place in (0, 1) if n % 2 else (1, 0):
            if due:
                _use(stages[place])
                owe(stages[place], [utcnow()] * due)
            taken[place] = postmen[place].does("look")
        measured.append((taken[1], taken[0]))
    return _comparison(measured[1:])


def _comparison(measured: Sequence[tuple[float, float]]) -> Comparison:
    return Comparison(
        Spread.of([ours for ours, _ in measured]),
        Spread.of([theirs for _, theirs in measured]),
        Spread.of([ours / theirs for ours, theirs in measured]),
    )


def _use(stage: Stage) -> None:
    if str(current_database().url) != stage.world.url:
        use_database(Database(stage.world.url))


# Sending.


def sends(url: str) -> Iterator[Line]:
    """One worker beside a bare loop, then two beside one."""
    with _post(url) as (stage, sink, (one, two)):
        with closing(BareMail(sink, _a_letter(stage))) as bare:
            yield _beside_bare(stage, one, bare)
        yield _two_beside_one(stage, one, two)


@contextmanager
def _post(url: str) -> Iterator[tuple[Stage, str, tuple[Postman, Postman]]]:
    stage = a_stage(url)
    _use(stage)
    with a_sink() as sink, a_postman(url, sink) as one, a_postman(url, sink) as two:
        yield stage, sink, (one, two)


def _a_letter(stage: Stage) -> Letter:
    """The first of those that the workers will send."""
    owe(stage, [utcnow()])
    with reading() as session:
        (row,) = core(session).execute(ROWS).all()
        key = (row.workspace_id, row.member_id)
        people = persons(session, [key])
        (letter,) = letters_of(
            session, [row], {}, people, base_url="http://127.0.0.1:8000", now=utcnow()
        ).values()
    forget()
    return letter


def _beside_bare(stage: Stage, one: Postman, bare: BareMail) -> Line:
    measured = []
    for n in range(PAIRS + 1):
        owe(stage, [utcnow()] * A_CLAIM)
        if n % 2:
            ours, theirs = one.does("drain"), _bare(bare)
        else:
            theirs, ours = _bare(bare), one.does("drain")
        measured.append((ours / A_CLAIM, theirs / A_CLAIM))
    assert count_sent() == A_CLAIM * (PAIRS + 1)
    found = _comparison(measured[1:])
    pace = spread_of_inverse(found.ratio)
    return Line(
        work="send reminders, one worker",
        ours=f"{1 / found.ours.median:.0f} /s",
        theirs=f"{1 / found.theirs.median:.0f} /s",
        value=spread(pace),
        budget=">= 0.5 x",
        is_met=pace.median >= 0.5,
        against="a bare smtplib loop on one open connection that builds each message, of the same "
        "parts; a sink with 0 ms; at most ten sends unrecorded",
    )


def _bare(bare: BareMail) -> float:
    started = perf_counter()
    bare.send(A_CLAIM, utcnow())
    return perf_counter() - started


def _two_beside_one(stage: Stage, one: Postman, two: Postman) -> Line:
    measured = []
    for n in range(RACES + 1):
        taken = {}
        for workers in ((one,), (one, two)) if n % 2 else ((one, two), (one,)):
            owe(stage, [utcnow()] * A_RACE)
            started = perf_counter()
            for worker in workers:
                worker.begin("drain")
            for worker in workers:
                worker.end()
            taken[len(workers)] = perf_counter() - started
        measured.append((taken[2] / A_RACE, taken[1] / A_RACE))
        forget()
    found = _comparison(measured[1:])
    pace = spread_of_inverse(found.ratio)
    return Line(
        work="send reminders, two workers",
        ours=f"{1 / found.ours.median:.0f} /s",
        theirs=f"{1 / found.theirs.median:.0f} /s",
        value=spread(pace),
        budget=">= 1.2 x",
        is_met=pace.median >= 1.2,
        against="one worker; the sink has the same two cores",
    )


# Bursts.


def drains(url: str) -> Iterator[Line]:
    """Five thousand that are due at once, then fifty a second."""
    with _post(url) as (stage, _sink, workers):
        owe(stage, [utcnow()] * A_BURST)
        started = perf_counter()
        for worker in workers:
            worker.begin("drain")
        for worker in workers:
            worker.end()
        taken = perf_counter() - started
        assert count_sent() > 0
        yield Line(
            work=f"{A_BURST} due at once, drained by two workers",
            ours=f"{taken:.1f} s",
            theirs="",
            value=f"{A_BURST / taken:.0f} /s",
            budget="<= 120 s",
            is_met=taken <= 120,
            against="the clock",
        )
        forget()
        yield from _late(stage, workers)


def _late(stage: Stage, workers: Sequence[Postman]) -> Iterator[Line]:
    begin = utcnow() + timedelta(seconds=2)
    moments = [begin + timedelta(seconds=number / RATE) for number in range(RATE * (SECONDS - 5))]
    owe(stage, moments)
    for worker in workers:
        worker.begin("keep on")
    for worker in workers:
        worker.end()
    waited = sorted(lateness())
    assert len(waited) == len(moments)
    line = Line(
        work=f"lateness at {RATE} due a second",
        ours=f"{median(waited):.2f} s",
        theirs="",
        value=f"p99 {waited[len(waited) * 99 // 100]:.2f} s",
        budget="p50 <= 2 s",
        is_met=median(waited) <= 2,
        against="the clock; looks every second, as in production",
    )
    yield line
    p99 = waited[len(waited) * 99 // 100]
    yield replace(
        line,
        work=f"{line.work}, p99",
        ours=f"{p99:.2f} s",
        value="",
        budget="p99 <= 10 s",
        is_met=p99 <= 10,
    )
