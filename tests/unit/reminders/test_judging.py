"""Whether what was owed is still to be told, and whether now."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tracker.people.time_rules import Person
from tracker.reminders.judging import crowded, timely, void
from tracker.reminders.sending_rules import Ending
from tracker.reminders.standing import Standing
from tracker.reminders.words import Reason, State

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)  # a Monday
US, BOB, MONA, TASK, GATE, PROJECT = (UUID(int=number) for number in range(1, 7))
PERSON = Person(workspace_id=US, member_id=BOB, email="bob@example.org", name="Bob")
DAY = date(2027, 3, 1)


def a_row(**given: Any) -> Any:
    usual = {
        "workspace_id": US,
        "id": UUID(int=99),
        "project_id": PROJECT,
        "project_state": "active",
        "subject": "task",
        "subject_id": TASK,
        "rule": "before_due",
        "step": "0",
        "occurrence": DAY.isoformat(),
        "member_id": BOB,
        "way": "single",
        "due_at": NOW,
        "facts": {},
        "maybe_told_at": None,
    }
    return SimpleNamespace(**{**usual, **given})


def a_task(**given: Any) -> Any:
    usual = {
        "workspace_id": US,
        "project_id": PROJECT,
        "status": "todo",
        "start_on": DAY,
        "due_on": DAY,
        "phase": "launch",
        "is_early": False,
    }
    return SimpleNamespace(**{**usual, **given})


def a_gate(**given: Any) -> Any:
    usual = {"id": GATE, "before_phase": "launch", "state": "passed", "waived_until": None}
    return SimpleNamespace(**{**usual, **given})


def standing(
    task: Any = None,
    *,
    gates: Any = (),
    assignees: Any = (),
    said: Any = (),
    answers: Any = (),
    waits_for: Any = (),
) -> Standing:
    return Standing(
        people={(US, BOB): PERSON},
        tasks={(US, TASK): task or a_task()},
        assignees={(US, TASK): set(assignees)},
        gates={(US, PROJECT): gates},
        approvals={(US, GATE): said},
        answers={(US, TASK): answers},
        waits_for={(US, TASK): waits_for},
    )


def judged(row: Any = None, **given: Any) -> Reason | None:
    return void(row or a_row(), standing(**given), NOW)


def test_what_holds_is_told() -> None:
    assert judged() is None
    assert judged(assignees=[BOB, MONA]) is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"member_id": MONA}, Reason.REMOVED),
        ({"project_state": "paused"}, Reason.PAUSED),
        ({"project_state": "cancelled"}, Reason.CLOSED),
        ({"project_state": None}, Reason.CLOSED),
        ({"subject_id": UUID(int=50)}, Reason.CLOSED),
        ({"occurrence": "2027-02-26"}, Reason.MOVED),
        ({"rule": "blocked"}, Reason.MOVED),
    ],
)
def test_what_it_was_about_may_be_gone_or_another(row: dict[str, Any], reason: Reason) -> None:
    assert judged(a_row(**row)) == reason


@pytest.mark.parametrize(
    ("task", "rule", "reason"),
    [
        ({"status": "done"}, "overdue", Reason.DONE),
        ({"status": "not_applicable"}, "asked", Reason.NOT_APPLICABLE),
        ({"status": "in_progress"}, "before_start", Reason.MOVED),
        ({"status": "in_progress"}, "before_due", None),
        ({"status": "blocked"}, "blocked", None),
        ({"due_on": date(2027, 3, 2)}, "escalation", Reason.MOVED),
        ({"due_on": date(2027, 3, 2)}, "before_start", None),
        ({"due_on": date(2027, 3, 2)}, "asked", None),
    ],
)
def test_a_task_may_have_changed(task: dict[str, Any], rule: str, reason: Reason | None) -> None:
    assert judged(a_row(rule=rule), task=a_task(**task)) == reason


@pytest.mark.parametrize(
    ("rule", "step", "reason"),
    [
        ("before_start", "0", Reason.WAITS),
        ("before_start", "5", None),
        ("before_due", "0", None),
        ("overdue", "+1", None),
    ],
)
def test_nobody_is_told_to_start_what_waits_for_another_task(
    rule: str, step: str, reason: Reason | None
) -> None:
    row = a_row(rule=rule, step=step)
    assert judged(row, waits_for=["Say why"]) == reason
    assert judged(row) is None


def test_a_task_behind_a_closed_gate_waits() -> None:
    closed = [a_gate(state="pending")]
    assert judged(gates=closed) == Reason.BEHIND_GATE
    assert judged(gates=closed, task=a_task(is_early=True)) is None
    assert judged(gates=closed, task=a_task(phase="prepare")) is None
    waived = [a_gate(state="waived", waived_until=NOW + timedelta(hours=1))]
    assert judged(gates=waived) is None


def test_only_whoever_has_it_to_do_now_is_reminded() -> None:
    assert judged(assignees=[MONA]) == Reason.REASSIGNED
    assert judged(a_row(facts={"for": str(MONA)}), assignees=[MONA]) is None, "a stand-in"
    assert judged(a_row(facts={"role": "project_manager"}), assignees=[MONA]) is None
    unassigned = a_row(rule="unassigned")
    assert judged(unassigned) is None
    assert judged(unassigned, assignees=[MONA]) == Reason.REASSIGNED


def test_who_has_answered_is_left_alone() -> None:
    said = SimpleNamespace(
        id=UUID(int=7),
        member_id=BOB,
        rule="before_due",
        occurrence=DAY.isoformat(),
        acked_at=None,
        snoozed_until=None,
    )
    acked = SimpleNamespace(**{**vars(said), "acked_at": NOW})
    later = SimpleNamespace(**{**vars(said), "snoozed_until": NOW + timedelta(days=1)})
    assert judged(answers=[said]) is None
    assert judged(answers=[acked]) == Reason.ACKED
    assert judged(a_row(rule="overdue"), answers=[acked]) is None, "another rule"
    assert judged(a_row(rule="overdue"), answers=[later]) == Reason.SNOOZED
    assert judged(a_row(rule="asked"), answers=[later]) is None, "somebody asks now"
    assert judged(a_row(id=later.id), answers=[later]) is None, "it is that which comes back"
    hers = SimpleNamespace(**{**vars(acked), "member_id": MONA})
    assert judged(answers=[hers]) is None


def test_a_decided_gate_waits_for_nobody() -> None:
    row = a_row(subject="gate", subject_id=GATE, rule="gate_ready")
    assert judged(row, gates=[a_gate(state="pending")]) is None
    assert judged(row, gates=[a_gate()]) == Reason.DONE
    assert judged(row) == Reason.CLOSED


def test_an_approval_is_waited_for_until_it_is_given_or_void() -> None:
    asked = SimpleNamespace(id=UUID(int=8), kind="request", criterion="c", at=NOW, voided_at=None)
    given = SimpleNamespace(id=UUID(int=9), kind="approve", criterion="c", at=NOW, voided_at=None)
    row = a_row(subject="gate", subject_id=GATE, rule="approval_waiting", occurrence=str(asked.id))
    gates = [a_gate(state="pending")]
    assert judged(row, gates=gates, said=[asked]) is None
    assert judged(row, gates=gates, said=[asked, given]) == Reason.DONE
    void_one = SimpleNamespace(**{**vars(asked), "voided_at": NOW})
    assert judged(row, gates=gates, said=[void_one]) == Reason.MOVED
    assert judged(row, gates=gates) == Reason.MOVED


def test_what_is_in_time_is_sent_whatever_the_hour() -> None:
    night = NOW.replace(hour=23)
    assert timely(a_row(due_at=night), PERSON, night, has_crowd=False) is None
    assert timely(a_row(due_at=NOW), PERSON, NOW, has_crowd=False) is None


def test_what_is_late_waits_for_hours_and_days_of_its_reader() -> None:
    friday_night = datetime(2027, 3, 5, 23, tzinfo=UTC)
    row = a_row(due_at=friday_night - timedelta(hours=5))
    monday = datetime(2027, 3, 8, 9, tzinfo=UTC)
    moved = Ending(State.OWED, None, monday, due_at=monday)
    assert timely(row, PERSON, friday_night, has_crowd=False) == moved
    asked = a_row(rule="asked", due_at=friday_night - timedelta(hours=1))
    saturday = datetime(2027, 3, 6, 8, tzinfo=UTC)
    assert timely(asked, PERSON, friday_night, has_crowd=False) == Ending(
        State.OWED, None, saturday, due_at=saturday
    )
    notice = a_row(rule="channel_off", due_at=friday_night - timedelta(hours=1))
    assert timely(notice, PERSON, friday_night, has_crowd=False) is None


def test_what_is_too_late_is_told_with_others_or_expires() -> None:
    row = a_row(due_at=NOW - timedelta(hours=73))
    assert timely(row, PERSON, NOW, has_crowd=False) == Ending(State.EXPIRED, Reason.LATE)
    assert timely(row, PERSON, NOW, has_crowd=True) is None
    reads_digests = Person(
        workspace_id=US, member_id=BOB, email="bob@example.org", name="Bob", digest="daily"
    )
    told = Ending(State.OWED, None, None, "digest")
    assert timely(row, reads_digests, NOW, has_crowd=False) == told
    maybe_told = a_row(due_at=row.due_at, maybe_told_at=row.due_at)
    assert timely(maybe_told, reads_digests, NOW, has_crowd=False) != told, "under its id, or not"
    digest = a_row(rule="digest", due_at=NOW - timedelta(days=8))
    assert timely(digest, reads_digests, NOW, has_crowd=False) is None


def test_a_crowd_is_more_than_ten_that_still_hold() -> None:
    rows = [a_row(id=UUID(int=100 + number)) for number in range(12)]
    crowd = {(US, BOB): {row.id for row in rows}}
    assert crowded(rows, crowd, set()) == {(US, BOB): {row.id for row in rows}}
    assert crowded(rows, crowd, {rows[0].id, rows[1].id}) == {}
    alone = [a_row(rule="confirm"), a_row(rule="digest"), a_row(way="digest")]
    assert crowded(alone, crowd, set()) == {}
