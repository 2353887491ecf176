"""Who may approve what, what counts, and what becomes void."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.gates.cases import (
    MONA,
    NOON,
    OLGA,
    OTTO,
    SUE,
    a_content,
    a_criterion,
    a_gate,
    a_project,
    a_word,
    an_evidence,
    facts,
    heard,
    people,
)
from tracker.gates.approving import OwnRequest, SaidAlready, check_may_say, subject_of
from tracker.gates.criteria import Case, Found, judge
from tracker.gates.facts import Facts, GateFact, MemberFact
from tracker.kernel.errors import Forbidden

SPONSOR = a_criterion("approval", role="sponsor", count=1)
TWO = {**SPONSOR, "count": 2}
BUDGET = {**SPONSOR, "of": ["prepare.strategy.budget"]}
GATE, GATE_OF_TWO, GATE_OF_BUDGET = a_gate(SPONSOR), a_gate(TWO), a_gate(BUDGET)
NAMED = facts(people=people(SUE, OLGA, OTTO))
NOBODY = facts(people=people(None, OLGA, OTTO))


def found(known: Facts, gate: GateFact = GATE, decider: MemberFact | None = None) -> Found:
    return judge(Case(gate.criteria[0], gate, known, decider))


def may_say(known: Facts, who: MemberFact, kind: str = "approve", gate: GateFact = GATE) -> None:
    check_may_say(known, gate, gate.criteria[0], member=who, kind=kind)


def test_the_named_member_approves_and_nobody_else() -> None:
    assert found(NAMED).state == "unmet"
    for stranger in (MONA, OLGA):
        with pytest.raises(Forbidden, match="Sue approves"):
            may_say(NAMED, stranger)
        assert found(heard(NAMED, a_word(NAMED, GATE, stranger))).state == "unmet"
    may_say(NAMED, SUE)
    one = found(heard(NAMED, a_word(NAMED, GATE, SUE)))
    assert (one.state, one.value, one.target, one.as_of) == ("met", 1, 1, NOON)
    assert one.sentence.say("fr") == "Approuvé pour le rôle « sponsor » par Sue."


def test_a_refusal_holds_until_its_author_thinks_again() -> None:
    declined = heard(NAMED, a_word(NAMED, GATE, SUE, "decline"))
    assert found(declined).state == "unmet"
    assert "declined by Sue" in found(declined).sentence.say("en")
    assert found(heard(declined, a_word(NAMED, GATE, SUE))).state == "met"


def test_where_nobody_is_named_an_owner_may_decide_alone_and_it_is_told() -> None:
    assert found(NOBODY).state == "met"
    assert "an owner may decide alone" in found(NOBODY).sentence.say("en")
    by_owner = found(NOBODY, decider=OLGA)
    assert (by_owner.state, by_owner.alone) == ("met", True)
    assert "Olga decides alone" in by_owner.sentence.say("en")
    assert found(NOBODY, decider=MONA).state == "unmet"
    approved = heard(NOBODY, a_word(NOBODY, GATE, OTTO))
    assert found(approved, decider=MONA).state == "met"
    assert "Otto has approved alone" in found(approved).sentence.say("en")


def test_where_nobody_is_named_a_refusal_of_one_owner_needs_the_approval_of_one() -> None:
    declined = heard(NOBODY, a_word(NOBODY, GATE, OTTO, "decline"))
    assert found(declined).state == "unmet"
    assert found(declined, decider=OLGA).state == "met"


def test_whoever_is_named_approves_by_deciding() -> None:
    one = found(NAMED, decider=SUE)
    assert (one.state, one.alone) == ("met", True)
    assert found(NAMED, decider=OLGA).state == "unmet"


def test_owners_make_up_the_rest() -> None:
    with_sue = heard(NAMED, a_word(NAMED, GATE_OF_TWO, SUE))
    assert (found(with_sue, GATE_OF_TWO).state, found(with_sue, GATE_OF_TWO).value) == ("unmet", 1)
    assert found(heard(with_sue, a_word(NAMED, GATE_OF_TWO, OTTO)), GATE_OF_TWO).state == "met"
    owners = heard(NAMED, *(a_word(NAMED, GATE_OF_TWO, one) for one in (OLGA, OTTO)))
    assert found(owners, GATE_OF_TWO).state == "unmet", "the named sponsor is missing"
    with pytest.raises(Forbidden):
        may_say(NAMED, MONA, gate=GATE_OF_TWO)


def test_one_person_counts_once() -> None:
    twice = heard(NAMED, a_word(NAMED, GATE_OF_TWO, SUE), a_word(NAMED, GATE_OF_TWO, SUE))
    assert (found(twice, GATE_OF_TWO).state, found(twice, GATE_OF_TWO).value) == ("unmet", 1)


# One's own request.


def test_nobody_approves_their_own_request() -> None:
    asked = heard(NAMED, a_word(NAMED, GATE, SUE, "request"))
    with pytest.raises(OwnRequest):
        may_say(asked, SUE)
    assert found(asked, decider=SUE).state == "unmet", "nor by deciding"
    may_say(asked, SUE, "decline")
    may_say(heard(asked, a_word(NAMED, GATE, MONA, "request")), SUE)


def test_a_change_does_not_free_the_author_of_a_request() -> None:
    old = a_word(NAMED, GATE, SUE, "request", subject="of another plan")
    with pytest.raises(OwnRequest):
        may_say(heard(NAMED, old), SUE)


def test_anybody_may_ask_and_ask_again_after_a_refusal() -> None:
    may_say(NAMED, MONA, "request")
    asked = heard(NAMED, a_word(NAMED, GATE, MONA, "request"))
    with pytest.raises(SaidAlready):
        may_say(asked, MONA, "request")
    may_say(heard(asked, a_word(NAMED, GATE, SUE, "decline")), MONA, "request")


def test_saying_the_same_twice_is_refused() -> None:
    approved = heard(NAMED, a_word(NAMED, GATE, SUE))
    with pytest.raises(SaidAlready):
        may_say(approved, SUE)
    may_say(approved, SUE, "decline")


# What becomes void.


@pytest.mark.parametrize(
    "change",
    [
        {"title": "A larger budget"},
        {"notes": "Twice as much."},
        {"description": "Other."},
        {"evidences": (an_evidence(),)},
        {"evidences": ()},
    ],
)
def test_an_approval_of_tasks_is_void_once_they_say_something_else(change: dict[str, Any]) -> None:
    def budget(**more: Any) -> dict[str, Any]:
        usual = {"notes": "Ten thousand.", "evidences": (an_evidence("plan"),)}
        return {"prepare.strategy.budget": a_content(**{**usual, **more})}

    before = replace(NAMED, contents=budget())
    word = a_word(before, GATE_OF_BUDGET, SUE)
    assert found(heard(before, word), GATE_OF_BUDGET).state == "met"
    after = heard(replace(NAMED, contents=budget(**change)), word)
    assert found(after, GATE_OF_BUDGET).state == "unmet"
    assert "what is there now" in found(after, GATE_OF_BUDGET).sentence.say("en")


def test_an_approval_of_the_plan_is_void_once_launch_day_or_parameters_change() -> None:
    approved = heard(NAMED, a_word(NAMED, GATE, SUE))
    later = a_project(launch_on=date(2027, 9, 1))
    longer = a_project(parameters={"prepare_months": 4, "launch_on": "2027-08-31"})
    for project in (later, longer):
        assert found(replace(approved, project=project)).state == "unmet"
    others = a_project(parameters={**a_project().parameters, "people": {"sponsor": "x@y.z"}})
    assert found(replace(approved, project=others)).state == "met", "who is named is no plan"


def test_what_a_rejection_voided_counts_no_more() -> None:
    void = a_word(NAMED, GATE, SUE, voided_at=NOON + timedelta(minutes=1))
    assert found(heard(NAMED, void)).state == "unmet"


def test_an_approval_does_not_ask_how_the_start_came_about() -> None:
    """It follows from launch day and lengths, and differs by the way on which they were reached."""
    earlier, later = (
        replace(project, parameters={**project.parameters, "start_on": day})
        for project, day in ((a_project(), "2027-06-07"), (a_project(), "2027-06-08"))
    )
    assert subject_of(SPONSOR, earlier, {}) == subject_of(SPONSOR, later, {})
    longer = replace(later, parameters={**later.parameters, "prepare_months": 6})
    assert subject_of(SPONSOR, later, {}) != subject_of(SPONSOR, longer, {})
