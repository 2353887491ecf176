"""The judge of events: every fault that it is there for turns it red, and nothing else does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tests.chaos.endpoint import Sent
from tests.chaos.judging import Row, Try
from tests.chaos.judging_events import ENDPOINT, Logged, judge_events

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
TITLES = {"task": ["First", "Second", "Third"]}


def logged(sequence: int) -> Logged:
    return Logged(id=f"evt_{sequence}", object_id="task", sequence=sequence, at=NOON)


def row(sequence: int, *outcomes: str) -> Row:
    tries = [Try(number=number, outcome=one) for number, one in enumerate(outcomes, 1)]
    effect, id_ = logged(sequence).effect, logged(sequence).id
    return Row(id=id_, effect=effect, recipient=ENDPOINT, state="sent", tries=tries, announced=1)


def sent(number: int, before: str, *, id_: str | None = None, **other: Any) -> Sent:
    name = id_ or f"evt_{number}"
    data = {"task_id": "task", "previous": {"title": before}}
    body = {"id": name, "type": "task.changed", "sequence": number, "data": data, **other}
    at = NOON + timedelta(seconds=2)
    return Sent(id=name, body=orjson.dumps(body), at=at, is_signed=True)


ONE, TWO = sent(1, "First"), sent(2, "Second")
LOG = [logged(1), logged(2)]
ROWS = [row(1, "accepted"), row(2, "unknown", "accepted")]

FINE: dict[str, Sequence[Sent]] = {
    "each once": [ONE, TWO],
    "overtaken": [TWO, ONE],
    "again, where it was not known that it had arrived": [ONE, TWO, TWO],
}
# What arrived, and how much is lost, repeated, unexplained.
WRONG: dict[str, tuple[Sequence[Sent], tuple[int, int, int]]] = {
    "one never came, which tells of a title": ([TWO], (2, 0, 1)),
    "again, though it was known": ([ONE, ONE, TWO], (0, 0, 1)),
    "with a wrong signature": ([replace(ONE, is_signed=False), TWO], (0, 0, 1)),
    "again with other words": ([ONE, TWO, sent(2, "Second", more=1)], (0, 0, 1)),
    "under another name in its body": ([replace(ONE, body=TWO.body), TWO], (1, 1, 2)),
    "with another number": ([sent(1, "First", sequence=7), TWO], (0, 0, 2)),
    "in another order than it was done": ([sent(1, "Second"), sent(2, "First")], (0, 0, 1)),
    "of which nobody knows": ([ONE, TWO, sent(3, "Third", id_="evt_9")], (0, 0, 3)),
}


def test_what_held_is_told_as_that(subtests: pytest.Subtests) -> None:
    for name, arrived in FINE.items():
        with subtests.test(name):
            verdict = judge_events(LOG, ROWS, arrived, TITLES)
            assert verdict.is_clean, verdict
            assert (verdict.owed, verdict.told) == (2, 2)


def test_what_did_not_hold_is_found(subtests: pytest.Subtests) -> None:
    for name, (arrived, found) in WRONG.items():
        with subtests.test(name):
            verdict = judge_events(LOG, ROWS, arrived, TITLES)
            faults = (verdict.lost, verdict.repeated, verdict.unexplained)
            assert tuple(map(len, faults)) == found, verdict


def test_what_is_not_in_the_log_though_it_was_accepted_is_lost() -> None:
    verdict = judge_events(LOG[:1], ROWS[:1], [ONE], TITLES)
    assert verdict.lost == ["titles of task: Second was never told"]
