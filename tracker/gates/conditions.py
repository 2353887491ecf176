"""Conditions of a conditional passage, made into tasks of the phase that it enters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.gates import queries
from tracker.gates.facts import Facts
from tracker.gates.writing import Hearing
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.playbooks.grammar import PHASES
from tracker.projects.models import Assignee, Task

USUAL_DAYS: Final = 10
"""Two weeks of working days."""
_CHECKLIST: Final = "conditions"
_PAST: Final = Sentence(
    en="{value} lies in the past; a condition is due today, {today}, or later.",
    fr="{value} est dans le passé ; une condition est due aujourd'hui, le {today}, ou plus tard.",
)
_UNKNOWN_MEMBER: Final = Sentence(
    en="“{value}” is not a member of this workspace; give an e-mail or an id of one.",
    fr="« {value} » n'est pas membre de cet espace ; donner l'e-mail ou l'identifiant d'un membre.",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What is still to be done; by whom and until when are optional."""

    title: str
    due_on: date | None = None
    assignee: str | None = None

    def row(self) -> dict[str, Any]:
        """Plain values, for the record."""
        return {"title": self.title, "due_on": self.due_on, "assignee": self.assignee}


def resolved(session: Session, facts: Facts, conditions: Sequence[Condition]) -> Mapping[str, UUID]:
    """The members behind the assignees. Raises Invalid with every condition that cannot be."""
    names = [one.assignee for one in conditions if one.assignee]
    known = members_named(session, facts.project.workspace_id, names)
    faults = {
        str(n): found for n, one in enumerate(conditions) if (found := _faults(one, known, facts))
    }
    if faults:
        raise Invalid({"conditions": faults})
    return known


def _faults(one: Condition, known: Mapping[str, UUID], facts: Facts) -> dict[str, list[Said] | Any]:
    faults: dict[str, list[Said] | Any] = {}
    if one.due_on is not None and one.due_on < facts.today:
        values = {"value": one.due_on.isoformat(), "today": facts.today.isoformat()}
        faults["due_on"] = [Said(_PAST, values)]
    if one.assignee and one.assignee not in known:
        faults["assignee"] = [Said(_UNKNOWN_MEMBER, {"value": one.assignee})]
    return faults


def make_tasks(
    hearing: Hearing, number: int, conditions: Sequence[Condition], known: Mapping[str, UUID]
) -> list[dict[str, Any]]:
    """Write the tasks, and return their rows. ``number`` is that of the decision."""
    project, session = hearing.facts.project, hearing.session
    last = queries.last_position(session, project.workspace_id, project.id)
    rows = [
        {**_row(hearing, one, f"{number}_{n}"), "position": last + n}
        for n, one in enumerate(conditions, 1)
    ]
    assignees = [
        {
            "workspace_id": project.workspace_id,
            "task_id": row["id"],
            "member_id": known[one.assignee],
        }
        for row, one in zip(rows, conditions, strict=True)
        if one.assignee
    ]
    core(session).execute(insert(Task.__table__), rows)
    if assignees:
        core(session).execute(insert(Assignee.__table__), assignees)
    return rows


def _row(hearing: Hearing, one: Condition, number: str) -> dict[str, Any]:
    facts, gate = hearing.facts, hearing.gate
    phase = gate.before_phase or gate.after_phase or facts.project.phase or PHASES[0]
    return {
        **_dates(facts, one.due_on),
        "workspace_id": facts.project.workspace_id,
        "id": new_id(),
        "project_id": facts.project.id,
        "key": f"{phase}.{_CHECKLIST}.{gate.key}_{number}",
        "phase": phase,
        "checklist": _CHECKLIST,
        "title": one.title,
        "role": "project_manager",
        "status": "todo",
        "priority": "high",
        "origin": "condition",
        "is_milestone": False,
        "is_early": False,
        "is_optional": False,
        "chase_at": facts.now,
        "version": 1,
        "updated_at": facts.now,
    }


def _dates(facts: Facts, wished: date | None) -> dict[str, Any]:
    """From today on; float is counted to launch day before it, to the project's end after it."""
    calendar = facts.calendar
    start = calendar.index(facts.today)
    due = calendar.index(wished) if wished else start + USUAL_DAYS - 1
    launch, end = calendar.index(facts.days.launch), calendar.index(facts.days.end)
    bound = launch - 1 if due < launch else end
    start_on, due_on = calendar.day(start), calendar.day(due)
    days = due - start + 1
    return {
        "start_on": start_on,
        "due_on": due_on,
        "duration_days": days,
        "reference_days": days,
        "float_days": bound - due,
        "why": {
            "days": days,
            "reference": days,
            "months": facts.project.parameters.get("prepare_months"),
            "start_on": start_on.isoformat(),
            "due_on": due_on.isoformat(),
            "rule": "condition",
            "from_on": facts.today.isoformat(),
            "span_from": start_on.isoformat(),
        },
    }
