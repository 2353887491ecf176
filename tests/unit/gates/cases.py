"""Facts for gates, with everything usual filled in."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tracker.gates.approving import subject_of
from tracker.gates.criteria import Case, Found, judge
from tracker.gates.facts import (
    ApprovalFact,
    ContentFact,
    EvidenceFact,
    Facts,
    GateFact,
    MemberFact,
    People,
    ProjectFact,
    TaskFact,
)
from tracker.kernel.db import new_id
from tracker.metrics.values import Reading
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.schedule import FixedDays

NOON: Final = datetime(2027, 8, 31, 12, tzinfo=UTC)
LAUNCH: Final = date(2027, 8, 31)


def a_member(name: str, role: str = "manager") -> MemberFact:
    return MemberFact(new_id(), name, f"{name.lower()}@example.org", role)


SUE = a_member("Sue")
OLGA, OTTO = a_member("Olga", "owner"), a_member("Otto", "owner")
MONA = a_member("Mona")


def a_criterion(kind: str, **more: Any) -> dict[str, Any]:
    return {"key": kind, "kind": kind, "title": kind, "blocks": True, **more}


def a_gate(*criteria: dict[str, Any], **more: Any) -> GateFact:
    usual: dict[str, Any] = {
        "id": new_id(),
        "key": "gate",
        "title": "The gate",
        "description": None,
        "position": 0,
        "after_phase": "prepare",
        "before_phase": "launch",
        "planned_on": LAUNCH,
        "criteria": criteria,
    }
    return GateFact(**{**usual, **more})


def a_task(key: str, status: str = "todo", **more: Any) -> TaskFact:
    title = more.pop("title", f"Title of {key.rpartition('.')[2]}")
    return TaskFact(new_id(), key, title, key.split(".", maxsplit=1)[0], status, **more)


def an_evidence(note: str | None = "seen", **more: Any) -> EvidenceFact:
    usual: dict[str, Any] = {"kind": "note", "url": None, "note": note, "figure": None, "at": NOON}
    return EvidenceFact(id=new_id(), **{**usual, **more})


def a_content(title: str = "Budget", **more: Any) -> ContentFact:
    return ContentFact(**{"title": title, "description": None, "notes": None, **more})


def a_project(**more: Any) -> ProjectFact:
    usual: dict[str, Any] = {
        "workspace_id": UUID(int=1),
        "id": UUID(int=2),
        "name": "Our fans",
        "playbook": "community-launch",
        "language": "en",
        "timezone": "UTC",
        "parameters": {"prepare_months": 3, "launch_on": "2027-08-31"},
        "launch_on": LAUNCH,
        "start_on": date(2027, 6, 1),
        "end_on": date(2029, 2, 28),
        "state": "active",
        "phase": None,
        "left_out": {},
    }
    return ProjectFact(**{**usual, **more})


def facts(*tasks: TaskFact, gates: Iterable[GateFact] = (), **more: Any) -> Facts:
    project = more.pop("project", a_project())
    usual: dict[str, Any] = {
        "project": project,
        "gates": tuple(gates),
        "now": NOON,
        "today": NOON.date(),
        "days": FixedDays(
            project.start_on,
            project.launch_on,
            date(2027, 10, 11),
            date(2028, 2, 29),
            project.end_on,
        ),
        "calendar": WorkCalendar(),
        "tasks": {task.key: task for task in tasks},
    }
    return Facts(**{**usual, **more})


def found(criterion: dict[str, Any], known: Facts | None = None) -> Found:
    return judge(Case(criterion, a_gate(criterion), known or facts()))


def people(sponsor: MemberFact | None = None, *owners: MemberFact) -> People:
    return People({"sponsor": sponsor} if sponsor else {}, owners)


def a_word(
    known: Facts, gate: GateFact, who: MemberFact, kind: str = "approve", **more: Any
) -> ApprovalFact:
    """Said of the gate's only criterion, as things stand."""
    (criterion,) = gate.criteria
    usual: dict[str, Any] = {
        "id": new_id(),
        "gate_id": gate.id,
        "criterion": criterion["key"],
        "role": criterion["role"],
        "kind": kind,
        "comment": None,
        "subject": subject_of(criterion, known.project, known.contents),
        "member": who,
        "at": NOON,
    }
    return ApprovalFact(**{**usual, **more})


def heard(known: Facts, *words: ApprovalFact) -> Facts:
    return replace(known, approvals=(*known.approvals, *words))


def readings(*values: float, every: timedelta = timedelta(days=1)) -> list[Reading]:
    """One value a day, the last one of an hour ago."""
    last = NOON - timedelta(hours=1)
    count = len(values)
    return [
        Reading(value, last - every * (count - 1 - n), "forum") for n, value in enumerate(values)
    ]
