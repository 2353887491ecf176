from datetime import date
from typing import Any

import pytest

from tests.builders import a_milestone, a_plan, a_task, dates, due, waits
from tracker.playbooks.model import Link

SCRATCH = {"audience": ("from_scratch",)}


@pytest.mark.parametrize(
    ("only_for", "wanted", "kept"),
    [
        ({"audience": ("existing",)}, {"audience": "existing"}, True),
        ({"audience": ("existing",)}, {"audience": "from_scratch"}, False),
        ({"audience": ("existing",)}, {"audience": "both"}, True),
        ({"audience": ("from_scratch",)}, {"audience": "both"}, True),
        ({"scope": ("external",)}, {"scope": "internal"}, False),
        ({"scope": ("external",)}, {"scope": "hybrid"}, True),
        ({"scope": ("hybrid",)}, {"scope": "external"}, False),
        ({"type": ("advocacy",)}, {"community_type": None}, False),
        ({"type": ("advocacy", "innovation")}, {"community_type": "innovation"}, True),
        ({"public": (True,)}, {"public": False}, False),
        ({"public": (False,)}, {"public": True}, False),
        ({"public": (True,), "audience": ("existing",)}, {"public": True}, True),
        ({"public": (True,), "audience": ("existing",)}, {"audience": "existing"}, False),
    ],
)
def test_a_task_applies_where_every_condition_is_met(
    only_for: dict[str, tuple[object, ...]], wanted: dict[str, Any], kept: bool
) -> None:
    plan = a_plan(a_task("a", only_for=only_for), **wanted)
    assert (list(due(plan)), list(plan.left_out)) == ((["a"], []) if kept else ([], ["a"]))


@pytest.mark.parametrize(
    ("only_for", "wanted", "english", "french"),
    [
        (SCRATCH, {"audience": "existing"}, "to be built from scratch", "à bâtir de zéro"),
        ({"scope": ("external",)}, {"scope": "internal"}, "external", "externe"),
        ({"type": ("advocacy",)}, {}, "advocacy", "sans type déclaré"),
        ({"public": (True,)}, {}, "consumers at large", "grand public"),
        ({"public": (False,)}, {"public": True}, "not open", "ne sont pas"),
    ],
)
def test_what_is_left_out_says_why_in_both_languages(
    only_for: dict[str, tuple[object, ...]], wanted: dict[str, Any], english: str, french: str
) -> None:
    reason = a_plan(a_task("a", only_for=only_for), **wanted).left_out["a"]
    assert english in reason.say("en")
    assert french in reason.say("fr")


def test_the_followers_of_a_task_that_is_left_out_wait_for_what_it_waited_for() -> None:
    plan = a_plan(
        a_task("a", days=2),
        a_task("b", days=3, after=["a"], only_for=SCRATCH),
        a_task("c", after=["b"]),
        audience="existing",
    )
    assert dates(plan) == {
        "a": (date(2027, 9, 1), date(2027, 9, 2)),
        "c": (date(2027, 9, 3), date(2027, 9, 3)),
    }
    assert plan.by_key["c"].after == (Link("a"),)


def test_the_longer_of_two_waits_for_the_same_task_counts() -> None:
    plan = a_plan(
        a_task("a"),
        a_task("b", after=["a"], only_for=SCRATCH),
        a_task("c", after=["b", waits("FS", "a", 3)]),
        audience="existing",
    )
    assert plan.by_key["c"].after == (waits("FS", "a", 3),)
    assert due(plan) == {"a": date(2027, 8, 30), "c": date(2027, 9, 3)}


def test_a_milestone_whose_tasks_are_all_left_out_waits_for_nothing() -> None:
    plan = a_plan(
        a_task("a", only_for=SCRATCH), a_milestone("ready", after=["a"]), audience="existing"
    )
    assert plan.by_key["ready"].after == ()
    assert due(plan)["ready"] == date(2027, 9, 3)
