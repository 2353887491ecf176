"""What gates, predecessors and a task's status forbid."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from tracker.kernel.errors import Forbidden, Invalid
from tracker.people.rules import Actor, Role
from tracker.projects.rules import (
    STATUSES,
    ClosedGate,
    GateState,
    OpenPredecessors,
    Predecessor,
    check_gates,
    check_predecessors,
    closed_gate,
    is_open,
)
from tracker.projects.task_rules import (
    EvidenceMissing,
    IsRitual,
    WrongStatus,
    check_evidence,
    check_given_up,
    check_no_ritual,
    check_step,
    days_after,
    reason_after,
)

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
TODAY = NOW.date()
SECOND = timedelta(seconds=1)
BOB, MONA = (Actor(uuid4(), uuid4(), role) for role in (Role.CONTRIBUTOR, Role.MANAGER))


@dataclass
class Task:
    id: UUID = field(default_factory=uuid4)
    status: str = "todo"
    reason: str | None = None
    recurring: Any = None
    ritual_id: Any = None
    is_optional: bool = False
    evidence: str | None = None
    proof: str | None = None
    started_on: date | None = None


def a_gate(state: str, *, until: datetime | None = None) -> GateState:
    return GateState(uuid4(), state, f"Gate {state}", state, until)


def a_predecessor(status: str, kind: str = "FS", title: str = "Before") -> Predecessor:
    return Predecessor(uuid4(), "prepare.work.before", title, kind, status)


def test_a_gate_is_open_once_passed_or_while_it_is_waived() -> None:
    for state in ("pending", "ready", "held", "rejected"):
        assert not is_open(state, NOW + SECOND, NOW)
    for state in ("passed", "conditional"):
        assert is_open(state, None, NOW)
    assert is_open("waived", NOW + SECOND, NOW)
    assert not is_open("waived", NOW, NOW)
    assert not is_open("waived", None, NOW)


def test_one_closed_gate_closes_a_phase_and_is_named() -> None:
    passed, held, pending = map(a_gate, ("passed", "held", "pending"))
    assert closed_gate([], NOW) is None
    assert closed_gate([passed], NOW) is None
    assert closed_gate([passed, held, pending], NOW) == held
    with pytest.raises(ClosedGate) as refused:
        check_gates([passed, held], is_early=False, now=NOW)
    assert refused.value.gate["id"] == held.id
    assert all(held.title in refused.value.say(language) for language in ("en", "fr"))
    check_gates([held], is_early=True, now=NOW)


def test_only_what_must_be_finished_first_is_waited_for() -> None:
    for kind, status in product(("FS", "FF", "SS", "SF"), STATUSES):
        waits = kind in {"FS", "FF"} and status not in {"done", "not_applicable"}
        if waits:
            with pytest.raises(OpenPredecessors) as refused:
                check_predecessors([a_predecessor(status, kind, "This one")], "never")
            assert "This one" in refused.value.say("fr")
            assert refused.value.predecessors[0]["status"] == status
            assert check_predecessors([a_predecessor(status, kind)], "warn")
        else:
            assert check_predecessors([a_predecessor(status, kind)], "never") == []


def test_a_predecessor_with_two_links_is_named_once() -> None:
    task = a_predecessor("todo")
    twice = [task, Predecessor(task.id, task.key, task.title, "FF", "todo")]
    with pytest.raises(OpenPredecessors) as refused:
        check_predecessors(twice, "never")
    assert len(refused.value.predecessors) == 1


def test_a_status_becomes_what_may_follow_it() -> None:
    refused = {
        ("blocked", "done"),
        ("done", "blocked"),
        ("not_applicable", "done"),
        ("not_applicable", "blocked"),
    }
    for old, new in set(product(STATUSES, STATUSES)) - refused:
        if old != new:
            check_step(old, new)
    for old, new in refused:
        with pytest.raises(WrongStatus) as error:
            check_step(old, new)
        assert all(step in error.value.say("en") for step in error.value.allowed)


def test_only_a_manager_gives_up_what_a_gate_may_count_on() -> None:
    check_given_up(BOB, Task(is_optional=True))
    check_given_up(MONA, Task())
    with pytest.raises(Forbidden):
        check_given_up(BOB, Task())


def test_a_ritual_is_not_done_and_its_occurrences_are() -> None:
    with pytest.raises(IsRitual):
        check_no_ritual(Task(recurring={"rrule": "FREQ=WEEKLY"}))
    check_no_ritual(Task(recurring={"rrule": "FREQ=WEEKLY"}, ritual_id=uuid4()))


def test_what_the_playbook_asks_to_see_must_be_of_its_kind() -> None:
    check_evidence(Task(), [])
    check_evidence(Task(evidence="link"), ["note", "link"])
    with pytest.raises(EvidenceMissing) as refused:
        check_evidence(Task(evidence="figure", proof="The approved budget"), ["note", "link"])
    assert "The approved budget" in refused.value.say("en")
    assert refused.value.evidence == {"kind": "figure", "proof": "The approved budget"}


def test_a_reason_is_demanded_kept_and_dropped_with_the_status() -> None:
    waiting = Task(status="blocked", reason="No budget")
    assert reason_after(waiting, {}) == "No budget"
    assert reason_after(waiting, {"reason": "Still none"}) == "Still none"
    assert reason_after(waiting, {"status": "todo"}) is None
    assert reason_after(Task(status="done"), {"status": "todo", "reason": "Redo"}) == "Redo"
    for task, wish in (
        (Task(), {"status": "blocked"}),
        (Task(), {"status": "not_applicable", "reason": None}),
        (waiting, {"reason": None}),
        (waiting, {"status": "not_applicable"}),
    ):
        with pytest.raises(Invalid):
            reason_after(task, wish)


def test_the_days_of_work_are_kept_and_the_end_is_forgotten_when_it_begins_again() -> None:
    earlier = TODAY - timedelta(days=3)
    begun, both = {"started_on": TODAY, "finished_on": None}, {"started_on": TODAY}
    assert days_after(Task(), "in_progress", TODAY) == begun
    assert days_after(Task(), "done", TODAY) == {**both, "finished_on": TODAY}
    running = Task(status="in_progress", started_on=earlier)
    assert days_after(running, "done", TODAY) == {"started_on": earlier, "finished_on": TODAY}
    again = {"started_on": earlier, "finished_on": None}
    assert days_after(Task(status="done", started_on=earlier), "todo", TODAY) == again
    assert days_after(Task(), "blocked", TODAY) == {"started_on": None, "finished_on": None}
