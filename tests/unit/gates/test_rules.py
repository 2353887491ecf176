"""Verdicts, shown states, and what each state allows."""

from datetime import timedelta

import pytest

from tests.unit.gates.cases import NOON, a_criterion, a_gate, a_task, facts
from tracker.gates.rules import (
    Decision,
    EarlierGateClosed,
    GateDecided,
    GateNotReady,
    check_may_open,
    check_may_waive,
    check_order,
    check_undecided,
    entered,
    shown_state,
    verdict,
)
from tracker.kernel.errors import Conflict

ASKS = a_criterion("milestone", task="prepare.work.ready")
INFORMS = {**a_criterion("assessment", at_least=10), "blocks": False}
FIGURE = a_criterion("figure", metric="x", op=">=", value=1)
OPEN, DONE = facts(a_task("prepare.work.ready")), facts(a_task("prepare.work.ready", "done"))
LATER, EARLIER = NOON + timedelta(days=1), NOON - timedelta(seconds=1)


def test_what_only_informs_does_not_block_and_what_is_unknown_does() -> None:
    gate = a_gate(ASKS, INFORMS)
    assert verdict(DONE, gate).is_met
    assert not verdict(OPEN, gate).is_met
    assert [one.criterion["key"] for one in verdict(OPEN, gate).missing] == ["milestone"]
    assert not verdict(DONE, a_gate(ASKS, FIGURE)).is_met
    assert verdict(DONE, a_gate()).is_met


@pytest.mark.parametrize(
    ("stored", "until", "before", "after"),
    [
        ("pending", None, "pending", "ready"),
        ("held", None, "held", "held"),
        ("rejected", None, "rejected", "rejected"),
        ("passed", None, "passed", "passed"),
        ("conditional", None, "conditional", "conditional"),
        ("waived", LATER, "waived", "waived"),
        ("waived", EARLIER, "pending", "ready"),
        ("waived", NOON, "pending", "ready"),
    ],
)
def test_what_readers_see(stored: str, until: object, before: str, after: str) -> None:
    gate = a_gate(ASKS, state=stored, waived_until=until)
    assert shown_state(gate, verdict(OPEN, gate), NOON) == before
    assert shown_state(gate, verdict(DONE, gate), NOON) == after


def test_a_waiver_in_force_covers_its_criteria_and_no_longer() -> None:
    gate = a_gate(ASKS, FIGURE, state="waived", waived_until=LATER, waived=("milestone",))
    assert [one.waived for one in verdict(OPEN, gate).criteria] == [True, False]
    lapsed = a_gate(ASKS, state="waived", waived_until=EARLIER, waived=("milestone",))
    assert [one.waived for one in verdict(OPEN, lapsed).criteria] == [False]


ALLOWED = {
    "pending": set(Decision),
    "held": set(Decision),
    "rejected": set(Decision),
    "passed": set(),
    "conditional": {Decision.PASS},
    "waived": {Decision.PASS},
}


@pytest.mark.parametrize("state", ALLOWED)
def test_which_decisions_a_state_allows(state: str) -> None:
    gate = a_gate(state=state, waived_until=LATER if state == "waived" else None)
    for decision in Decision:
        if decision in ALLOWED[state]:
            check_undecided(gate, decision, NOON)
        else:
            with pytest.raises(GateDecided):
                check_undecided(gate, decision, NOON)


def test_a_lapsed_waiver_leaves_every_decision_open() -> None:
    for decision in Decision:
        check_undecided(a_gate(state="waived", waived_until=EARLIER), decision, NOON)


def test_a_gate_that_is_not_ready_names_everything_that_is_missing() -> None:
    gate = a_gate(ASKS, FIGURE, INFORMS)
    with pytest.raises(GateNotReady) as refused:
        check_may_open(OPEN, gate, verdict(OPEN, gate))
    assert [row["key"] for row in refused.value.criteria] == ["milestone", "figure"]
    assert {row["state"] for row in refused.value.criteria} == {"unmet", "unknown"}


def test_gates_are_passed_in_their_order() -> None:
    first, second = a_gate(key="first", position=0), a_gate(key="second", position=1)
    with pytest.raises(EarlierGateClosed):
        check_order(facts(gates=(first, second)), second)
    for state, until in (("passed", None), ("conditional", None), ("waived", LATER)):
        opened = a_gate(key="first", position=0, state=state, waived_until=until)
        check_order(facts(gates=(opened, second)), second)
    lapsed = a_gate(key="first", position=0, state="waived", waived_until=EARLIER)
    with pytest.raises(EarlierGateClosed):
        check_order(facts(gates=(lapsed, second)), second)


def test_only_what_lacks_something_can_be_waived() -> None:
    pending = a_gate(ASKS)
    check_may_waive(OPEN, pending, verdict(OPEN, pending))
    with pytest.raises(Conflict, match="nothing to waive"):
        check_may_waive(DONE, pending, verdict(DONE, pending))
    for state in ("passed", "conditional"):
        decided = a_gate(ASKS, state=state)
        with pytest.raises(GateDecided):
            check_may_waive(OPEN, decided, verdict(OPEN, decided))


@pytest.mark.parametrize(
    ("before", "behind", "phase"),
    [
        (None, "prepare", "prepare"),
        ("prepare", "launch", "launch"),
        ("launch", "launch", None),
        ("recruit", "launch", None),
        ("develop", None, None),
    ],
)
def test_a_phase_is_entered_once_and_never_backwards(
    before: str | None, behind: str | None, phase: str | None
) -> None:
    assert entered(before, a_gate(before_phase=behind)) == phase
