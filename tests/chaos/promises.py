"""What is done over HTTP, and what must come of it once it has been accepted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from tests.chaos.calling import Call
from tests.chaos.judging import Intent
from tests.chaos.stock import Stock, effect, have_no_hours, people_with, plan_twice

GONE = frozenset({404})
TITLES = 5  # of one task


def calls_of(stock: Stock, count: int, dice: Random, *, later: datetime) -> list[Call]:
    """So many of each kind, in any order. Before ``later`` nothing of theirs is due by itself."""
    owed = [later] * count
    leavers = people_with(stock, "leaver", owed=owed, is_theirs=False)
    doers = people_with(stock, "doer", owed=owed)
    asked = [
        {**row, "rule": "asked", "step": "now"} for row in people_with(stock, "asked", owed=owed)
    ]
    have_no_hours(asked)
    plan_twice([*leavers, *doers], dice)
    renamed = people_with(stock, "writer", owed=owed, each=TITLES, is_theirs=False)
    calls = [*_leave(stock, leavers), *_do(stock, doers), *_remind(stock, asked)]
    calls += _retitle(stock, renamed)
    dice.shuffle(calls)
    return calls


def _leave(stock: Stock, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
    """Who is removed is owed nothing: those who listen to what is announced see to it."""
    return [
        Call(
            method="DELETE",
            path=f"/members/{row['member_id']}",
            kept=partial(_promise, stock, row, "cancelled"),
            is_done=GONE,
        )
        for row in rows
    ]


def _do(stock: Stock, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
    """Of what is done nothing is owed: that is taken back as it is written down."""
    return [
        Call(
            method="PATCH",
            path=f"/tasks/{row['subject_id']}",
            body={"status": "done"},
            kept=partial(_promise, stock, row, "cancelled"),
        )
        for row in rows
    ]


def _remind(stock: Stock, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
    """Who is to be reminded now is told, once, however often the caller has had to insist."""
    return [
        Call(
            method="POST",
            path=f"/tasks/{row['subject_id']}/remind",
            body={},
            kept=partial(_promise, stock, row, "told"),
        )
        for row in rows
    ]


def _retitle(stock: Stock, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
    """Each change is told to others, in the order in which they were accepted."""
    for number, row in enumerate(rows):
        stock.titles.setdefault(str(row["subject_id"]), [f"Task writer/{number // TITLES}"])
    return [
        Call(
            method="PATCH",
            path=f"/tasks/{row['subject_id']}",
            body={"title": f"Title {number}"},
            kept=partial(_retitled, stock, row, f"Title {number}"),
        )
        for number, row in enumerate(rows)
    ]


def _retitled(stock: Stock, row: Mapping[str, Any], title: str, _asked_at: datetime) -> None:
    stock.titles[str(row["subject_id"])].append(title)


def _promise(stock: Stock, row: Mapping[str, Any], end: str, asked_at: datetime) -> None:
    stock.intents.append(Intent(effect=effect(row), due_at=asked_at, end=end))
