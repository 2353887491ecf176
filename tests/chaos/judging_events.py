"""Whether an endpoint was sent what has happened: all of it, each under one id, in its order. Pure.

What is owed is what stands in the log of events. That the log has all is known by titles: somebody
has called tasks otherwise, again and again, and each change tells the title before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from tests.chaos.endpoint import Sent
from tests.chaos.judging import Arrival, Intent, Row, Verdict, judge

ENDPOINT: Final = "the endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event in the log. ``id`` is as the world knows it."""

    id: str
    object_id: str
    sequence: int
    at: datetime

    @property
    def effect(self) -> str:
        """What one endpoint is to be told once."""
        return f"{self.object_id} {self.sequence}"


def judge_events(
    log: Sequence[Logged],
    rows: Iterable[Row],
    sent: Sequence[Sent],
    titles: Mapping[str, Sequence[str]],
) -> Verdict:
    """Lay the log, the deliveries, what arrived and what was promised beside each other.

    ``titles`` are all that each task was to have, in their order, with the one that it had first.
    """
    intents = [Intent(effect=one.effect, due_at=one.at) for one in log]
    arrivals = [Arrival(id=one.id, recipient=ENDPOINT, at=one.at) for one in sent]
    verdict = judge(intents, rows, arrivals)
    verdict.unexplained += _faults(log, sent)
    _judge_titles(titles, sent, verdict)
    return verdict


def _faults(log: Iterable[Logged], sent: Iterable[Sent]) -> Iterator[str]:
    numbers, bodies = {one.id: one.sequence for one in log}, dict[str, bytes]()
    for one in sent:
        body = orjson.loads(one.body)
        for is_so, fault in (
            (not one.is_signed, "not signed as it is to be"),
            (bodies.setdefault(one.id, one.body) != one.body, "with other words than before"),
            (body["id"] != one.id, f"calls itself {body['id']}"),
            (body["sequence"] != numbers.get(one.id), f"under the number {body['sequence']}"),
        ):
            if is_so:
                yield f"{one.id}: {fault}"


def _judge_titles(
    titles: Mapping[str, Sequence[str]], sent: Iterable[Sent], verdict: Verdict
) -> None:
    """Whoever reads the changes of one task by their numbers sees what was done to it."""
    told = _titles_told(sent)
    for task, wanted in titles.items():
        before, seen = list(wanted[:-1]), told[task]
        where = f"titles of {task}"
        verdict.lost += [f"{where}: {title} was never told" for title in {*before} - {*seen}]
        for title, times in Counter(seen).items():
            if title not in before:
                verdict.unexplained.append(f"{where}: nobody has called it otherwise than {title}")
            if times > 1:
                verdict.repeated.append(f"{where}: {title} was left {times} times")
        if sorted(seen) == sorted(before) and seen != before:
            verdict.unexplained.append(f"{where}: told as {seen}, and done as {before}")


def _titles_told(sent: Iterable[Sent]) -> Mapping[str, list[str]]:
    """The titles before each change, by task, in the order of their numbers; each event once."""
    bodies = {one.id: orjson.loads(one.body) for one in sent}
    found: Mapping[str, list[tuple[int, str]]] = defaultdict(list)
    for body in bodies.values():
        if title := _title_before(body):
            found[body["data"]["task_id"]].append((body["sequence"], title))
    return defaultdict(list, {task: [it for _, it in sorted(told)] for task, told in found.items()})


def _title_before(body: Mapping[str, Any]) -> str | None:
    if body["type"] != "task.changed":
        return None
    title: str | None = body["data"]["previous"].get("title")
    return title
