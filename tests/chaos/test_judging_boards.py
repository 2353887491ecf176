"""The judge of boards: every fault that it is there for turns it red, and nothing else does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.judging import Verdict
from tests.chaos.judging_boards import Ended, Shown, Story, Write, judge_board

ID = "01a216ee-b954-7277-9306-35dd5f7b6060"
TASK = Shown(
    id=ID, task_id=ID, title="Second", status="todo", start_on="2027-01-04", due_on="2027-01-08"
)
NEW = replace(TASK, id="t2", task_id="t2", title="New")
CARD, CARD_OF_NEW, GATE = (replace(one, id=f"c of {one.id}") for one in (TASK, NEW, NEW))
STORY = Story(
    here={(ID, "title"): "Second"},
    there={(ID, "due_on"): "2027-01-08"},
    made=["New"],
    first=frozenset({ID}),
    answered={"k1"},
)
MADE = Write(at=1, call="POST /cards", body=f'{{"desc": "https://t.example/api/v1/tasks/{ID}"}}')
PUT = Write(at=2, call="PUT /cards/c1", body='{"name": "Second"}')
AGAIN = replace(PUT, at=9)
THEIRS = Write(at=3, call="c1", body="")
END = Ended(
    tasks=[TASK, NEW],
    cards=[CARD, CARD_OF_NEW, replace(GATE, task_id="g1", title="Gate")],
    gates=frozenset({"g1"}),
    kept=frozenset({"k1", "k2"}),
    writes=[MADE, PUT],
    too_late=[],
    moments=[],
)

FINE: Mapping[str, dict[str, Any]] = {
    "equal": {},
    "again after a kill": {"writes": [MADE, PUT, AGAIN], "moments": [2.5]},
    "again since somebody there had changed it": {"writes": [MADE, PUT, THEIRS, AGAIN]},
}
# What is otherwise, and how many are lost, repeated, unexplained.
WRONG: Mapping[str, tuple[dict[str, Any], tuple[int, int, int]]] = {
    "an update of ours is gone": (
        {"tasks": [replace(TASK, title="First"), NEW]},
        (1, 0, 1),
    ),
    "both sides differ": ({"cards": [replace(CARD, title="First"), CARD_OF_NEW]}, (0, 0, 1)),
    "two cards of one task": (
        {"cards": [CARD, replace(CARD, id="c9"), CARD_OF_NEW]},
        (0, 1, 0),
    ),
    "made twice, though one is gone": ({"writes": [MADE, replace(MADE, at=2)]}, (0, 1, 1)),
    "no card of what is new": ({"cards": [CARD]}, (1, 0, 1)),
    "two tasks of what is new": ({"tasks": [TASK, NEW, replace(NEW, id="t3")]}, (0, 1, 1)),
    "a task that nobody has made": (
        {
            "tasks": [*END.tasks, replace(NEW, id="t3", title="Third")],
            "cards": [*END.cards, replace(NEW, id="c3", task_id="t3", title="Third")],
        },
        (0, 1, 0),
    ),
    "a card of nothing": ({"cards": [*END.cards, replace(CARD, task_id=None)]}, (0, 0, 1)),
    "answered, and not kept": ({"kept": frozenset()}, (1, 0, 0)),
    "again without a kill": ({"writes": [MADE, PUT, AGAIN]}, (0, 0, 1)),
    "again after a kill long since": (
        {"writes": [MADE, PUT, AGAIN], "moments": [1.5, 5.0]},
        (0, 0, 1),
    ),
    "sent when all was equal": ({"too_late": [PUT]}, (0, 0, 1)),
}


def faults(verdict: Verdict) -> tuple[int, int, int]:
    return len(verdict.lost), len(verdict.repeated), len(verdict.unexplained)


def test_what_held_is_told_as_that(subtests: pytest.Subtests) -> None:
    for name, other in FINE.items():
        with subtests.test(name):
            verdict = judge_board(STORY, replace(END, **other))
            assert verdict.is_clean, verdict
            assert (verdict.owed, verdict.told) == (3, 3)


def test_what_did_not_hold_is_found(subtests: pytest.Subtests) -> None:
    for name, (other, found) in WRONG.items():
        with subtests.test(name):
            verdict = judge_board(STORY, replace(END, **other))
            assert faults(verdict) == found, verdict


def test_where_both_have_changed_a_field_one_of_both_values_stands() -> None:
    both = replace(STORY, there={**STORY.there, (ID, "title"): "Theirs"})
    assert judge_board(both, END).is_clean
    either = replace(both, here={(ID, "title"): "Ours"})
    assert faults(judge_board(either, END)) == (1, 0, 0)
