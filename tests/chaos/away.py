"""Redis is away, for as long as a run says, while somebody works over HTTP and reminders fall due.

Everything runs by the commands of docker-compose.yml.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any

from tests.chaos.calling import Call, Caller
from tests.chaos.judging import judge
from tests.chaos.ledger import arrivals_of, rows_of, waiting
from tests.chaos.promises import calls_of
from tests.chaos.running import LATER, Outcome, Run
from tests.chaos.stock import EACH, Stock, empty_stock, put_in, spread
from tests.cli.processes import Answer, fetch
from tests.jobs.house import House, a_running_house
from tests.jobs.patience import eventually
from tests.personas import a_wish
from tests.servers.smtp import start_mailbox
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, use_database

LOOK_SECONDS = 1.0


@dataclass(kw_only=True)
class Seen:
    """What the health pages said meanwhile, a look a second."""

    lives: list[Answer] = field(default_factory=list)
    ready: list[Answer] = field(default_factory=list)


def run_without_redis(wanted: Run, folder: Path, database_url: str) -> tuple[Outcome, Seen]:
    """Take Redis away, work, give it back, wait until nothing is left to do, and judge."""
    mails, seen = folder / "mails", Seen()
    with (
        start_mailbox(ledger=mails) as mailbox,
        a_running_house(folder, database_url, beats=2, SMTP_URL=mailbox.url) as house,
        closing(Database(database_url)) as database,
    ):
        use_database(database)
        _listen(house, folder)
        project = house.call("POST", "/projects", a_wish(), status=201)
        _wait(database, 60)  # what Redis loses that was handed out would wait for its lease
        house.valkey.kill()
        began = monotonic()
        stock, caller, notes = _prepared(house, project, wanted)
        caller.start()
        _watch(house, seen, began + wanted.program.away_seconds)
        caller.join()
        house.valkey.restart()
        _wait(database, wanted.patience)
        eventually(lambda: fetch(f"{house.url}/readyz").json["status"] == "ok")
        rows = rows_of(database.engine, stock.addresses, now=utcnow())
        verdict = judge(stock.intents, rows, arrivals_of(mails))
        verdict.lost += [f"refused: {what}" for what in caller.refused]
        verdict.lost += [f"not kept: {path}" for path in _forgotten(house, notes)]
    seconds = monotonic() - began
    verdicts = {"reminders": verdict}
    return Outcome(run=wanted, verdicts=verdicts, caller=caller, seconds=seconds), seen


def _listen(house: House, folder: Path) -> None:
    """Keep what each process says: who is not listened to stands still some day."""
    for name, process in house.processes.items():
        said = (process.popen.stdout, folder / f"{name}.log")
        Thread(target=_note_down, args=said, daemon=True).start()


def _note_down(lines: Iterable[str], path: Path) -> None:
    with path.open("w") as file:
        file.writelines(lines)


def _wait(database: Database, seconds: float) -> None:
    """Until nothing is left to do, or for so long: the judge then tells what is."""
    until = monotonic() + seconds
    while waiting(database.engine, now=utcnow()) and monotonic() < until:
        Event().wait(0.1)


def _prepared(
    house: House, project: dict[str, Any], wanted: Run
) -> tuple[Stock, Caller, dict[str, str]]:
    dice, start = Random(wanted.seed), utcnow()
    stock, notes = empty_stock(project["id"]), dict[str, str]()
    due = spread(dice, wanted.owed, start=start, seconds=wanted.due_within)
    put_in(stock, dice, "single", owed=due, each=EACH)
    tasks = house.call("GET", f"/projects/{project['id']}/tasks?limit=50")["items"]
    calls = [
        *calls_of(stock, wanted.calls, dice, later=start + LATER),
        *_taking_notes(tasks, wanted.calls, notes),
    ]
    dice.shuffle(calls)
    return stock, Caller(house.url, house.token, calls, seconds=wanted.due_within), notes


def _taking_notes(
    tasks: Sequence[dict[str, Any]], count: int, notes: dict[str, str]
) -> Iterator[Call]:
    """One task after the other, again and again; the last note of each must be there."""
    for number in range(count):
        path, words = f"/tasks/{tasks[number % len(tasks)]['id']}", f"Note {number}"
        kept = partial(_note, notes, path, words)
        yield Call(method="PATCH", path=path, body={"notes": words}, kept=kept)


def _note(notes: dict[str, str], path: str, words: str, _at: datetime) -> None:
    notes[path] = words


def _forgotten(house: House, notes: dict[str, str]) -> list[str]:
    return [path for path, words in notes.items() if house.call("GET", path)["notes"] != words]


def _watch(house: House, seen: Seen, until: float) -> None:
    while monotonic() < until:
        seen.lives.append(fetch(f"{house.url}/healthz"))
        seen.ready.append(fetch(f"{house.url}/readyz"))
        Event().wait(LOOK_SECONDS)
