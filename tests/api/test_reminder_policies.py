"""Reminder policies of a workspace, a project, a task and a person: set, shown, and in force."""

from typing import Any, Final

import pytest
from sqlalchemy import select

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, a_wish, answer
from tests.service.test_chasing import a_project_of, chased, workday
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading
from tracker.reminders.models import Reminder
from tracker.reminders.timing import planned_at

R: Final = Reminder.__table__
POLICY: Final = {
    "before_due": [9, 1],
    "overdue": {"after": [2], "then_every": 3},
    "escalation": [{"to": "sponsor", "after": 1}],
    "quiet": {"after": []},
}
WRONG: Final[list[Any]] = [
    {"before_due": list(range(1000))},
    {"before_due": [366]},
    {"before_due": [-1]},
    {"before_due": ["soon"]},
    {"overdue": {"then_every": 5}},
    {"overdue": {"after": [1], "then_every": 0}},
    {"quiet": list(range(21))},
    {"escalation": [{"to": "king", "after": 1}]},
    {"escalation": [{"to": "sponsor", "after": 1}] * 21},
    {"on_fire": [1]},
    [7],
    "never",
]


def places(alice: Persona, mona: Persona, bob: Persona) -> list[tuple[Persona, str]]:
    """Who can set a policy where."""
    project = a_project_of(mona, bob, tasks=1)
    (task,) = mona.tasks_of(project)
    return [
        (alice, "/workspaces/me"),
        (mona, f"/projects/{project['id']}"),
        (mona, f"/tasks/{task['id']}"),
        (bob, "/me/preferences"),
    ]


def test_a_policy_is_set_shown_and_taken_away(alice: Persona, mona: Persona, bob: Persona) -> None:
    for persona, path in places(alice, mona, bob):
        assert answer(persona.get(path))["reminder_policy"] is None
        changed = persona.patch(path, {"reminder_policy": {**POLICY, "blocked": None}})
        assert answer(changed)["reminder_policy"] == POLICY
        assert answer(persona.get(path))["reminder_policy"] == POLICY
        short = answer(persona.patch(path, {"reminder_policy": {"overdue": [4]}}))
        assert short["reminder_policy"] == {"overdue": {"after": [4]}}
        assert answer(persona.patch(path, {"reminder_policy": {}}))["reminder_policy"] is None
        answer(persona.patch(path, {"reminder_policy": POLICY}))
        assert answer(persona.patch(path, {"reminder_policy": None}))["reminder_policy"] is None
    made = answer(mona.post("/projects", {**a_wish(), "reminder_policy": POLICY}), 201)
    assert made["reminder_policy"] == POLICY
    assert answer(mona.get(f"/projects/{made['id']}"))["reminder_policy"] == POLICY


def test_what_no_policy_can_say_changes_nothing(
    alice: Persona, mona: Persona, bob: Persona, subtests: pytest.Subtests
) -> None:
    for persona, path in places(alice, mona, bob):
        before = everything()
        for wrong in WRONG:
            with subtests.test(path=path, wrong=str(wrong)[:60]):
                sent = {"reminder_policy": wrong}
                english = problem(persona.patch(path, sent), 422, "invalid-values")
                french = problem(persona.patch(path, sent, headers=FRENCH), 422, "invalid-values")
                assert english["errors"].keys() == {"reminder_policy"}
                assert english["errors"] != french["errors"]
        assert everything() == before


def test_a_contributor_does_not_keep_others_from_being_told(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    *_, (_, path), _me = places(alice, mona, bob)
    body = problem(bob.patch(path, {"reminder_policy": {"escalation": []}}), 403, "forbidden")
    assert "manager" in body["detail"]
    answer(bob.patch(path, {"notes": "Mine", "reminder_policy": None}))


def told(*states: str) -> list[tuple[str, str]]:
    with reading() as session:
        wanted = select(R.c.step, R.c.state).where(R.c.rule == "before_due")
        rows = core(session).execute(wanted.order_by(R.c.created_at)).all()
    return [(row.step, row.state) for row in rows if row.state in states]


@pytest.mark.parametrize("number", range(4), ids=["workspace", "project", "task", "person"])
def test_a_new_policy_holds_at_once_for_what_is_owed_already(
    alice: Persona, mona: Persona, bob: Persona, number: int
) -> None:
    persona, path = places(alice, mona, bob)[number]
    due = workday(14)
    project = answer(mona.get("/projects"))["items"][0]
    (task,) = mona.tasks_of(project)
    days = {"start_on": due.isoformat(), "due_on": due.isoformat()}
    answer(mona.patch(f"/tasks/{task['id']}", days))
    chased(utcnow())
    now = planned_at(workday(7))
    chased(now)
    assert told("owed") == [("7", "owed")]
    answer(persona.patch(path, {"reminder_policy": {"before_due": [6]}}))
    assert told("owed", "cancelled") == [("7", "cancelled")]
    chased(now)
    assert told("owed") == []
    chased(planned_at(workday(8)))
    assert told("owed") == [("6", "owed")]


def test_the_innermost_word_counts(alice: Persona, mona: Persona, bob: Persona) -> None:
    for number, (persona, path) in enumerate(places(alice, mona, bob)):
        policy = {"before_due": [number + 3], "before_start": [], "overdue": [], "escalation": []}
        answer(persona.patch(path, {"reminder_policy": policy}))
    task = mona.tasks_of(answer(mona.get("/projects"))["items"][0])[0]
    days = dict.fromkeys(("start_on", "due_on"), workday(14).isoformat())
    answer(mona.patch(f"/tasks/{task['id']}", days))
    chased(utcnow())
    for number in range(5, 14):
        chased(planned_at(workday(number)))
    assert told("owed") == [("6", "owed")]
